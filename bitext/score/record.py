"""`scores.json`: figures with all that is needed to compute them again.

The file is one JSON object:

    format       "bitext-scores/1"
    kind         "reference" or "reference-free"
    signature    one line: versions, model and its hash, segmenter, aligner
    metrics      [{name, value, signature, interval: [low, high] or null}]
    beads        {bead index: chrF}
    quality      [estimate or null], one a target segment, or none
    coverage     {side: share of characters}
    notes        [sentence]
    options      {metrics, lang, confidence, samples, seed, lowercase, tokenize}: how the figures were computed
    hypotheses   {path, sha256, lines}: what was scored; `lines` is null when the file is named instead
    references   [the same], one a reference
    sources      the same of what was translated, or null
    indices      [bead index], one a line, or null: which bead each line is
    view         buckets, best and worst segments, where asked for (`bitext score --view`); not read back
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bitext.document import Bitext, Metric, Scores, Signature
from bitext.errors import BitextError, FormatError, InputError
from bitext.score.bitexts import scored_beads
from bitext.score.bootstrap import SEED

if TYPE_CHECKING:
    from bitext.score.views import View

__all__ = ["FORMAT", "Difference", "Record", "Texts", "from_json", "to_json"]

FORMAT = "bitext-scores/1"
_MEND = "give a file that `bitext score … --json`, `bitext score … -o FILE` or `bitext run` wrote"
_OPTIONS = {"metrics", "lang", "confidence", "samples", "seed", "lowercase", "tokenize"}


def _sha256(lines: Sequence[str]) -> str:
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True)
class Texts:
    """Lines that were scored: themselves, or the file they stand in, and the SHA-256 of the lines, `\\n` after each."""

    lines: tuple[str, ...] | None = None
    path: str | None = None
    sha256: str = ""

    @classmethod
    def of(cls, lines: Sequence[str], path: str | None = None, *, inline: bool | None = None) -> Texts:
        """Texts by their file if it has a name that can be read again, else (or with `inline`) with the lines."""
        keep = path in (None, "-") if inline is None else inline
        return cls(tuple(lines) if keep else None, path, _sha256(lines))

    def read(self) -> list[str]:
        """The lines.

        Raises:
            InputError: the file cannot be read, or is not what it was.
        """
        from bitext.score.checks import read_lines

        if self.lines is not None:
            lines = list(self.lines)
        elif self.path:
            lines = read_lines(self.path)
        else:
            raise InputError("the record names neither lines nor a file")
        if self.sha256 and _sha256(lines) != self.sha256:
            raise InputError(
                "is not the text that was scored (its SHA-256 differs)", path=self.path, mend="score it anew"
            )
        return lines


@dataclass(frozen=True)
class Difference:
    """A figure that came out otherwise."""

    metric: str
    before: float | None
    now: float | None
    signature_before: str = ""
    signature_now: str = ""

    def __str__(self) -> str:
        def show(value: float | None) -> str:
            return "nothing" if value is None else f"{value:.4f}"

        text = f"{self.metric} was {show(self.before)} and is {show(self.now)}"
        if self.signature_before != self.signature_now:
            text += f" ({self.signature_before} → {self.signature_now})"
        return text


@dataclass(frozen=True)
class Record:
    """What a scores.json holds."""

    scores: Scores
    signature: Signature = field(default_factory=Signature)
    hypotheses: Texts | None = None
    references: tuple[Texts, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    indices: tuple[int, ...] | None = None
    sources: Texts | None = None

    @property
    def by_models(self) -> tuple[Metric, ...]:
        """The figures that translation models gave: they are not recomputed from the texts."""
        return tuple(m for m in self.scores.metrics if _by_model(m))

    def recompute(self) -> Scores:
        """Score the recorded texts again with the recorded options; `by_models` is left out.

        Raises:
            BitextError: the record holds no texts (reference-free scores), or they are not what they were.
        """
        from bitext.score.metrics import score

        if self.hypotheses is None or not self.references:
            raise BitextError(
                f"these {self.scores.kind} scores hold no texts to score again", mend="run the article again"
            )
        options = dict(self.options)
        metrics = options.pop("metrics", ("bleu", "chrf", "ter"))
        sources = self.sources.read() if self.sources is not None else None
        return score(self.hypotheses.read(), [r.read() for r in self.references], metrics, sources=sources, **options)

    def differences(self, now: Scores | None = None, tolerance: float = 1e-6) -> list[Difference]:
        """Where the figures computed now (by `recompute` unless given) differ from the recorded ones."""
        now = self.recompute() if now is None else now
        before = {m.name: m for m in self.scores.metrics if not _by_model(m)}
        after = {m.name: m for m in now.metrics}
        found = []
        for name in dict.fromkeys([*before, *after]):
            a, b = before.get(name), after.get(name)
            # What follows sacreBLEU's own signature (how the segments came about) is not recomputed.
            if a is None or b is None or not a.signature.startswith(b.signature) or abs(a.value - b.value) > tolerance:
                found.append(
                    Difference(
                        name,
                        None if a is None else a.value,
                        None if b is None else b.value,
                        "" if a is None else a.signature,
                        "" if b is None else b.signature,
                    )
                )
        return found


def _by_model(metric: Metric) -> bool:
    return metric.signature.startswith(("mean:token|", "nmtscore:"))


def to_json(
    scored: Bitext | Scores,
    *,
    signature: Signature | None = None,
    hypotheses: Texts | None = None,
    references: Sequence[Texts] = (),
    sources: Texts | None = None,
    options: Mapping[str, Any] | None = None,
    indices: Sequence[int] | None = None,
    view: View | None = None,
) -> str:
    """A scores.json, ending with a line end.

    Args:
        scored: a scored bitext, whose beads' texts are written into it; or scores, with the rest given.
        options: those of `bitext.score.score` that were used; defaults follow from the scores of a bitext.

    Raises:
        BitextError: the bitext is not scored yet, or an option is unknown.
    """
    if isinstance(scored, Bitext):
        if scored.scores is None:
            raise BitextError("the text is not scored yet")
        scores = scored.scores
        signature = scored.signature if signature is None else signature
        if hypotheses is None and scores.kind == "reference":
            pairs = scored_beads(scored)
            hypotheses = Texts.of([p.hypothesis for p in pairs])
            references = [Texts.of([p.reference for p in pairs])]
            indices = [p.index for p in pairs]
            lang = (scored.source.lang if scored.source else "") or "en"
            options = {"lang": lang, **(options or {})}
    else:
        scores = scored
    if options and (unknown := set(options) - _OPTIONS):
        raise BitextError(f"there is no scoring option {sorted(unknown)[0]!r}")
    if hypotheses is not None:
        options = _options(scores) | dict(options or {})
    record = {
        "format": FORMAT,
        "kind": scores.kind,
        "signature": str(signature or ""),
        "metrics": [
            {"name": m.name, "value": m.value, "signature": m.signature, "interval": m.interval and list(m.interval)}
            for m in scores.metrics
        ],
        "beads": {str(k): v for k, v in scores.beads.items()},
        "quality": list(scores.quality),
        "coverage": dict(scores.coverage),
        "notes": list(scores.notes),
        "options": dict(options or {}),
        "hypotheses": _texts(hypotheses),
        "references": [_texts(r) for r in references],
        "sources": _texts(sources),
        "indices": None if indices is None else list(indices),
    }
    if view is not None:
        record["view"] = view.to_dict()
    return json.dumps(record, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _options(scores: Scores) -> dict[str, Any]:
    """What the metrics' names and signatures say of how they were computed."""
    known = {"BLEU": "bleu", "chrF2": "chrf", "chrF2++": "chrf++", "TER": "ter"}
    entries: dict[str, str] = {}
    computed = [m for m in scores.metrics if not _by_model(m)]
    for m in reversed(computed):
        entries |= dict(Signature.parse(m.signature).entries)
    options: dict[str, Any] = {"metrics": [known.get(m.name, m.name) for m in computed]}
    if "bs" in entries:
        options |= {"confidence": True, "samples": int(entries["bs"]), "seed": int(entries.get("seed", SEED))}
    cased = [Signature.parse(m.signature).entries for m in computed if m.name != "TER"]
    if any(("case", "lc") in e for e in cased):
        options["lowercase"] = True
    if entries.get("tok") and any(m.name == "BLEU" for m in computed):
        bleu = next(m for m in computed if m.name == "BLEU")
        options["tokenize"] = dict(Signature.parse(bleu.signature).entries).get("tok")
    return options


