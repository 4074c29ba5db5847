"""Numbers in French and English text, in digits and in words, as values that can be compared."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bitext.flag.words import fold, wordset

__all__ = ["Quantity", "numerals"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number and where it stands.

    `values` are its possible readings (*2,000* in a French text: 2 and 2000; *8 pm*: 8 and 20), `written` is true for
    words, `vague` for *dozens*, *half* and the like, which free translation replaces.
    """

    values: frozenset[float]
    start: int
    end: int
    written: bool = False
    vague: bool = False
    unit: str = ""

    def same(self, other: Quantity) -> bool:
        """Whether one reading of each is the same number."""
        return any(abs(a - b) <= 1e-6 * max(1.0, abs(a)) for a in self.values for b in other.values)


def _table(text: str) -> dict[str, float]:
    pairs = (item.split("=") for item in text.split())
    return {k: float(v) for k, v in pairs}


_UNITS = {
    "fr": _table(
        """zero=0 un=1 une=1 deux=2 trois=3 quatre=4 cinq=5 six=6 sept=7 huit=8 neuf=9 dix=10 onze=11 douze=12
        treize=13 quatorze=14 quinze=15 seize=16 vingt=20 vingts=20 trente=30 quarante=40 cinquante=50 soixante=60
        septante=70 huitante=80 octante=80 nonante=90"""
    ),
    "en": _table(
        """zero=0 one=1 two=2 three=3 four=4 five=5 six=6 seven=7 eight=8 nine=9 ten=10 eleven=11 twelve=12
        thirteen=13 fourteen=14 fifteen=15 sixteen=16 seventeen=17 eighteen=18 nineteen=19 twenty=20 thirty=30 forty=40
        fifty=50 sixty=60 seventy=70 eighty=80 ninety=90"""
    ),
}
_SCALES = {
    "fr": _table(
        "cent=100 cents=100 mille=1e3 million=1e6 millions=1e6 milliard=1e9 milliards=1e9 billion=1e12 billions=1e12"
    ),
    "en": _table(
        "hundred=100 thousand=1e3 million=1e6 millions=1e6 billion=1e9 billions=1e9 trillion=1e12 trillions=1e12 "
        "bn=1e9 mn=1e6"
    ),
}
_ORDINALS = {
    "fr": _table(
        """unieme=1 deuxieme=2 troisieme=3 quatrieme=4 cinquieme=5 sixieme=6 septieme=7 huitieme=8 neuvieme=9 dixieme=10
        onzieme=11
        douzieme=12 treizieme=13 quatorzieme=14 quinzieme=15 seizieme=16 vingtieme=20 trentieme=30 quarantieme=40
        cinquantieme=50 soixantieme=60 centieme=100 millieme=1000"""
    ),
    "en": _table(
        """first=1 third=3 fourth=4 fifth=5 sixth=6 seventh=7 eighth=8 ninth=9 tenth=10 eleventh=11 twelfth=12
        thirteenth=13 fourteenth=14 fifteenth=15 sixteenth=16 seventeenth=17 eighteenth=18 nineteenth=19
        twentieth=20 thirtieth=30
        fortieth=40 fiftieth=50 sixtieth=60 seventieth=70 eightieth=80 ninetieth=90 hundredth=100 thousandth=1000"""
    ),
}
# Amounts that a free translation says otherwise (*une quinzaine de jours*: two weeks)
_VAGUE = {
    "fr": _table(
        """dizaine=10 dizaines=10 douzaine=12 douzaines=12 quinzaine=15 vingtaine=20 trentaine=30 quarantaine=40
        cinquantaine=50 soixantaine=60 centaine=100 centaines=100 millier=1e3 milliers=1e3 moitie=.5 demi=.5 demie=.5
        tiers=.3333333 quart=.25 quarts=.25 second=2 seconde=2 double=2 triple=3 cinquantenaire=50 centenaire=100
        bicentenaire=200 tricentenaire=300 millenaire=1e3 duo=2 trio=3"""
    ),
    "en": _table(
        """dozen=12 dozens=12 hundreds=100 thousands=1e3 half=.5 halves=.5 thirds=.3333333 quarter=.25 quarters=.25
        second=2 double=2 triple=3 twice=2 both=2 couple=2 twenties=20 thirties=30 forties=40 fifties=50 sixties=60
        seventies=70 eighties=80 nineties=90 centenary=100 centennial=100 bicentenary=200 bicentennial=200
        tercentenary=300 millennium=1e3 duo=2 trio=3"""
    ),
}
_ROMAN = re.compile(r"\b(?=[IVXL]{2,})(X{0,4}L?X{0,3})(IX|IV|V?I{0,3})(?:e|è|ème|eme)?\b")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50}

