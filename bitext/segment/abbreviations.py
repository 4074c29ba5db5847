"""What a full stop may belong to besides the end of a sentence, and which words begin sentences, by language.

An entry in lower case also matches capitalised and in capitals; one with a capital matches only as written
(*Sun.* is a day, *sun.* is the end of a sentence). Entries are without their last full stop.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

__all__ = ["Abbreviations", "abbreviations"]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


@dataclass(frozen=True)
class Abbreviations:
    """The lists of one language.

    Attributes:
        never: a sentence never ends here: titles, *cf.*, *e.g.*
        numeric: does not end where a number, a Roman numeral or a small letter follows: *art. 5*, *No. 10*.
        maybe: ends only where the next word usually begins a sentence: *Inc.*, *Jr.*
        starters: capitalised words that usually begin a sentence and seldom a name.
    """

    never: frozenset[str]
    numeric: frozenset[str]
    maybe: frozenset[str]
    starters: frozenset[str]


_COMMON = Abbreviations(
    never=_words("cf e.g i.e vs viz Dr Prof Mr Mrs Ms St Sr Mgr Mt"),
    numeric=_words("art vol fig chap no nos nr p pp § tab éd ed"),
    maybe=_words("al Inc Ltd Corp Co Jr Bros Ph.D ca ibid"),
    starters=frozenset(),
)

_FR = Abbreviations(
    # English titles too: translations leave them
    never=_words(
        "M MM Mr Mrs Mme Mmes Mlle Mlles Me Mes Dr Drs Pr Prof St Ste Sts Stes Mgr Vve Cie Cdt Cne Col Lt Gal"
        " gén adj Mrs Ms Gen Gén Gov Gouv Sen Sén Rep Rép Sgt Lt Maj Capt Ft Rev Rév Mt cf c.-à-d c.à.d càd ex"
        " p.ex env av apr bd boul tél réf dir coll trad suppl hab dép prov e.g i.e vs"
    ),
    numeric=_words(
        "art al p pp n no nos n° n°s nᵒ nº vol t tom chap ch fig fasc éd ed tab ann sect par § pl add v s sq"
        " l janv févr avr juil sept oct nov déc num max min rev mod suiv r réfs art § h"
    ),
    maybe=_words("Inc Ltd Corp Co Jr Sr ibid id op.cit loc.cit J.-C av.J.-C Cies Ph.D"),
    starters=_words(
        "Le La Les L Un Une Des Du De D Au Aux Il Elle Ils Elles On Nous Vous Je J Tu Ce C Cet Cette Ces"
        " Celui Celle Ceux Cela Ça Son Sa Ses Leur Leurs Notre Nos Votre Vos Mon Ma Mes Ton Ta Tes Qui Que Qu"
        " Quoi Quand Quel Quelle Quels Quelles Où Comment Pourquoi Si S Mais Ou Et Donc Or Ni Car Puis Ensuite"
        " Alors Après Avant Depuis Pendant Dans En Sur Sous Par Pour Avec Sans Selon Entre Chez Vers Malgré"
        " Lors Lorsque Lorsqu Comme Cependant Pourtant Toutefois Néanmoins Ainsi Aussi Enfin Parmi Plusieurs"
        " Tout Toute Tous Toutes Chaque Certains Certaines Aucun Aucune Même Plus Moins Très Trop Bien Hier"
        " Aujourd Demain Ici Là Voici Voilà Oui Non À A Deux Trois Quatre Autre Autres D'autres Jamais Rien"
        " Personne Peut Il Ici N Ne Y Parce Puisque Quoique Grâce"
    ),
)

_EN = Abbreviations(
    never=_words(
        "Mr Mrs Ms Messrs Mme Mlle M Dr Drs Prof Rev Hon Fr St Ste Mt Ft Gen Lt Col Maj Sgt Cpl Pvt Capt"
        " Cmdr Adm Brig Gov Sen Rep Reps Sens Pres Supt Det Insp Atty Msgr Amb Asst Assoc cf e.g i.e eg ie vs"
        " viz approx"
    ),
    numeric=_words(
        "no nos No Nos Art p pp vol vols fig figs eq eqs chap ch sec para par § ed eds ver v c ca pt tab app"
        " cl r Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec Mon Tue Tues Wed Thu Thur Thurs Fri Sat Sun"
    ),
    maybe=_words(
        "al Inc Ltd Corp Co Cos Bros Jr Sr LLC Plc Ave Blvd Rd Dept Univ Assn Ph.D M.D B.A M.A B.Sc M.Sc ibid"
        " est Esq op.cit Calif Fla Ga Mass Mich Minn Pa Tex Va Wash Wis Conn Ill Ind Ariz Ore Tenn Okla Colo"
        " Ala Ark Del Md Mo Nev"
    ),
    starters=_words(
        "The A An This That These Those He She It We You They I His Her Its Our Your Their My There Here What"
        " Who Whose Which When Where Why How If But And Or So Yet Nor For Then Than Now After Before Since"
        " While As At By From In On Of To With Without Under Over During Between Among Although Though Because"
        " However Moreover Nevertheless Meanwhile Still Also Even Only Just Not No Yes Some Many Most Much Few"
        " All Each Every Both Either Neither Another Other Others Such One Two Three Four Once Perhaps Maybe"
        " Is Are Was Were Do Does Did Has Have Had Can Could Will Would Should May Might Must Let Until Unless"
        " Despite According About Against Last Next Several Today Yesterday Up Down Out Back Away Here's"
        " There's Never Always Often"
    ),
)

_DE = Abbreviations(
    never=_words(
        "z d u i a o v e s Hr Hrn Fr Frl Dr Prof Dipl Ing Mag St Sr Hl Bd vgl bzw bspw ggf evtl inkl exkl"
        " zzgl sog insb Mrs Mr Ms ca cf geb gest z.B d.h u.a z.T i.d.R v.a u.U s.o s.u Str Tel Jh Jhdt"
    ),
    numeric=_words("Nr Nrn S Art Abs Abb Kap Bd Bde Tab Aufl Jg Ziff Rn § p pp Mio Mrd Tsd"),
    maybe=_words("Inc Ltd Corp Co Jr GmbH ibid ebd jun sen"),
    starters=_words(
        "Der Die Das Ein Eine Einer Eines Er Sie Es Wir Ihr Ich Du Man Dieser Diese Dieses Jener Jene Und"
        " Aber Oder Denn Doch Wenn Als Ob Weil Da Dass Daß Wie Was Wer Wo Wann Warum Hier Dort Dann Nun Jetzt"
        " So Auch Nur Nicht Kein Keine In Im Am An Auf Aus Bei Mit Nach Von Vor Zu Zum Zur Über Unter Für"
        " Durch Gegen Ohne Um Seit Bis Während Trotz Sein Seine Ihre Unser Unsere Mein Meine Alle Viele Einige"
        " Jeder Jede Allerdings Damit Dabei Danach Davon Jedoch"
    ),
)

_BY_LANGUAGE = {"fr": _FR, "en": _EN, "de": _DE}


@cache
def abbreviations(lang: str) -> Abbreviations:
    """The lists for a language tag (`fr`, `fr-CA`, …); for an unknown language, a small international set."""
    own = _BY_LANGUAGE.get(lang.replace("_", "-").split("-")[0].lower())
    if own is None:
        starters = _FR.starters | _EN.starters | _DE.starters
        return Abbreviations(_COMMON.never, _COMMON.numeric, _COMMON.maybe, starters)
    return own