def _texts(texts: Texts | None) -> dict[str, Any] | None:
    if texts is None:
        return None
    return {
        "path": texts.path,
        "sha256": texts.sha256,
        "lines": None if texts.lines is None else list(texts.lines),
    }


def from_json(text: str, path: str | None = None) -> Record:
    """The inverse of `to_json`.

    Args:
        path: what to call the file in an error.

    Raises:
        FormatError: it is not a scores.json, or one of another version.
    """
    try:
        raw = json.loads(text)
    except json.JSONDecodeError as e:
        raise FormatError(f"is not JSON ({e.msg})", path=path, line=e.lineno, mend=_MEND) from None
    except RecursionError:
        raise FormatError("is not a scores.json: it is nested too deeply", path=path, mend=_MEND) from None
    if not isinstance(raw, dict) or not str(raw.get("format", "")).startswith("bitext-scores/"):
        raise FormatError("is not a scores.json", path=path, mend=_MEND)
    if raw["format"] != FORMAT:
        said = f"has the format {raw['format']}, and this version reads {FORMAT}"
        raise FormatError(said, path=path, mend="score the texts anew with this version")
    try:
        options = dict(raw["options"])
        if unknown := set(options) - _OPTIONS:
            raise KeyError(sorted(unknown)[0])
        scores = Scores(
            str(raw["kind"]),
            tuple(
                Metric(
                    str(m["name"]),
                    float(m["value"]),
                    str(m["signature"]),
                    None if m["interval"] is None else (float(m["interval"][0]), float(m["interval"][1])),
                )
                for m in raw["metrics"]
            ),
            {int(k): float(v) for k, v in raw["beads"].items()},
            tuple(None if q is None else float(q) for q in raw["quality"]),
            {str(k): float(v) for k, v in raw["coverage"].items()},
            tuple(str(n) for n in raw["notes"]),
        )
        hypotheses = None if raw["hypotheses"] is None else _read_texts(raw["hypotheses"])
        references = tuple(_read_texts(r) for r in raw["references"])
        sources = None if raw.get("sources") is None else _read_texts(raw["sources"])
        indices = None if raw["indices"] is None else tuple(int(i) for i in raw["indices"])
        signature = Signature.parse(str(raw["signature"]))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as e:
        what = f"lacks or does not know {e}" if isinstance(e, KeyError) else f"holds a wrong value ({e})"
        raise FormatError(what, path=path, mend="write it anew with `bitext score --json`") from None
    return Record(scores, signature, hypotheses, references, options, indices, sources)


def _read_texts(raw: Mapping[str, Any]) -> Texts:
    lines = raw["lines"]
    return Texts(None if lines is None else tuple(str(line) for line in lines), raw["path"], str(raw["sha256"]))
