"""The command line: one function a command. `options` has what they share; `stages` and `tools` register them."""

from bitext.cli import stages, tools
from bitext.cli.options import app

__all__ = ["app", "stages", "tools"]
