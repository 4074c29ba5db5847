"""What people read: a terminal summary, a self-contained HTML page, Markdown, JSON.

    from bitext.report import html
    page = html.render(bitext)

Each submodule has one function: `terminal.summary`, `html.render`, `markdown.render`, `json.render`.
"""

from __future__ import annotations

import importlib
from types import ModuleType

__all__ = ["html", "json", "markdown", "terminal"]


def __getattr__(name: str) -> ModuleType:
    if name in __all__:
        return importlib.import_module(f"bitext.report.{name}")
    raise AttributeError(f"module 'bitext.report' has no attribute {name!r}")
