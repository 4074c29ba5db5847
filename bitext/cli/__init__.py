"""The command line: one function a command. `options` has what they share; the others register them."""

from bitext.cli import scores, stages, tools
from bitext.cli.options import app

__all__ = ["app", "scores", "stages", "tools"]
