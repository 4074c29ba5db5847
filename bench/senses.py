"""Builds the sense inventory that ships: `python bench/senses.py --wordnet TABLE.tsv.bz2 [--output FILE]`.

TABLE is WordNet 3.0 as tab-separated text with a header line: lemma, part of speech, rank, synset, lexicographer file,
tag count, synonyms by comma, gloss. Kept are the lemmas whose words the lexicon knows. Prints what was kept, and
whether the result is the shipped file byte for byte.
"""

from __future__ import annotations

import argparse
import bz2
import sys
from pathlib import Path

from bitext import lexicon
from bitext.lexicon.senses import compact, read_table
from bitext.shipped import shipped


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wordnet", type=Path, required=True)
    parser.add_argument("--lexicon", default="fr-en")
    parser.add_argument("--output", type=Path, default=Path("en.senses.z"))
    args = parser.parse_args()
    known = lexicon.load(args.lexicon)
    with bz2.open(args.wordnet, "rt", encoding="utf-8") as f:
        kept = compact(read_table(f), known.vocabulary("en"), args.output)
    here = args.output.read_bytes()
    there = shipped("models", "lexicon", "en.senses.z").read_bytes()
    print(f"{kept} lemmas, {len(here)} bytes; {'equal to' if here == there else 'differs from'} the shipped file")
    return 0


if __name__ == "__main__":
    sys.exit(main())
