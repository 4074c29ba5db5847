"""What a unit is on the page: heading, caption, boilerplate, separator or running text.

Boilerplate is flagged only at the edges of a text, only with evidence (phrases by which sites address
their readers), and never more than half of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bitext.document import Kind

__all__ = ["kinds"]

_I = re.IGNORECASE
_RULE = re.compile(r"(?:[*\-_=~#•·—–+─━═■□◆◇★☆][\s\ufe0f]*){3,}|[⁂❦☙❧⸻]+")
_LAST = re.compile(r"[.!?…‽؟。！？;:,](?:[\s\u00a0]*[\"'»«”“’‘)\]])*$")
_STOP = re.compile(r"[.!?…‽؟。！？](?:[\s\u00a0]*[\"'»«”“’‘)\]])*$")
_BULLET = re.compile(r"[-–—•*·‣▪►>]+\s|[—–]|\|")
_NUMBERED = re.compile(r"(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)]\s")
_TITLE = re.compile(
    r"#{1,6}\s+\S|(?:chapitre|chapter|kapitel|partie|part|teil|livre|book|section|acte|act|scène|scene|article|artikel)\s+"
    r"(?:\d+|(?-i:[IVXLC]+)|premi[eè]re?|one|two|three)\s*(?:[.:–—-]\s*.{0,80})?$|(?-i:[IVXLC]{1,7})\.?$",
    _I,
)
_CREDIT_WORD = (
    r"(?:photos?|photographie|photograph|image|picture|cr[ée]dits?(?: photos?)?|photo credits?|illustration|infographie"
    r"|dessin|drawing|capture d.[ée]cran|screenshot|screengrab|vid[ée]o|légende|caption|foto|bild|courtesy)"
)
_AGENCY = r"(?:Getty Images|Shutterstock|Flickr|Wikimedia Commons|iStock|Unsplash|Pixabay)"
_NEWS_AGENCY = r"(?:AFP|AP|Reuters|EPA|EFE|Sipa|DPA|ANSA|TASS|Xinhua)"
_CREDIT = re.compile(
    r"[(\[]\s*(?:"
    # (Photo: …), (Image de X), (Crédit AFP), (© X); not (photo de famille)
    rf"{_CREDIT_WORD}(?:[\s\u00a0]*[:/.©|–—-]|\s+(?:(?:by|de|par|from|of|d.|von|courtesy of|via)\s+)?(?-i:[A-ZÀ-Ý©@-]))"
    rf"[^()\[\]]{{0,150}}|(?:©|ⓒ)[^()\[\]]{{1,150}}|(?:[^()\[\]]{{0,100}}[/\s])?{_AGENCY}[^()\[\]]{{0,60}}"
    rf"|[^()\[\]]{{0,100}}(?:/|via )\s*{_NEWS_AGENCY}[^()\[\]]{{0,40}})\s*[)\]]\s*\.?$",
    _I,
)
_CREDIT_LINE = re.compile(
    r"(?:(?:photos?|images?|cr[ée]dits?(?: photos?)?|photo credits?|légende|caption|illustration|vidéo|video|foto|bild)"
    r"[\s\u00a0\u202f]*(?::|©|–|—)|©[\s\u00a0]*(?!\s*\d{4})).{1,200}$",
    _I,
)

# Phrases by which a site speaks to its reader, not the article. STRONG ones count two, WEAK ones one.
_STRONG = [
    r"\b(?:abonnez|inscrivez|désabonnez)-vous\b",
    r"\b(?:inscri\w+|abonn\w+)\b.{0,30}\b(?:newsletter|infolettre|lettre d.information|chaîne)",
    r"\b(?:suivez|rejoignez|retrouvez|contactez)-nous\b",
    r"\bpartagez[- ](?:l[ea]s?\b|cet? |cette )|\bpartager (?:cet article|cette page)",
    r"\bpartager (?:sur (?:facebook|twitter|x)|avec vos)",
    r"\b(?:aime[rz]?|aimé|apprécié|plu)\b.{0,12}\bcet (?:article|te page|te vidéo)",
    r"\b(?:soutenez|aidez)[- ](?:nous|le site|notre|votre|la rédaction)",
    r"\bvotre (?:soutien|don|contribution|générosité)\b.{0,40}\b(?:essentiel|précieu|indispensable|nous permet)",
    r"\bvotre (?:soutien|don|contribution|générosité) (?:est|fait|compte)\b",
    r"\b(?:faire|faites) un don\b",
    r"\b(?:notre|ce) (?:site|journal|média|rédaction|chaîne) en vie\b",
    r"\bfaire vivre (?:notre|ce) (?:site|média|journal)",
    r"\bavons besoin de (?:vous\b|financement|dons\b|votre (?:soutien|don|générosité))",
    r"\b(?:lire|consulter|voir|retrouver)\b.{0,20}"
    r"\b(?:l.article (?:original|complet|entier)|la suite|version originale)",
    r"^(?:lire|voir|à lire) aussi\b|^sur le même sujet\b|^articles? (?:similaires|liés|connexes)|^à propos de l.auteur",
    r"\btous droits réservés\b|\breproduction (?:interdite|autorisée)\b",
    r"\bmentions légales\b|\bpolitique de confidentialité\b",
    r"\b(?:laisse[rz]|poste[rz]|écrire) un commentaire\b|\bcliquez ici\b|\btélécharge[rz] (?:notre|l.)appli",
    r"\b(?:nos|des|aux) (?:annonceurs|publicités)\b|\bbloqueur de publicité",
    r"\b(?:accepter|acceptez|utilise|utilisons) (?:les |des )?cookies\b",
    r"\bsubscribe (?:to (?:our|the|my|this)|now|today|for (?:free|more|updates))\b",
    r"\bsign up (?:for (?:our|the|my|free)|now|here|today|to (?:our|receive|get))\b",
    r"\bjoin our (?:mailing|newsletter|community)",
    r"\b(?:follow|join) us (?:on|at|@)|^(?:follow|contact|support|email|join) us\b|\bshare (?:this|with your)\b",
    r"^share (?:on|via)\b",
    r"\b(?:like|enjoy|liked|enjoyed|love)\b.{0,12}\bthis (?:article|post|story|page|video)",
    r"\b(?:make|consider making) a donation\b|\bdonate (?:now|today|here|to)\b",
    r"\byour (?:support|donation|contribution|generosity)\b.{0,30}"
    r"\b(?:essential|vital|allows|helps|matters|keeps|enables)",
    r"\bplease (?:consider|support us|donate|share|subscribe)\b",
    r"\b(?:keep|help us keep) (?:us|this site|our (?:site|journalism|work))\b.{0,20}"
    r"\b(?:going|alive|free|online|running)",
    r"\bread (?:the )?(?:original|full|entire|whole) (?:article|story|post)|^(?:read|see) (?:more|also|next)\b",
    r"^related (?:articles?|stories|posts|content)|^about the author\b|^recommended for you\b|^most (?:read|popular)\b",
    r"\ball rights reserved\b|\b(?:privacy|cookie) policy\b|\bterms (?:of (?:use|service)|and conditions)\b",
    r"\bleave a (?:comment|reply)\b|\bclick here\b|\bdownload (?:our|the) app\b|\bskip to (?:main )?content\b",
    r"(?:©|\(c\)|copyright)\s*(?:19|20)\d\d|^advertisements?$|^publicité$|^anzeige$",
    r"\b\d+ (?:min(?:utes?)?) (?:read|de lecture)\b|\btemps de lecture\b|\breading time\b",
    r"\balle rechte vorbehalten\b|\bnewsletter abonnieren\b|\bartikel teilen\b|\bunterstützen sie uns\b",
]
_WEAK = [
    r"\b(?:votre|your) (?:soutien|don|contribution|générosité|support|donation|generosity)\b",
    r"\b(?:newsletters?|infolettre|mailing list)\b",
    r"\bpaypal\b|\bpatreon\b|\btipeee\b|\bko-fi\b",
    r"\b(?:publicités?|annonceurs?|advertis\w+|sponsors?)\b",
    r"\b(?:dons?|donations?|donate|financements?|funding)\b",
    r"\b(?:facebook|twitter|instagram|telegram|whatsapp|youtube|linkedin|rss)\b",
    r"\b(?:gratuite?|gratuitement|free|sans frais)\b",
    r"\bnotre site\b|\bour (?:site|website)\b|\bsur ce site\b",
    r"\bcet article\b|\bthis article\b|\bl.article original\b",
    r"\b(?:ici|here|ICI|HERE)[\s.!»\")]*$",
    r"https?://|www\.",
    r"\b(?:vous|votre|vos|your?)\b",
]
_STRONG_RE = [re.compile(p, _I) for p in _STRONG]
_WEAK_RE = [re.compile(p, _I) for p in _WEAK]
_QUOTED = re.compile(r"«[^«»]{1,400}»|“[^“”]{1,400}”|\"[^\"]{1,400}\"")
_NAVIGATION = re.compile(
    r"skip to (?:main )?content|aller au contenu(?: principal)?|advertisements?|publicité|menu"
    r"|(?:accueil|home)\s*[>»/|].{0,100}",
    _I,
)
_BYLINE = re.compile(r"(?:par|by|von)\s+(?-i:[A-ZÀ-Ý])|(?:publié|mis à jour|posté|published|updated|posted)\b", _I)
_HEAD_UNITS = 6
_MAX_CHECKED = 1500  # a longer paragraph is no boilerplate, nor heading, nor caption


def evidence(text: str) -> int:
    """How much in a paragraph addresses the site's reader: 2 a strong phrase, 1 a weak one, 0 under three weak ones."""
    if len(text) > _MAX_CHECKED:
        return 0
    text = _QUOTED.sub("« »", text)  # what somebody says in an article is not the site speaking
    strong = sum(bool(p.search(text)) for p in _STRONG_RE)
    weak = sum(bool(p.search(text)) for p in _WEAK_RE)
    return 2 * strong + weak if strong or weak >= 3 else 0


