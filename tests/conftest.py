"""What all tests share: no network, a cache of their own, and the command line as users run it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ["HF_HUB_OFFLINE"] = "1"


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache folder for the session, so that no test sees what the user has."""
    folder = tmp_path_factory.mktemp("cache")
    os.environ["XDG_CACHE_HOME"] = str(folder)
    os.environ["XDG_DATA_HOME"] = str(folder / "data")
    return folder


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Debian's Chromium, or another that there is, one for all tests; those that want it are slow."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright: pip install -e '.[browser]'")
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("needs a Chromium: apt-get install chromium, or name one by CHROMIUM=/path")
    with sync_api.sync_playwright() as p:
        chromium = p.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of the shipped texts."""
    return ROOT / "corpus"


@pytest.fixture(scope="session")
def valid() -> Callable[[object, str], None]:
    """`valid(root, "tmx" | "xliff" | "xliff2")`: see that XML is what its official DTD or schema says."""
    etree = pytest.importorskip("lxml.etree")
    folder = ROOT / "tests" / "data" / "schemas"

    class Local(etree.Resolver):  # type: ignore[misc, name-defined]
        def resolve(self, url: str, public: str, context: object) -> object:
            here = folder / url.rpartition("/")[2]  # the W3C's xml.xsd is asked for at two addresses
            return self.resolve_filename(str(here), context) if here.exists() else None

    def schema(version: str, *names: str) -> object:
        """The schema of XLIFF, those of its modules and that of our attributes in it, together."""
        parser = etree.XMLParser(no_network=True)
        parser.resolvers.add(Local())
        parts = {f"urn:oasis:names:tc:xliff:document:{version}": folder / names[0]}
        parts |= {f"urn:oasis:names:tc:xliff:{name}:2.0": folder / f"xliff-{name}.xsd" for name in names[1:]}
        parts["urn:x-bitext:1"] = ROOT / "bitext" / "formats" / "xliff-attributes.xsd"
        imports = "".join(f'<import namespace="{n}" schemaLocation="{f.as_uri()}"/>' for n, f in parts.items())
        both = f'<schema xmlns="http://www.w3.org/2001/XMLSchema">{imports}</schema>'
        return etree.XMLSchema(etree.fromstring(both, parser))

    known = {
        "tmx": etree.DTD(str(folder / "tmx14.dtd")),
        "xliff": schema("1.2", "xliff-core-1.2-strict.xsd"),
        "xliff2": schema("2.0", "xliff-core-2.0.xsd", "metadata"),
    }

    def check(root: object, format: str) -> None:
        assert known[format].validate(root), known[format].error_log

    return check


Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def bitext(tmp_path: Path) -> Run:
    """Run `bitext ARGS…` in an empty folder and return what came of it; a traceback fails the test."""

    def run(*args: str | Path, stdin: str | bytes | None = None, code: int | None = 0, **kwargs: object) -> object:
        data = stdin.encode("utf-8") if isinstance(stdin, str) else stdin
        done = subprocess.run(
            [sys.executable, "-m", "bitext", *map(str, args)],
            input=data,
            stdin=None if data is not None else subprocess.DEVNULL,
            capture_output=True,
            cwd=kwargs.pop("cwd", tmp_path),
            timeout=120,
            **kwargs,
        )
        out, err = done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
        assert "Traceback" not in err, err
        if code is not None:
            assert done.returncode == code, f"{done.returncode}: {out}\n{err}"
        return subprocess.CompletedProcess(done.args, done.returncode, out, err)

    return run  # type: ignore[return-value]
