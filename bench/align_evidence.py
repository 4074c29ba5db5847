"""What evidence there is for a gold text: translations that lie beside it or are made, the lexicon, vectors."""

from __future__ import annotations

from align_data import Cache, CachedEncoder, Case

from bitext.align import model

COMBINATIONS = ("translation+lexicon", "lexicon", "translation", "translations", "none", "vectors",
                "translation+lexicon+vectors", "translation+vectors", "translations+vectors",
                "lexicon+vectors")  # fmt: skip


def together(systems: dict[str, list[str]]) -> list[str] | None:
    """Translations by several systems as one, a segment's side by side: representations add up.

    SACunidir, which exists for one direction of one text only, is left out.
    """
    used = [lines for name, lines in systems.items() if name != "SACunidir"]
    return [" ".join(row) for row in zip(*used, strict=True)] if used else None


def evidence_arguments(case: Case, combination: str, cache: Cache) -> dict:
    """Arguments of `align` for a combination; None where a case lacks what it needs."""
    wanted = combination.split("+")
    found: dict = {}
    if "translation" in wanted or "translations" in wanted:
        if case.forward or case.back:
            found["target_translation"] = together(case.back)
            found["source_translation"] = together(case.forward)
        elif case.langs[0] == "fr":
            found["source_translation"] = cache.translate(case.source)
        elif case.langs[1] == "fr":
            found["target_translation"] = cache.translate(case.target)
    if "lexicon" in wanted and set(case.langs) == {"fr", "en"}:
        from bitext import lexicon

        found["lexicon"] = lexicon.load("fr-en")
    if "vectors" in wanted:
        found["encoder"] = CachedEncoder(cache)
    return found


def has_all(case: Case, combination: str, cache: Cache) -> bool:
    """Whether a case has every kind of evidence of a combination."""
    names = {"target_translation": "translation", "source_translation": "translation", "lexicon": "lexicon",
             "encoder": "vectors"}  # fmt: skip
    found_ = [k for k, v in evidence_arguments(case, combination, cache).items() if v is not None]
    found = {names[k] for k in found_}
    both = len([k for k in found_ if k.endswith("_translation")]) > 1
    return model.combination(found, both) == combination