def _boilerplate(texts: Sequence[str], rules: Sequence[bool], single: Sequence[bool]) -> set[int]:
    """Indices of the units that are boilerplate."""
    n = len(texts)
    last = max((i for i in range(n) if not rules[i]), default=-1)
    found: set[int] = set()
    # from the end upwards: units with evidence, rules, and one short line at a time between two such
    points: dict[int, int] = {}
    i, bridge = last, 0
    tail = n
    while i >= 0:
        if rules[i]:
            i -= 1
            continue
        points[i] = evidence(texts[i])
        if points[i] >= 2:
            tail, bridge = i, 0
        elif bridge or len(texts[i]) > 200 or (i > 0 and not rules[i - 1] and _STOP.search(texts[i])):
            break
        else:
            bridge = 1
        i -= 1
    members = [j for j in range(tail, n) if not rules[j]]
    total = sum(points.get(j, 0) for j in members)
    ruled = tail > 0 and tail < n and rules[tail - 1]
    if members and (total >= 4 or ruled or (total >= 2 and not _STOP.search(texts[tail]))):
        found.update(members)
    for j in range(min(_HEAD_UNITS, n)):
        if not rules[j] and (not single[j] or (j > 0 and _STOP.search(texts[j]))):
            break  # the text has begun
        short = not rules[j] and len(texts[j]) <= 120 and not _STOP.search(texts[j])
        # a headline may well say *votre soutien*: above it only navigation is believed
        if short and (_NAVIGATION.fullmatch(texts[j]) or (j > 0 and evidence(texts[j]) >= 2)):
            found.add(j)
    size = sum(len(t) for t, r in zip(texts, rules, strict=True) if not r)
    if 2 * sum(len(texts[j]) for j in found) > size:
        return set()
    return found


