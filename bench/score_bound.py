"""What translations get by the round trip: the sample pairs of corpus/ by the whole path, with the shipped models.

    python bench/score_bound.py [--write]

`--write` keeps the figures in bitext/score/bound.json, with the signature they hold for; reports made with the same
weights then quote them. To be run again whenever the shipped model, the segmenter or the aligner changes.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bitext import pipeline  # noqa: E402
from bitext.score import scored_beads  # noqa: E402

PAIRS = (
    ("harbour.mended", "harbour", "a trusted translation of a short news story (corpus/harbour.mended.fr.txt)"),
    ("harbour", "harbour", "one of the same story with planted faults (corpus/harbour.fr.txt)"),
    ("udhr", "udhr", "the Universal Declaration of Human Rights, articles 1–10 (corpus/udhr.fr.txt)"),
)
"""Translation and original in corpus/, and what the notes call it."""


def measure(model: str) -> dict[str, Any]:
    """Back-translate, align and score each pair, all by one signature."""
    translator = pipeline.load_translator(model)
    forward = pipeline.load_forward(translator.target_lang, translator.source_lang)
    pairs, signatures = [], set()
    for name, source, what in PAIRS:
        bitext = pipeline.load(ROOT / "corpus" / f"{name}.{translator.source_lang}.txt", translator.source_lang)
        original = ROOT / "corpus" / f"{source}.{translator.target_lang}.txt"
        bitext = pipeline.with_source(bitext, pipeline.read_document(original, translator.target_lang))
        bitext = pipeline.back_translate(bitext, translator)
        lexicon = pipeline.load_lexicon(translator.target_lang, translator.source_lang)
        bitext = pipeline.align(bitext, lexicon=lexicon)
        bitext = pipeline.score(bitext, forward=forward, back=translator)
        assert bitext.scores is not None
        metrics = [
            {"name": m.name, "value": m.value, "interval": m.interval, "signature": m.signature}
            for m in bitext.scores.metrics
        ]
        beads = len(scored_beads(bitext))
        pairs.append({"name": name, "what": what, "beads": beads, "metrics": metrics})
        signatures.add(str(bitext.signature))
    if len(signatures) > 1:
        raise SystemExit(f"the pairs were not measured alike: {signatures}")
    return {"signature": signatures.pop(), "pairs": pairs}


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="fr-en", help="model of the back-translation")
    parser.add_argument("--write", action="store_true", help="write bitext/score/bound.json")
    args = parser.parse_args(argv)
    measured = measure(args.model)
    text = json.dumps(measured, ensure_ascii=False, indent=1) + "\n"
    if args.write:
        (ROOT / "bitext" / "score" / "bound.json").write_text(text, encoding="utf-8")
    print(text, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
