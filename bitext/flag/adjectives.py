"""Everyday French adjectives and participles of *être* that reports and laws show too seldom behind a noun; by hand."""

from __future__ import annotations

import functools
from collections.abc import Mapping

__all__ = ["families", "features"]

# masculine singular, feminine singular, masculine plural
_ADJECTIVES = """
content/contente/contents haut/haute/hauts satisfait/satisfaite/satisfaits fort/forte/forts sec/sèche/secs
vieux/vieille/vieux grand/grande/grands excellent/excellente/excellents long/longue/longs heureux/heureuse/heureux
malheureux/malheureuse/malheureux inquiet/inquiète/inquiets prêt/prête/prêts dur/dure/durs mou/molle/mous
doux/douce/doux faux/fausse/faux fou/folle/fous gentil/gentille/gentils épais/épaisse/épais petit/petite/petits
beau/belle/beaux bon/bonne/bons mauvais/mauvaise/mauvais gros/grosse/gros nouveau/nouvelle/nouveaux flou/floue/flous
enflé/enflée/enflés tordu/tordue/tordus boueux/boueuse/boueux poussiéreux/poussiéreuse/poussiéreux amer/amère/amers
rassis/rassise/rassis nu/nue/nus pointu/pointue/pointus brutal/brutale/brutaux creux/creuse/creux
curieux/curieuse/curieux délicieux/délicieuse/délicieux joyeux/joyeuse/joyeux nerveux/nerveuse/nerveux
bruyant/bruyante/bruyants brûlant/brûlante/brûlants glissant/glissante/glissants charmant/charmante/charmants
méchant/méchante/méchants lent/lente/lents lourd/lourde/lourds ravi/ravie/ravis fier/fière/fiers jaloux/jalouse/jaloux
roux/rousse/roux laid/laide/laids maigre/maigre/maigres gras/grasse/gras bas/basse/bas las/lasse/las
gratuit/gratuite/gratuits salé/salée/salés sucré/sucrée/sucrés épicé/épicée/épicés cuit/cuite/cuits cru/crue/crus
mûr/mûre/mûrs pourri/pourrie/pourris moisi/moisie/moisis rouillé/rouillée/rouillés mouillé/mouillée/mouillés
trempé/trempée/trempés gelé/gelée/gelés usé/usée/usés fendu/fendue/fendus troué/trouée/troués déçu/déçue/déçus
surpris/surprise/surpris furieux/furieuse/furieux anxieux/anxieuse/anxieux silencieux/silencieuse/silencieux
bavard/bavarde/bavards timide/timide/timides calme/calme/calmes vide/vide/vides triste/triste/tristes
devenu/devenue/devenus reparti/repartie/repartis revenu/revenue/revenus
"""


@functools.cache
def families() -> Mapping[str, Mapping[str, str]]:
    """Each form to the four forms of its adjective, by feature (`ms`, `fs`, `mp`, `fp`)."""
    out: dict[str, dict[str, str]] = {}
    for entry in _ADJECTIVES.split():
        one, she, many = entry.split("/")
        family = {"ms": one, "fs": she, "mp": many, "fp": she + "s"}
        for form in family.values():
            out.setdefault(form, family)
    return out


@functools.cache
def features(word: str) -> frozenset[str]:
    """The features that a form may have; empty for other words."""
    return frozenset(f for f, form in families().get(word, {}).items() if form == word)
