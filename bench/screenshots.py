"""Screenshots of the report and of the review for the documentation: 1440 and 390 pixels wide, light and dark.

    python bench/screenshots.py DIR REPORT.jsonl [REVIEW.jsonl]

Needs playwright, Pillow (to make the files small) and a Chromium (`CHROMIUM=/path`). The first bitext is shown as
report and, unless there is a second, as review.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bitext import commands

SERVE = "import sys; from bitext.review import serve; sys.exit(serve(sys.argv[1], open_browser=False))"
SIZES = ((1440, 1000), (390, 844))


def save(page: Any, path: Path) -> None:
    """A screenshot in 256 colours: a third of the size, and no difference to be seen."""
    from PIL import Image

    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    shot.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path}: {path.stat().st_size / 1000:.0f} kB")


def pages(browser: Any, address: str) -> Any:
    """The page in each size and scheme, with the name for its file."""
    for width, height in SIZES:
        for scheme in ("light", "dark"):
            context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
            page = context.new_page()
            page.goto(address)
            page.wait_for_timeout(500)
            yield page, f"{width}-{scheme}"
            context.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("report")
    parser.add_argument("review", nargs="?")
    options = parser.parse_args()
    from playwright.sync_api import sync_playwright

    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    options.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as p:
        browser = p.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        html, path = Path(folder, "report.html"), Path(folder, "bitext.jsonl")
        commands.report_file(options.report, "html", str(html))
        path.write_bytes(Path(options.review or options.report).read_bytes())
        for page, name in pages(browser, html.as_uri()):
            save(page, options.folder / f"report-{name}.png")
            page.keyboard.press("w")
            page.wait_for_timeout(200)
            save(page, options.folder / f"report-text-{name}.png")
        server = subprocess.Popen([sys.executable, "-c", SERVE, str(path)], stderr=subprocess.PIPE, text=True)
        try:
            assert server.stderr is not None
            found = re.search(r"(http://\S+)", server.stderr.readline())
            assert found is not None
            for page, name in pages(browser, found[1]):
                page.keyboard.press("n")
                page.wait_for_timeout(2000)  # the score comes after the page
                save(page, options.folder / f"review-{name}.png")
        finally:
            server.kill()
        browser.close()


if __name__ == "__main__":
    main()
