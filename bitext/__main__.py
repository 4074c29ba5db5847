"""`bitext` and `python -m bitext`: run the command line and turn errors into sentences and exit codes."""

from __future__ import annotations

import contextlib
import os
import sys
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

__all__ = ["main"]


def _complain(message: str) -> None:
    with contextlib.suppress(OSError, ValueError, AttributeError):
        print(f"bitext: {message}", file=sys.stderr)


@contextlib.contextmanager
def _plain_warnings() -> Iterator[None]:
    """Our own warnings as one sentence each; those of other packages as Python shows them."""
    from bitext.errors import TroubleWarning

    with warnings.catch_warnings():
        usual = warnings.showwarning

        def show(message: Warning | str, category: type[Warning], *place: Any, **more: Any) -> None:
            if issubclass(category, TroubleWarning):
                _complain(str(message))
            else:
                usual(message, category, *place, **more)

        warnings.showwarning = show
        warnings.simplefilter("always", TroubleWarning)
        yield


def _silence(stream: object) -> None:
    """Point a stream at nothing, so that the interpreter's last flush cannot fail."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())  # type: ignore[attr-defined]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Returns:
        0 done, 1 found what was asked to fail on, 2 bad input or usage, 130 interrupted, 141 the reader went away.
    """
    # One thread a process unless the user says otherwise: two OpenMP threads collapse beside any other work.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    from bitext.errors import BitextError, OutputError
    from bitext.files import reason

    given = list(sys.argv[1:] if argv is None else argv)
    try:
        from typer.main import get_command

        from bitext.cli import app

        # not `app()`: that swallows interrupts and broken pipes in its own way
        command = get_command(app)
        try:
            with (
                _plain_warnings(),
                command.make_context("bitext", list(given)) as context,
            ):
                result = command.invoke(context)
        except BitextError:
            raise
        except Exception as e:
            code = _usage(e)
            if code is None:
                raise
            result = code
        if sys.stdout is not None:
            sys.stdout.flush()
        return int(result or 0)
    except BitextError as e:
        _complain(str(e))
        return 2
    except KeyboardInterrupt:
        kept = given[:1] in (["run"], ["translate"], ["align"]) and not {"none", "--memory=none"} & set(given)
        _complain(f"stopped.{' What was translated is kept: the same command goes on from there.' if kept else ''}")
        return 130
    except BrokenPipeError:
        _silence(sys.stdout)
        return 141
    except UnicodeEncodeError as e:
        _complain(
            str(OutputError(f"the text holds a character (U+{ord(e.object[e.start]):04X}) that cannot be written"))
        )
        return 2
    except OSError as e:
        _silence(sys.stdout)
        _complain(
            str(
                OutputError(f"writing failed ({reason(e)})", path=e.filename, mend="free space or choose another place")
            )
        )
        return 2


def _usage(error: Exception) -> int | None:
    """What typer's own errors and exits mean as an exit code; None for anything else."""
    name = type(error).__name__
    if name in {"Exit", "Abort"} and (type(error).__module__ or "").split(".")[0] in {"click", "typer"}:
        if name == "Abort":
            raise KeyboardInterrupt
        return int(getattr(error, "exit_code", 1))
    if hasattr(error, "format_message") and hasattr(error, "exit_code"):
        # Click's usage errors: one sentence, and where help is.
        context = getattr(error, "ctx", None)
        command = context.command_path if context is not None else "bitext"
        _complain(f"{error.format_message().rstrip('.')}; see `{command} --help`.")
        return int(error.exit_code)
    return None


if __name__ == "__main__":
    sys.exit(main())
