"""The process that aligns rows again: stretches come in by standard input, beads go out by standard output.

It ends with the process that began it, however that ends, and writes nothing anywhere else.
"""

from __future__ import annotations

import json
import os
import pickle
import signal
import sys
import threading
from typing import Any

__all__ = ["main"]


def _answer(source: Any, target: Any, stretches: Any) -> dict[str, Any]:
    from bitext.errors import BitextError

    try:
        from bitext import pipeline
        from bitext.review.realign import find

        lexicon = pipeline.load_lexicon(source.lang or "en", target.lang or "fr")
        return {"found": find(source, target, stretches, lexicon)}
    except BitextError as e:
        return {"error": str(e)}
    except MemoryError:
        return {"error": "there is not enough memory"}
    except Exception as e:  # whatever it is, the reviewer is told in a sentence
        return {"error": f"{type(e).__name__}: {e}"}


def _end_with_parent() -> None:
    while os.read(0, 4096):
        pass
    os._exit(1)


def main() -> None:
    """Answer one request: pickled (source, target, stretches) in; {"found": …} or {"error": …} as JSON out."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the server, which then ends this
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints does not get into the answer
    request = pickle.load(sys.stdin.buffer)  # from the server itself, through a pipe of its own
    threading.Thread(target=_end_with_parent, daemon=True).start()
    json.dump(_answer(*request), out)
    out.flush()
    os._exit(0)  # the thread still waits


if __name__ == "__main__":
    main()