def _caption(text: str) -> bool:
    if len(text) > 500:
        return False
    return bool(_CREDIT.search(text) or _CREDIT_LINE.match(text))


def _headline(text: str) -> bool:
    """Short, without a final stop, not a list item."""
    words = len(text.split())
    if len(text) > 200 or words > 30 or _BULLET.match(text) or _BYLINE.match(text):
        return False
    capitals = sum(c.isupper() for c in text)
    if capitals >= 3 and not any(c.islower() for c in text) and words <= 15:
        return True
    if _LAST.search(text):
        return False
    first = next((c for c in text if c.isalnum()), "")
    return first != "" and not first.islower()


def kinds(texts: Sequence[str], single: Sequence[bool]) -> list[Kind]:
    """The kind of each unit.

    Args:
        texts: the units' texts, in order.
        single: for each, whether it is one sentence.
    """
    n = len(texts)
    rules = [len(t) < 500 and bool(_RULE.fullmatch(t)) for t in texts]
    boilerplate = _boilerplate(texts, rules, single)
    out = [
        Kind.SEPARATOR
        if rules[i]
        else Kind.BOILERPLATE
        if i in boilerplate
        else Kind.CAPTION
        if _caption(texts[i])
        else Kind.SENTENCE
        for i in range(n)
    ]
    running = [i for i in range(n) if out[i] is Kind.SENTENCE]
    # in a list of terms or a poem no line is a heading: most of the text must be sentences
    lines = [texts[i] for i in running[1:] if not (_BULLET.match(texts[i]) or _NUMBERED.match(texts[i]))]
    prose = bool(lines) and 2 * sum(len(t) for t in lines if _LAST.search(t)) >= sum(map(len, lines))
    for k, i in enumerate(running[:-1]):
        text = texts[i]
        if not single[i] and not _TITLE.match(text):
            continue
        if len(text) <= 200 and _TITLE.match(text) and not _NUMBERED.match(text):
            out[i] = Kind.HEADING
        elif prose and _headline(text):
            nxt = texts[running[k + 1]]
            listed = _NUMBERED.match(text) and (_NUMBERED.match(nxt) or (k and _NUMBERED.match(texts[running[k - 1]])))
            short = len(text.split()) <= 15 or k == 0
            if not listed and short:
                out[i] = Kind.HEADING
    return out
