"""Every command and every Python example of the README does what it says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(console|python)\n(.*?)^```", README, re.M | re.S)
# what other tests or CI itself run, or what needs the network
ELSEWHERE = (
    "make ",
    "git clone",
    "pip install",
    "bitext models pull",
    "bitext review",
    "python bench/",
    "bitext train",
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that looks like a checkout, for commands that write beside what they read."""
    folder = tmp_path_factory.mktemp("readme")
    (folder / "corpus").symlink_to(ROOT / "corpus")
    return folder


def test_readme_has_examples() -> None:
    assert {kind for kind, _ in BLOCKS} == {"console", "python"}


@pytest.mark.parametrize(("kind", "block"), BLOCKS, ids=[f"{i}-{kind}" for i, (kind, _) in enumerate(BLOCKS)])
def test_block(kind: str, block: str, home: Path) -> None:
    if kind == "python":
        subprocess.run([sys.executable, "-c", block], cwd=home, check=True, timeout=120)
        return
    for command in (line[2:] for line in block.splitlines() if line.startswith("$ ")):
        if command.startswith(ELSEWHERE):
            continue
        ours = re.sub(r"(^|[|(] *)bitext ", rf"\1{sys.executable} -m bitext ", command)
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", ours], cwd=home, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
