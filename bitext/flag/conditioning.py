"""Coverage conditioning: does the one side become more probable when words of the other are taken out?

Words that the translation leaves out only stand in its way: without them the original predicts it better. Words that
it adds do the same the other way round (Vamvas and Sennrich 2022). The paper deletes every constituent of a parse; here
only stretches of words are asked about that already have no partner, so that a document costs a few decodings.
"""

from __future__ import annotations

from collections.abc import Sequence

from bitext.flag.base import Case, Pair

__all__ = ["relief"]


def relief(case: Case, pair: Pair, spans: Sequence[tuple[int, int]], *, there: bool) -> list[float] | None:
    """What the log-probability of the whole of one side gains when a span of the other is left out, for each span.

    Args:
        spans: in the other side (`there`), which asks about omissions with the forward model; or in the text, which
            asks about additions with the model back.

    Returns:
        Natural logarithms, above 0 where the words are better left out; None without the model, or where nothing
        would remain of a side.
    """
    model = case.resources.forward if there else case.resources.back
    given, scored = (pair.other, pair.text) if there else (pair.text, pair.other)
    reduced = [" ".join(f"{given[:a]} {given[b:]}".split()) for a, b in spans]
    if model is None or not spans or any(not any(c.isalnum() for c in r) for r in reduced):
        return None
    found = model.score([given, *reduced], [scored] * (len(spans) + 1))
    sums = [sum(t.token_logprobs) for t in found]
    return [s - sums[0] for s in sums[1:]]
