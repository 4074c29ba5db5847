"""What ten minutes of `bitext train --from MODEL` on 2,000 pairs of one domain do for that domain.

    python bench/finetune.py --catalogues /usr/share/locale [--source git] [--model fr-en] [--minutes 10] [--json]
    python bench/finetune.py --data FILE.tsv[.bz2] [--source NAME] [--exclude FILE…]

The pairs are those of an aligned file (of one collection of it, by the name in its third column), or the messages of
a program installed on this machine, from its gettext catalogue: real translations of a real domain. Pairs whose
source stands twice, or in one of the files to exclude (what the model was trained on), are left out; 200 of the rest,
chosen at random, are translated before and after and not learnt from. BLEU and chrF are sacreBLEU's.
"""

from __future__ import annotations

import argparse
import json
import random
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from bitext.formats.pairs import read_pairs

Texts = tuple[str, str]


def catalogue(path: Path) -> Iterator[Texts]:
    """English and translated messages of one compiled gettext catalogue, without plurals and contexts."""
    data = path.read_bytes()
    order = {0x950412DE: "<", 0xDE120495: ">"}.get(struct.unpack_from("<I", data)[0])
    if order is None:
        return
    number, originals, translations = struct.unpack_from(f"{order}III", data, 8)

    def text(table: int, i: int) -> str:
        length, at = struct.unpack_from(f"{order}II", data, table + 8 * i)
        return data[at : at + length].decode("utf-8", "replace")

    for i in range(number):
        original, translation = text(originals, i), text(translations, i)
        if "\0" not in original and "\4" not in original:
            yield original, translation


def messages(folder: Path, program: str | None, source_lang: str, target_lang: str) -> Iterator[Texts]:
    """Messages of four to sixty words on one line, from the catalogues (of one program) into the other language."""
    other = source_lang if target_lang == "en" else target_lang
    for path in sorted(folder.glob(f"{other}/LC_MESSAGES/{program or '*'}.mo")):
        if path.name.startswith("iso_"):
            continue  # names of countries and languages
        for original, translation in catalogue(path):
            pair = tuple(t.strip().replace("\t", " ") for t in (original, translation))
            if (
                all(4 <= len(t.split()) <= 60 and "\n" not in t and "\ufffd" not in t for t in pair)
                and pair[0] != pair[1]
            ):
                yield (pair[1], pair[0]) if target_lang == "en" else (pair[0], pair[1])


def chosen(pairs: Iterable[Texts], known: set[str], wanted: int, held: int) -> tuple[list[Texts], list[Texts]]:
    """Pairs to learn from and pairs to measure on."""
    fresh: dict[str, Texts] = {}
    for source, target in pairs:
        key = "".join(c for c in source.casefold() if c.isalpha())
        if key and key not in known:
            fresh.setdefault(key, (source, target))
    rest = list(fresh.values())
    random.Random(1).shuffle(rest)
    if len(rest) < held + 200:
        sys.exit(f"only {len(rest)} pairs of this domain: too few")
    return rest[held : held + wanted], rest[:held]


def scores(model: str, pairs: list[Texts]) -> dict[str, Any]:
    """BLEU and chrF of a model, with their signatures."""
    import sacrebleu

    from bitext import translate

    found = [t.text for t in translate.load(model).translate([s for s, _ in pairs])]
    references = [[t for _, t in pairs]]
    result: dict[str, Any] = {}
    for name, metric in (("bleu", sacrebleu.BLEU()), ("chrf", sacrebleu.CHRF())):
        result[name] = round(metric.corpus_score(found, references).score, 2)
        result[f"{name}_signature"] = str(metric.get_signature())
    return result | {"examples": found[:5]}


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--catalogues", type=Path, metavar="DIR", help="folder of LANG/LC_MESSAGES/*.mo")
    what.add_argument("--data", type=Path, metavar="FILE", help="aligned file: source, target, collection")
    parser.add_argument(
        "--source", metavar="NAME", help="the collection of --data, the program of --catalogues to take"
    )
    parser.add_argument("--exclude", nargs="*", default=[], type=Path, metavar="FILE", help="what the model has seen")
    parser.add_argument("--model", default="fr-en")
    parser.add_argument("--direction", default="fr-en")
    parser.add_argument("--pairs", type=int, default=2000)
    parser.add_argument("--held-out", type=int, default=200)
    parser.add_argument("--general", type=Path, metavar="FILE", help="aligned file to see what is lost elsewhere")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--minutes", default="10")
    parser.add_argument("--workers", default=None)
    options = parser.parse_args()
    langs = options.direction.split("-")
    if options.catalogues:
        pairs: Iterable[Texts] = messages(options.catalogues, options.source, *langs)
    else:
        rows = read_pairs(options.data, *langs)
        pairs = ((s, t) for s, t, name in rows if options.source in (None, name))
    known = {
        "".join(c for c in s.casefold() if c.isalpha()) for f in options.exclude for s, _, _ in read_pairs(f, *langs)
    }
    learn, held = chosen(pairs, known, options.pairs, options.held_out)
    general = [(s, t) for s, t, _ in read_pairs(options.general, *langs)][:200] if options.general else []
    result: dict[str, Any] = {"pairs": len(learn), "held_out": len(held), "before": scores(options.model, held)}
    if general:
        result["general_before"] = scores(options.model, general)
    with tempfile.TemporaryDirectory() as name:
        data, out = Path(name, "learn.tsv"), Path(name, "model")
        data.write_text("".join(f"{s}\t{t}\n" for s, t in learn), encoding="utf-8")
        command = ["train", str(data), "--from", options.model, "--direction", options.direction, "--out", str(out)]
        command += ["--minutes", options.minutes] + (["--workers", options.workers] if options.workers else [])
        began = time.monotonic()
        subprocess.run([sys.executable, "-m", "bitext", *command], check=True)
        result["minutes"] = round((time.monotonic() - began) / 60, 1)
        log = [json.loads(line) for line in (out / "training.jsonl").read_text(encoding="utf-8").splitlines()]
        result |= {"steps": log[-1]["step"], "tokens": log[-1]["tokens"]}
        result["after"] = scores(str(out), held)
        if general:
            result["general_after"] = scores(str(out), general)
    result["sources"], result["references"] = [s for s, _ in held[:5]], [t for _, t in held[:5]]
    print(json.dumps(result, ensure_ascii=False, indent=None if options.json else 1))


if __name__ == "__main__":
    main()
