"""The flag bench's sets: each gives its figures and adds to the tally of all checks."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import flag_gold as gold
from flag_figures import STRENGTH, Tally, auc, prf, ratio, span_row

from bitext.document import Bead, Bitext, Document, Flag, Kind, Segment, Severity
from bitext.flag import checks, examine
from bitext.shipped import shipped

__all__ = ["Bench"]

WORST = (Severity.MAJOR, Severity.CRITICAL)
PAGE = ("other/boilerplate", "other/back-translation")


class Bench:
    """The resources and the tally that all sets share."""

    def __init__(self, folder: Path, models: Mapping[str, str], names: Sequence[str] | None = None) -> None:
        """`models`: name (`fr-en`, `en-fr`) to what `bitext.translate.load` takes; `names`: the only checks to run."""
        from bitext import lexicon, translate

        self.folder = folder
        self.names = names
        self.tally = Tally()
        self.lexicon = lexicon.load("fr-en") if shipped("models", "lexicon").is_dir() else None
        self.models: dict[str, Any] = {name: translate.load(model) for name, model in models.items()}

    def examine(self, bitext: Bitext, **options: Any) -> tuple[Flag, ...]:
        """The flags of a bitext, their uncalibrated strengths kept aside."""
        import bitext.flag.run as run

        if self.names is not None:
            options["only"] = [n for n in options.get("only") or self.names if n in self.names]
        lang = bitext.target.lang
        forward, back = ("en-fr", "fr-en") if lang == "fr" else ("fr-en", "en-fr")
        keep = run._calibrated
        try:
            run._calibrated = lambda f: f  # the strengths themselves are wanted here
            flags = examine(
                bitext,
                lexicon=self.lexicon,
                translator_forward=self.models.get(forward),
                translator_back=self.models.get(back),
                **options,
            ).flags
        finally:
            run._calibrated = keep
        KEEP.extend(flags)
        STRENGTH.update({id(f): f.confidence if f.confidence is not None else 0.5 for f in flags})
        return flags

    # ---- the sets

    def wordsense(self) -> dict[str, Any]:
        """The kept set, and `bench/wordsense.tsv`: other homographs, written to see what carries over."""
        own = Path(__file__).parent / "wordsense.tsv"
        return {p.parent.name: self._wordsense(p) for p in (self.folder / "flag" / "wordsense.tsv", own) if p.is_file()}

    def _wordsense(self, path: Path) -> dict[str, Any]:
        rows = gold.rows(path)
        out: dict[str, Any] = {"rows": len(rows)}
        for mode, against in (("with the original", "original"), ("without", "text")):
            hits, wrong_place, alarms = [], [], []
            for r in rows:
                for kind in ("wrong", "right"):
                    bitext = two_lines(r[kind], r["context_fr"], r["src"] if against == "original" else None)
                    if self.models.get("fr-en") is not None:
                        bitext = bitext.with_(translations=tuple(self.models["fr-en"].translate(bitext.target.texts)))
                    flags = [f for f in self.examine(bitext, only=["word-sense"]) if f.segment == 0]
                    a = r[kind].find(r["wrong_span"]) if kind == "wrong" else -1
                    span = (a, a + len(r["wrong_span"]), "", "")
                    good = [f for f in flags if a >= 0 and gold.touches(f, span, len(r[kind]))]
                    for f in flags:
                        self.tally.flag(f, f in good, "wordsense")
                    if kind == "wrong":
                        self.tally.fault("word-sense", against, bool(good), "wordsense")
                        hits += [r["id"]] * bool(good)
                        wrong_place += [r["id"]] * (bool(flags) and not good)
                    else:
                        alarms += [r["id"]] * bool(flags)
            out[mode] = {
                "wrong ones flagged on the word": len(hits),
                "wrong ones flagged elsewhere only": len(wrong_place),
                "right ones flagged": len(alarms),
                "missed": [r["id"] for r in rows if r["id"] not in hits],
                "false alarms": alarms,
            }
        return out

    def article(self) -> dict[str, Any]:
        from bitext.files import read_text
        from bitext.segment import segment

        path, faults = gold.article(shipped("corpus"))
        document = segment(read_text(path), "fr")
        bitext = Bitext(document)
        if "fr-en" in self.models:
            bitext = bitext.with_(translations=tuple(self.models["fr-en"].translate(document.texts)))
        flags = [f for f in self.examine(bitext) if f.category != "other/back-translation"]
        found: set[str] = set()
        good: list[Flag] = []
        extra: list[str] = []
        for f in flags:
            start = document.segments[f.segment].start
            here = (start + f.span[0], start + f.span[1])
            mates = [x for x in faults if any(same_place(here, p) for p in x["places"])]  # type: ignore[attr-defined]
            page = f.category == "other/boilerplate"
            mates = [x for x in mates if (str(x["category"]) == "other/boilerplate") == page]
            found |= {str(x["id"]) for x in mates}
            if mates:
                good.append(f)
            else:
                extra.append(f"{f.check}: {document.text[slice(*here)]!r}")
            self.tally.flag(f, bool(mates), "article")
        real = [x for x in faults if x["category"] != "other/boilerplate"]
        page_lines = [x for x in faults if x["category"] == "other/boilerplate"]
        for check in checks():
            for x in faults:
                if x["category"] == check.category:
                    mine = [f for f in good if f.check == check.name and overlaps(f, document, x)]
                    self.tally.fault(check.name, "text", bool(mine), "article")
        words = [f for f in flags if f.check == "word-sense"]
        marked = [f for f in flags if f.category not in PAGE]
        right = [f for f in good if f.category not in PAGE]
        return {
            "faults on the list": len(real),
            "found": len([x for x in real if x["id"] in found]),
            "share found": ratio(len([x for x in real if x["id"] in found]), len(real)),
            "flags": len(marked),
            "right": len(right),
            "share right": ratio(len(right), len(marked)),
            "boilerplate lines found": f"{len([x for x in page_lines if x['id'] in found])} of {len(page_lines)}",
            "first flag": text_of(document, flags[0]) if flags else None,
            "first word-sense flag": text_of(document, words[0]) if words else None,
            "word-sense flags": [text_of(document, f) for f in words],
            "missed": [f"{x['id']} {x['span']}" for x in real if x["id"] not in found],
            "not on the list": extra,
        }

    def demetr(self) -> dict[str, Any]:
        data = gold.demetr(self.folder / "flag")
        if data is None:
            return {}
        # all perturbations of a sentence stand in one document: what compares segments with each other is off
        flags = gold.by_segment(self.examine(gold.bitext_of(data), skip=["inconsistent", "duplicates", "terminology"]))
        plain = {i.source: k for k, i in enumerate(data.items) if i.label == "none"}
        kinds: dict[str, Counter[str]] = defaultdict(Counter)
        for k, item in enumerate(data.items):
            base = {(f.check, f.message) for f in flags.get(plain.get(item.source, -1), [])}
            mine = [f for f in flags.get(k, []) if item.label == "none" or (f.check, f.message) not in base]
            mine = [f for f in mine if f.category not in PAGE]
            right = [f for f in mine if item.spans and gold.touches(f, item.spans[0], len(item.target))]
            for f in mine:
                if item.label != "base_id33_empty":  # too easy to tell anything
                    self.tally.flag(f, f in right, "demetr")
            kinds[item.label]["segments"] += 1
            kinds[item.label]["flagged there"] += bool(right)
            kinds[item.label]["flagged"] += bool(mine)
        return {"by kind": {k: dict(v) for k, v in sorted(kinds.items())}}

    def wmt22chat(self) -> dict[str, Any]:
        out: dict[str, Any] = {}
        total: Counter[str] = Counter()
        both: dict[str, Counter[str]] = defaultdict(Counter)
        for data in gold.wmt22chat(self.folder / "flag"):
            flags = gold.by_segment(self.examine(gold.bitext_of(data)))
            seen: dict[str, Counter[str]] = defaultdict(Counter)
            scores, labels = [], []
            for k, item in enumerate(data.items):
                mine = [f for f in flags.get(k, []) if f.category not in PAGE]
                size = len(item.target)
                for f in mine:
                    whole = f.span == (0, size)
                    mates = [s for s in item.spans if gold.touches(f, s, size)]
                    if whole:
                        mates = [s for s in mates if s[2].split("/")[0] == f.category.split("/")[0]]
                    self.tally.flag(f, bool(mates), data.name)
                    seen[f.category]["flags"] += 1
                    seen[f.category]["right"] += bool(mates)
                    if f.severity in WORST:
                        total["major flags"] += 1
                        total["major flags right"] += bool(mates)
                        total["major flags on a major fault"] += any(s[3] in ("major", "critical") for s in mates)
                for s in item.spans:
                    hit = [f for f in mine if gold.touches(f, s, size) and f.span != (0, size)]
                    hit += [f for f in mine if f.span == (0, size) and f.category.split("/")[0] == s[2].split("/")[0]]
                    seen[s[2]]["faults"] += 1
                    seen[s[2]]["found"] += bool(hit)
                    for check in checks():
                        if check.category == s[2] and data.target_lang in check.languages:
                            self.tally.fault(check.name, "original", any(f.check == check.name for f in hit), data.name)
                scores.append(sum((f.severity.rank + 0.5) * STRENGTH[id(f)] for f in mine))
                labels.append(bool(item.spans))
            for category, row in seen.items():
                both[category].update(row)
            out[data.name] = {
                "segments": len(data.items),
                "with a fault": sum(labels),
                "AUC of the flags": auc(scores, labels),
                "by category": {c: span_row(v) for c, v in sorted(seen.items())},
            }
        out["spans by category, all systems"] = {c: span_row(v) for c, v in sorted(both.items())}
        if total["major flags"]:
            out["major or critical flags"] = dict(total) | {
                "precision": ratio(total["major flags right"], total["major flags"])
            }
        return out

    def diabla(self) -> dict[str, Any]:
        out = {}
        for data in gold.diabla(self.folder / "flag"):
            flags = gold.by_segment(self.examine(gold.bitext_of(data)))
            scores = [
                sum((f.severity.rank + 0.5) * STRENGTH[id(f)] for f in flags.get(k, []) if f.category not in PAGE)
                for k in range(len(data.items))
            ]
            bad = [i.label != "perfect" for i in data.items]
            marked = [s > 0 for s in scores]
            out[data.name] = {
                "segments": len(bad),
                "not perfect": sum(bad),
                "flagged": sum(marked),
                "flagged and not perfect": sum(a and b for a, b in zip(marked, bad, strict=True)),
                "AUC of the flags": auc(scores, bad),
            }
        return out

    def sconf(self) -> dict[str, Any]:
        from bitext.flag.base import Case, Resources
        from bitext.flag.coverage import loose_words

        pairs = gold.sconf(self.folder / "flag")
        if not pairs or self.lexicon is None:
            return {}
        counts = {(side, n): [0, 0, 0] for side in ("source", "target") for n in (0, 1)}
        scores, labels = [], []
        items = [gold.Item(" ".join(p.source), " ".join(p.target)) for p in pairs]
        bitext = gold.bitext_of(gold.Gold("sconf", "en", "fr", items))
        case = Case(bitext, Resources(lexicon=self.lexicon))
        flags = gold.by_segment(self.examine(bitext, only=["omission", "addition"]))
        for k, (p, pair) in enumerate(zip(pairs, case.originals, strict=True)):
            target, source, weight = loose_words(case, pair)
            scores.append(weight)
            labels.append("sure" not in p.labels)
            for f in flags.get(k, []):
                side = 1 if f.check == "addition" else 0
                self.tally.flag(f, any(m[side] for m in p.loose) or "not corresponding" in p.labels, "sconf")
            for n in (0, 1):
                if p.labels[n] not in ("sure", "partial"):
                    continue
                for check, side in (("omission", 0), ("addition", 1)):
                    if p.loose[n][side]:
                        self.tally.fault(check, "original", any(f.check == check for f in flags.get(k, [])), "sconf")
                for side, found, tokens in (("source", source, p.source), ("target", target, p.target)):
                    spans = list(gold.windows("", tokens))
                    mine = {i for i, (a, b) in enumerate(spans) if any(a < y and x < b for x, y in found)}
                    marked = p.loose[n][0 if side == "source" else 1]
                    row = counts[side, n]
                    row[0] += len(mine & marked)
                    row[1] += len(mine)
                    row[2] += len(marked)
        out: dict[str, Any] = {
            f"{'omitted' if side == 'source' else 'added'} words, annotator {n + 1}": prf(*counts[side, n])
            for side, n in counts
        }
        out["AUC, neither annotator says sure"] = auc(scores, labels)
        return out

    def quality(self) -> dict[str, Any]:
        """The quality estimate, flags included: AUC on judged translations, preference on DEMETR; needs both models."""
        if len(self.models) < 2 or self.lexicon is None:
            return {}
        from learn_quality import Set, judged, kinds, together

        from bitext.flag.base import Resources
        from bitext.flag.quality import FEATURES, models, unflagged

        there, here = self.models["fr-en"], self.models["en-fr"]
        use = {"fr": Resources(there, here, self.lexicon), "en": Resources(here, there, self.lexicon)}
        model = models()["original"]

        def estimate(s: Set) -> list[float]:
            flags = self.examine(gold.bitext_of(s.data), skip=["inconsistent", "duplicates", "terminology", "fluency"])
            left = unflagged([calibrated(f) for f in flags], len(s.data.items))
            return [model.estimate(dict(zip(FEATURES, x, strict=True))) * p for x, p in zip(s.x, left, strict=True)]

        sets = judged(self.folder / "flag", use)
        values = {n: estimate(s) for n, s in sets.items()}
        out: dict[str, Any] = {}
        for name, members in together(sets).items():
            good = [bool(g) for m in members for g in sets[m].good]
            out[name] = {"segments": len(good), "AUC": auc([v for m in members for v in values[m]], good)}
        out["demetr: the sound one is preferred"] = kinds(self.folder / "flag", use["en"], estimate)
        return out

    def clean(self) -> dict[str, Any]:
        data = gold.clean(self.folder / "mt")
        if data is None:
            return {}
        flags = [f for f in self.examine(gold.bitext_of(data)) if f.category not in PAGE]
        alone = gold.bitext_of(data).with_(source=None, beads=())
        text = [f for f in self.examine(alone, skip=["word-sense"]) if f.category not in PAGE]
        few = gold.Gold(data.name, "en", "fr", data.items[:300])  # the word-sense check is slow without the original
        sense = self.examine(gold.bitext_of(few).with_(source=None, beads=()), only=["word-sense"])
        # Some of these are faults of the translators: those that were read and put on the list count as right, all
        # others as wrong, so that the confidence of a flag is not that of texts that were spoilt on purpose.
        theirs = gold.read_faults(Path(__file__).with_name("newstest2013.faults.tsv"))
        for f in (*flags, *sense):
            if f.category.startswith("accuracy/"):
                self.tally.flag(f, (f.segment, f.check) in theirs, data.name)
        out = {}
        for name, found, size in (
            ("with the original", flags, len(data.items)),
            ("without", text, len(data.items)),
            ("word sense without", sense, len(few.items)),
        ):
            worst = Counter(f.check for f in found if f.severity in WORST)
            out[name] = {
                "segments": size,
                "major or critical a hundred": round(100 * sum(worst.values()) / size, 2),
                "major or critical by check": dict(worst.most_common()),
                "minor by check": dict(Counter(f.check for f in found if f.severity not in WORST).most_common()),
            }
        return out

    def planted(self) -> dict[str, Any]:
        """One fault of one kind in each of some hundred human translations."""
        from flag_spoilt import planted

        return planted(self)

    def weights(self) -> dict[str, Any]:
        """What depends on the weights: the article, and fluency on 200 clean segments and on planted faults."""
        article = self.article()
        out = {k: article[k] for k in ("found", "flags", "right", "first flag")} | self.senses()
        data = gold.clean(self.folder / "mt", 1000)
        if data is None or "en-fr" not in self.models:
            return out
        sound = self.examine(gold.bitext_of(data, data.items[:200]), only=["fluency"])
        out["fluency on clean text, flags a hundred"] = len(sound) / 2
        spoilt = gold.spoilt([i for i in data.items[200:] if len(i.target) < 140])
        flags = self.examine(gold.bitext_of(spoilt), only=["fluency"])
        hits = {f.segment for f in flags if gold.touches(f, spoilt.items[f.segment].spans[0], 1000)}
        out["fluency on planted faults"] = f"{len(hits)} of {len(spoilt.items)} found, {len(flags)} flags"
        return out

    def senses(self) -> dict[str, str]:
        """What forced decoding alone says of the pairs of a wrong and a right sense: in how many the right one wins.

        Of the French given the original (en-fr), and of the original given the French (fr-en).
        """
        own = Path(__file__).parent / "wordsense.tsv"
        rows = [r for p in (self.folder / "flag" / "wordsense.tsv", own) if p.is_file() for r in gold.rows(p)]
        out = {}
        for name in self.models:
            found = []
            for kind in ("right", "wrong"):
                sources, targets = [r["src"] for r in rows], [r[kind] for r in rows]
                pairs = (sources, targets) if name == "en-fr" else (targets, sources)
                found.append([sum(t.token_logprobs) for t in self.models[name].score(*pairs)])
            won = sum(a > b for a, b in zip(*found, strict=True))
            out[f"the right sense is the likelier one, {name}"] = f"{won} of {len(rows)} pairs"
        return out

    def speed(self) -> dict[str, Any]:
        data = gold.clean(self.folder / "mt", 1100)
        if data is None:
            return {}
        lexical = ["word-sense", "omission", "addition", "terminology", "glossary", "untranslated", "names", "fluency"]
        rules = [c.name for c in checks() if c.name not in lexical]
        out = {}
        warm, hundred = gold.bitext_of(data, data.items[:1000]), gold.bitext_of(data, data.items[1000:1100])
        self.examine(warm, only=rules)
        for name, names in (("rules alone", rules), ("all checks that apply", None)):
            wall, cpu = [], []
            for _ in range(3):
                start, busy = time.perf_counter(), time.process_time()
                self.examine(hundred, only=names)
                wall.append(time.perf_counter() - start)
                cpu.append(time.process_time() - busy)
            out[f"{name}: seconds for 100 segments, first and best of 3"] = [round(wall[0], 3), round(min(wall), 3)]
            out[f"{name}: of that on the processor"] = [round(cpu[0], 3), round(min(cpu), 3)]
        return out


def calibrated(f: Flag) -> Flag:
    """A flag as users see it, with the confidence that was measured."""
    import bitext.flag.run as run

    return run._calibrated(f)


KEEP: list[Flag] = []  # so that no id is used twice


def two_lines(sentence: str, following: str, source: str | None) -> Bitext:
    """A heading and the sentence after it; the original, if given, is the heading's."""
    text = f"{sentence}\n\n{following}"
    first = Segment(sentence, 0, len(sentence), Kind.HEADING, 0)
    second = Segment(following, len(sentence) + 2, len(text), Kind.SENTENCE, 1)
    target = Document(text, (first, second), "fr")
    if source is None:
        return Bitext(target)
    beads = (Bead(range(0, 1), range(0, 1)), Bead(range(1, 1), range(1, 2)))
    return Bitext(target, Document.from_lines([source], "en"), "original", beads=beads)


def same_place(a: tuple[int, int], b: tuple[int, int]) -> bool:
    """Whether two spans are about one place: they overlap, and the longer is no more than the other's context."""
    common = min(a[1], b[1]) - max(a[0], b[0])
    if common <= 0:
        return False
    short, long = sorted((a[1] - a[0], b[1] - b[0]))
    return common >= 0.5 * long or (common == short and (long <= 60 or long <= 4 * short))


def overlaps(f: Flag, document: Document, fault: Mapping[str, Any]) -> bool:
    start = document.segments[f.segment].start
    return any(same_place((start + f.span[0], start + f.span[1]), p) for p in fault["places"])


def text_of(document: Document, f: Flag) -> str:
    return f"{f.check} {document.segments[f.segment].text[slice(*f.span)]!r} → {f.suggestion}"