_DIGITS = {
    "fr": r"\d+, \d+(?=[ \u00a0\u202f]?(?:%|pour (?:cent|mille)))|"
    r"\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d)(?:,\d+)?|\d{1,3}(?:\.\d{3}){2,}(?!\d)|\d+(?:[.,]\d+)*",
    "en": r"\d{1,3}(?:[, \u00a0\u202f]\d{3})+(?!\d)(?:\.\d+)?|\d+(?:[.,]\d+)*",
}
_TOKEN = {
    lang: re.compile(
        rf"(?P<digits>(?<![\d])(?:{d}))(?P<suffix>(?:ers?|res?|nde|nd|rd|st|th|e|è|ème|eme|es|èmes|s)\b|"
        rf"[kKmM]\b)?|(?P<word>[^\W\d_]+)"
    )
    for lang, d in _DIGITS.items()
}
_MEASURE = re.compile(
    r"[\s\u00a0-]*(km|kilom\w+|m[eè]tres?|meters?|miles?|feet|foot|ft|pieds?|inch\w*|pouces?|yards?|kg|"
    r"kilos?|pounds?|lbs?|gram\w*|"
    r"livres?|ounces?|onces?|acres?|hectares?|ha|gallons?|litres?|liters?|degr[eé]es?|degrés|°|mph|m\b|cm|mi\b)",
    re.I,
)
_PM = re.compile(r"(?:[:.]\d\d)?\s*(?:p\.?\s?m\b|in the (?:afternoon|evening)|at night)", re.I)
_CLOCK_EN = re.compile(r"\s?:\s?\d\d|\s*o['’]clock")
_MINUTES = re.compile(r"\d\s?[:hH]\s?$")  # before the *00* of *8:00*, *12 h 00*
_MILITARY = re.compile(r"\s*(?:GMT|UTC|hours|hrs|h\b|heures)")
_PERIODS = (  # a number of them, in years or days
    (10.0, re.compile(r"[\s\u00a0-]*(?:decades?|décennies?)\b", re.I)),
    (100.0, re.compile(r"[\s\u00a0-]*(?:century|centuries|siècles?)\b", re.I)),
    (7.0, re.compile(r"[\s\u00a0-]*(?:weeks?|semaines?)\b", re.I)),
)
_RANGE = re.compile(r"\s?(?:[-–]|to|à|or|ou|and|et)\s?\d+(?:[.,]\d+)?[\s\u00a0]([^\W\d_]+)")
# *two*, *deux* that only say how many there always are (*les deux*, *between two*), or are no number of anything
_PAIRED = {
    "fr": re.compile(
        r"\b(?:les|ces|ses|leurs|nos|vos|mes|tes|des|entre|toutes?|tous|nous|vous|eux|elles|à)(?: les)?\s+$", re.I
    ),
    "en": re.compile(r"\b(?:the|these|those|between|any|no|all|us|them|you|his|her|their|our|my|your)\s+$", re.I),
}
_HALF_PAST = re.compile(r"\s*(?:h|heures?|:)\s?30\b")
_AND_HALF = re.compile(r"(?:[\s\u00a0]et demie?|[\s\u00a0]and a half)\b", re.I)
_FINALS = re.compile(r"\s*(?:de )?finale?s?\b")
_CLOCK_FR = re.compile(r"\s*(?:h\b|heures?\b|:\d\d)")


def _readings(digits: str, lang: str) -> frozenset[float]:
    """The numbers that a digit string may mean; a lone group of three after a mark is read both ways."""
    plain = re.sub(r"[ \u00a0\u202f]", "", digits)
    decimal, group = (",", ".") if lang == "fr" else (".", ",")
    values = set()
    if re.fullmatch(rf"\d{{1,3}}(?:{re.escape(group)}\d{{3}})+(?:{re.escape(decimal)}\d+)?", plain):
        values.add(float(plain.replace(group, "").replace(decimal, ".")))
    if re.fullmatch(r"\d+[.,]\d+", plain):
        values.add(float(plain.replace(",", ".")))
        if re.fullmatch(r"\d{1,3}[.,]\d{3}", plain):
            values.add(float(re.sub(r"[.,]", "", plain)))
    if plain.isdigit():
        values.add(float(plain))
    if not values:
        values.add(float(re.sub(r"[.,]", "", plain)))
    return frozenset(values)


def numerals(text: str, lang: str) -> list[Quantity]:
    """All numbers of a text, in order; *un*, *une*, *one* and *a* alone are not counted."""
    tokens = list(_TOKEN[lang].finditer(text))
    units, scales, ordinals, vague = _UNITS[lang], _SCALES[lang], _ORDINALS[lang], _VAGUE[lang]
    out: list[Quantity] = []
    i = 0
    while i < len(tokens):
        m = tokens[i]
        if m["digits"]:
            i = _from_digits(text, tokens, i, lang, out)
            continue
        word = fold(m["word"])
        if word in units or (word in scales and scales[word] >= 100):
            j, value, last = _from_words(text, tokens, i, lang)
            if j > i:
                measure = _MEASURE.match(text, last)
                unit = measure.group(1).lower() if measure else ""
                alone = j == i + 1 and word in ("un", "une", "one")
                fraction = j < len(tokens) and _fraction(value, fold(tokens[j]["word"] or ""), lang, text, tokens, j)
                if fraction:
                    out.append(Quantity(frozenset((fraction,)), m.start(), tokens[j].end(), True, True))
                    j += 1
                elif not alone and not (j == i + 1 and word in ("million", "mille", "cent", "cents", "hundred")):
                    vague_too = value == 0 or (value == 2 and bool(_PAIRED[lang].search(text, 0, m.start())))
                    values = frozenset({value} | _in_smaller(text, last, {value}))
                    out.append(Quantity(values, m.start(), last, True, vague_too, unit))
                elif not alone:
                    out.append(Quantity(frozenset((value,)), m.start(), last, True, True))
                i = j
                continue
        if word in ordinals and word not in ("first", "unieme"):
            out.append(Quantity(frozenset((ordinals[word], 1 / ordinals[word])), m.start(), m.end(), True, True))
        elif word in vague:
            out.append(Quantity(frozenset((vague[word],)), m.start(), m.end(), True, True))
        elif ((r := _ROMAN.fullmatch(m["word"])) and len(m["word"]) > 1) or (
            lang == "fr" and re.fullmatch(r"[IVXL]+(?:e|è|ème)", m["word"])
        ):
            roman = re.sub(r"[^IVXL]", "", m["word"]) if r is None else r.group(1) + r.group(2)
            out.append(Quantity(frozenset((_roman(roman),)), m.start(), m.end(), True, True))
        i += 1
    return out


def _in_smaller(text: str, end: int, values: set[float]) -> set[float]:
    """A number of decades in years, of centuries in years, of weeks in days (*two weeks* are French *quinze jours*)."""
    out: set[float] = set()
    for size, unit in _PERIODS:
        if unit.match(text, end):
            out |= {v * size for v in values}
            if size == 7:
                out |= {8.0 for v in values if v == 1} | {15.0 for v in values if v == 2}
    return out


def _roman(text: str) -> float:
    total = 0
    for a, b in zip(text, text[1:] + " ", strict=True):
        value = _ROMAN_VALUES[a]
        total += -value if b in _ROMAN_VALUES and _ROMAN_VALUES[b] > value else value
    return float(total)


def _from_digits(text: str, tokens: list[re.Match[str]], i: int, lang: str, out: list[Quantity]) -> int:
    m = tokens[i]
    suffix = m["suffix"] or ""
    if m["digits"] == "00" and _MINUTES.search(text, max(0, m.start() - 5), m.start()):
        return i + 1
    values = set(_readings(m["digits"], lang))
    end = m.end()
    j = i + 1
    if j < len(tokens) and tokens[j]["word"] and re.fullmatch(r"[\s\u00a0-]+", text[end : tokens[j].start()]):
        while j < len(tokens) and (scale := _SCALES[lang].get(fold(tokens[j]["word"] or ""), 0)) >= 1e3:
            if not re.fullmatch(r"[\s\u00a0-]+", text[end : tokens[j].start()]):
                break
            values = {v * scale for v in values}
            end = tokens[j].end()
            j += 1
            if half := _AND_HALF.match(text, end):
                values = {v + scale / 2 for v in values}
                end = half.end()
                while j < len(tokens) and tokens[j].start() < end:
                    j += 1
    if j == i + 1 and (among := _RANGE.match(text, end)) and (scale := _SCALES[lang].get(fold(among[1]), 0)) >= 1e6:
        values |= {v * scale for v in values}  # *0.5 to 1 million*
    if suffix in ("k", "K"):
        values |= {v * 1e3 for v in values}
    if suffix in ("m", "M"):
        values |= {v * 1e6 for v in values}
    whole = next(iter(values))
    if suffix == "s" or (lang == "fr" and re.match(r"ann[ée]es\s", text[max(0, m.start() - 7) : m.start()], re.I)):
        values |= {v % 100 for v in values}
    if lang == "en" and whole <= 12 and _PM.match(text, end):
        values.add(whole + 12)
    if lang == "en" and whole <= 12 and _CLOCK_EN.match(text, end):
        values.add(whole + 12)
    if lang == "fr" and 12 < whole <= 24 and _CLOCK_FR.match(text, end):
        values.add(whole - 12)
    if whole == 0 and lang == "fr" and _CLOCK_FR.match(text, end):
        values |= {12.0, 24.0}
    if _HALF_PAST.match(text, end):
        values.add(whole + 0.5)
    if suffix and _FINALS.match(text, end):
        values |= {2 * whole}  # a round of eight matches: *8es de finale*, the last 16
    if re.fullmatch(r"\d{3,4}", m["digits"]) and _MILITARY.match(text, end):
        values |= {float(m["digits"][:-2])}  # *1200 GMT*
    values |= _in_smaller(text, end, values)
    unit = _MEASURE.match(text, end)
    out.append(Quantity(frozenset(values), m.start(), end, False, False, unit.group(1).lower() if unit else ""))
    return j


def _from_words(text: str, tokens: list[re.Match[str]], i: int, lang: str) -> tuple[int, float, int]:
    """A number in words that begins at token `i`: the token after it, its value, the end of its text."""
    units, scales = _UNITS[lang], _SCALES[lang]
    ordinals = _ORDINALS[lang] if lang == "fr" else _ORDINALS[lang] | {"second": 2.0}
    total, group = 0.0, 0.0
    j, last, previous = i, tokens[i].start(), None
    while j < len(tokens) and tokens[j]["word"]:
        if j > i and not re.fullmatch(r"[\s\u00a0-]+", text[tokens[j - 1].end() : tokens[j].start()]):
            break
        word = fold(tokens[j]["word"])
        if word in ("et", "and") and j > i and j + 1 < len(tokens) and tokens[j + 1]["word"]:
            following = fold(tokens[j + 1]["word"])
            ok = (lang == "fr" and following in ("un", "une", "onze", "unieme", "onzieme") and previous in _TENS) or (
                lang == "en" and (following in units or following in ordinals) and previous in ("hundred", "thousand")
            )
            if not ok:
                break
            j += 1
            continue
        if word in units:
            value = units[word]
            if previous is not None and previous in units and not _adds(units[previous], value, word, lang):
                break
            four_twenty = lang == "fr" and word in ("vingt", "vingts") and group % 100 == 4
            group = group + 76 if four_twenty else group + value
        elif j > i and word in ordinals and ordinals[word] < 10 * (10 if previous in scales else 2) + 80:
            value = ordinals[word]
            four_twenty = word == "vingtieme" and previous == "quatre"
            if (
                previous is not None
                and previous in units
                and not four_twenty
                and not _adds(units[previous], value, word, lang)
            ):
                break
            if value == 100 or (previous in scales and value >= 100):
                break
            group = group + 76 if four_twenty and group % 100 == 4 else group + value
            previous, last = word, tokens[j].end()
            j += 1
            break
        elif word in scales:
            scale = scales[word]
            if scale == 100:
                group = max(group, 1.0) * 100
            else:
                total += max(group, 1.0) * scale
                group = 0.0
        else:
            break
        previous, last = word, tokens[j].end()
        j += 1
    return j, total + group, last


_TENS = wordset("vingt trente quarante cinquante soixante mille")


def _adds(before: float, value: float, word: str, lang: str) -> bool:
    """Whether two unit words in a row make one number: *vingt-deux*, *soixante-dix*, *quatre-vingts*."""
    if lang == "fr":
        return (
            (before >= 20 and value < 20)
            or (before == 4 and word in ("vingt", "vingts"))
            or (before == 10 and value in (7, 8, 9))
        )
    return before >= 20 and value < 10


def _fraction(value: float, word: str, lang: str, text: str, tokens: list[re.Match[str]], j: int) -> float | None:
    """*un tiers*, *two-thirds*, *trois quarts*."""
    if not re.fullmatch(r"[\s\u00a0-]+", text[tokens[j - 1].end() : tokens[j].start()]) or value > 9:
        return None
    parts = (
        {"tiers": 3, "quart": 4, "quarts": 4}
        if lang == "fr"
        else {"third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "half": 2}
    )
    ordinals = {k + s: v for k, v in _ORDINALS[lang].items() for s in ("", "s")}
    if word in parts:
        return value / parts[word]
    if word in ordinals and (value > 1 or lang == "fr") and ordinals[word] > 3:
        return value / ordinals[word]
    return None
