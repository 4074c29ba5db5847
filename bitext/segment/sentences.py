"""Where sentences end inside one paragraph: rules over terminators, quotes, brackets and abbreviations.

`split_sentences` looks once at each terminator and only at a bounded window around it, so it is linear in
the length of the text. A boundary is a terminator (`. ! ? …`) with the quotes and brackets that close on
it, then white space, then something that can begin a sentence. No boundary:

- before a small letter: the sentence goes on (*« Quoi ? » demanda-t-il*). This also decides a damaged full
  stop (*l'UE. les membres*): cutting there would leave two fragments that no engine translates, and
  nothing says where the sentence should have ended;
- after an abbreviation or initial, unless it may end a sentence and the next word usually begins one;
- inside brackets that opened in mid-sentence.

Quotes that look alike open and closed are told apart over the whole paragraph (`_quote_roles`).

Measured with `bench/segment.py`, F1 of sentence ends, lines of gold texts joined in chunks of 20:

| | this | pysbd 0.3.4 | blingfire 0.1.8 | sentencex 1.0.32 | syntok 1.4.4 |
|---|---|---|---|---|---|
| five novels, fr | **.964** | .787 | .818 | .825 | .798 |
| five novels, en | **.930** | .634 | .729 | .799 | .685 |
| earth science articles, fr | **.981** | .959 | .948 | .915 | .945 |
| earth science articles, en | **.974** | .953 | .966 | .910 | .951 |
| newstest2013, fr | **.995** | .974 | .976 | .970 | .987 |
| newstest2013, en | **.995** | .986 | .992 | .988 | .992 |
| Text+Berg (tokenised), fr | **.812** | .757 | .783 | .701 | .804 |
| Text+Berg (tokenised), de | **.872** | .807 | .800 | .731 | .808 |
| FLORES-200 devtest, fr, recall | **.999** | .986 | .963 | .996 | .958 |
| FLORES-200 devtest, en, recall | **.996** | .994 | .989 | .995 | .990 |
| traps of tests/segment, fr | 1.000 | .725 | .769 | .758 | .707 |
| traps of tests/segment, en | 1.000 | .855 | .840 | .884 | .808 |
| million characters a second, newstest2013 fr | 4.7 | .27 | 11 | 18 | 1.1 |

The traps were written together with the rules, and errors on the first eight rows were looked at while the rules
were made; FLORES was not (only recall counts there: many of its lines hold several sentences).
"""

from __future__ import annotations

import re

from bitext.segment.abbreviations import Abbreviations, abbreviations

__all__ = ["split_sentences"]

_WINDOW = 40  # characters looked at on either side of a terminator
_MAX_BRACKET = 1000  # a bracket longer than this is taken for a stray one
_STRAY = 2.0  # what a quote costs that does not take turns

_TERMINATOR = re.compile(r"[.!?…‼⁇⁈⁉‽؟।]+|[。！？｡]+")
_MORE = re.compile(r"[.!?…‼⁇⁈⁉‽]+")
_WIDE = frozenset("。！？｡")
_PICTURE = "\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"
_EMOJI = re.compile(f"[ \\t\u00a0\u202f]*[{_PICTURE}][{_PICTURE}\ufe0f\u200d\u20e3]*")
_REFERENCE = re.compile(r"\[\d{1,3}\]")  # a footnote call: fin.[12] Suite
_SPACE = re.compile(r"\s+")
_OPENERS = re.compile(r"""[\s"'«»“”„‟‘’‚‹›(\[{¿¡*_—–\-•·>]*""")
_WORD = re.compile(r"[^\W\d_]+")
_TOKEN = re.compile(r"[^\s(\[{«»“”„\"/,;:!?…]*$")
_ELISION = re.compile(r"^(?:[dljnmtsc]|qu|jusqu|lorsqu|puisqu)['’]", re.I)
_ACRONYM = re.compile(r"(?:[^\W\d_]\.-?)+[^\W\d_]$")
_INITIALS = re.compile(r"[^\W\d_]\.?-[^\W\d_]")  # J.-C., J-P.
_ROMAN = re.compile(r"[IVXLCDM]+\b")
_MARKER = re.compile(r"\s*[\"«“(\[]*(?:\d{1,3}|[^\W\d_]|[ivxIVX]{1,5})$")
_TIME_TAIL = re.compile(
    r"(?:[ECMP][SD]?T|GMT|UTC|BST|CES?T|Eastern|Pacific|Central|Mountain|local|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b"
)
_SPEECH = re.compile(
    r"(?:I|[A-Z][\w'’-]+|the [\w'’-]+|The [\w'’-]+)(?: [A-Z][\w'’-]+)?,? (?:had |has )?"
    r"(?:said|says|asked|asks|cried|replied|exclaimed|shouted|answered|whispered|demanded|inquired|enquired|called|"
    r"repeated|added|continued|muttered|murmured|yelled|wondered|interrupted|remarked|returned|wrote|tweeted)\b"
)
_SMALL_START = re.compile(r"[a-z][A-Z]|https?://|www\.")  # iPhone, an address
_POINT = re.compile(r"[a-z]\)\s")  # a point of a list: b) …
_ARTICLES = frozenset(["Le", "La", "Les", "Du", "Des", "De", "D", "L"])
_ENDINGS = frozenset(["etc", "usw", "a.m", "p.m"])  # abbreviations after which a capital begins a sentence


def _known(token: str, words: frozenset[str]) -> bool:
    return token in words or (token.lower() in words and (token[:1].isupper() or token.isupper()))


def _quote_roles(text: str, german: bool) -> dict[int, bool]:
    """For quotes that can both open and close: position → whether it closes.

    The cheapest reading of all quotes of a sign, by dynamic programming over open and close: each that
    contradicts what stands next to it costs, and so does one that does not take turns with the last.
    """
    roles: dict[int, bool] = {}
    found: dict[str, list[int]] = {}
    for m in re.finditer('["“»«›‹]' if german else '["“]', text):
        found.setdefault(m.group(), []).append(m.start())
    # a straight single quote is an apostrophe unless white space stands on one side
    found["'"] = [m.start() for m in re.finditer(r"(?<!\S)'(?=\s|$|[^\W\d_])|(?<=[.!?,…])'(?=\s|$)|(?<=\s)'$", text)]
    if german:
        for one, other in ("»«", "›‹"):
            found[one] = sorted(found.pop(one, []) + found.pop(other, []))
    for places in found.values():
        costs = [(0.0, _STRAY)]  # (as if outside, as if inside) before the first quote
        back: list[tuple[bool, bool]] = []
        for i in places:
            opening, closing = _evidence(text, i)
            outside, inside = costs[-1]
            # to open one should be outside, to close inside
            back.append((inside + _STRAY < outside, outside + _STRAY < inside))
            now_inside = min(outside, inside + _STRAY) + closing
            now_outside = min(inside, outside + _STRAY) + opening
            costs.append((now_outside, now_inside))
        state = costs[-1][1] < costs[-1][0]  # inside after the last?
        for i, (open_from_inside, close_from_outside) in zip(reversed(places), reversed(back), strict=True):
            roles[i] = not state
            state = open_from_inside if state else not close_from_outside
    return roles


def _evidence(text: str, i: int) -> tuple[float, float]:
    """What speaks for opening and for closing in the neighbourhood of the quote at `i`."""
    before, after = text[i - 1 : i] or " ", text[i + 1 : i + 2] or " "
    opening = closing = 0.0
    left = before.isspace() or before in "([{—–-"
    right = after.isspace() or after in ".,;:!?…)]}—–-"
    if left != right:
        return (4.0, 0.0) if left else (0.0, 4.0)
    past, rest = text[max(0, i - 4) : i].rstrip(), text[i + 1 : i + 5].lstrip()
    if not past or past[-1] == ":":
        opening += 3
    if not rest or rest[0] in ".,;:!?…)":
        closing += 3
    elif rest[0] == text[i] or rest[0] in "\"'":
        closing += 1
    elif rest[0].islower():
        closing += 2 if past[-1:] in tuple(",.!?…") else 0
    elif past[-1:].isalpha():
        opening += 1
    if past[-1:] == text[i]:
        opening += 1
    return opening, closing


def _brackets(text: str) -> list[tuple[int, int]]:
    """Outermost bracket pairs that opened in mid-sentence, in order: no sentence ends inside them."""
    pairs: list[tuple[int, int]] = []
    stack: list[tuple[int, str]] = []
    for m in re.finditer(r"[()\[\]]", text):
        i, sign = m.start(), m.group()
        if sign in "([":
            stack.append((i, sign))
            continue
        partner = "(" if sign == ")" else "["
        if stack and stack[-1][1] == partner:
            start, _ = stack.pop()
            if i - start <= _MAX_BRACKET:
                while pairs and pairs[-1][0] > start:
                    pairs.pop()
                before = text[max(0, start - _WINDOW) : start].rstrip(" \t\n\r\u00a0\u202f\"'»”’")
                if before and before[-1] not in ".!?…)]":
                    pairs.append((start, i))
    return pairs


class _Splitter:
    """The state of one call: the text, the language's lists, the quotes and brackets found in it."""

    def __init__(self, text: str, lang: str) -> None:
        self.text, self.n = text, len(text)
        base = lang.replace("_", "-").split("-")[0].lower()
        self.german, self.english = base == "de", base == "en"
        self.abbreviations: Abbreviations = abbreviations(lang)
        self.roles = _quote_roles(text, self.german)
        self.caseless = text == text.lower()  # nobody marks the beginning of a sentence here

    def closes(self, i: int) -> bool:
        """Whether the character closes a quote or bracket."""
        c = self.text[i]
        if i in self.roles:
            return self.roles[i]
        return c in ")]}»”›’'" if not self.german else c in ")]}”’'"

    def end(self, i: int) -> tuple[int, bool]:
        """From the end of a terminator over all that closes on it: (position, whether a quote closed)."""
        text, n, quoted = self.text, self.n, False
        while i < n:
            c = text[i]
            if self.closes(i):
                quoted = quoted or c not in ")]}"
                i += 1
            elif m := _REFERENCE.match(text, i) or _MORE.match(text, i) or _EMOJI.match(text, i):
                i = m.end()
            elif c.isspace() and c not in "\n\r":
                j = i
                while j < n and j - i < 3 and text[j].isspace():
                    j += 1
                if j < n and text[j] in "\"»”'’›“«" and (j in self.roles or text[j] not in "'’") and self.closes(j):
                    # « mot. » : the space belongs to the closing quote
                    quoted, i = True, j + 1
                else:
                    break
            else:
                break
        return i, quoted

    def begins(self, start: int, dot: int, stop: int, quoted: bool) -> bool:
        """Whether a sentence can end with the terminator at `dot`, closed at `stop`, and another begin there."""
        text = self.text
        m = _OPENERS.match(text, stop)
        at = m.end() if m else stop
        if at >= self.n:
            return False
        c, mark = text[at], text[dot]
        if c in "@#":
            return True
        if not c.isalnum() or (c.isdigit() and (mark == "…" or text.startswith("..", dot))):
            return False
        plain = mark == "." and stop == dot + 1  # one full stop, and nothing closes on it
        after = _WORD.match(text, at)
        word = after.group() if after else ""
        if plain and self.abbreviated(start, dot, at, word):
            return False
        if c.islower() and not self.caseless:
            return bool(_SMALL_START.match(text, at) or (_POINT.match(text, at) and _POINT.match(text, start)))
        return not (self.english and quoted and mark in "!?" and _SPEECH.match(text, at))

    def starter(self, word: str, at: int) -> bool:
        """Whether `word`, which stands at `at`, usually begins a sentence; L, D, J, … only with an apostrophe."""
        if word not in self.abbreviations.starters:
            return False
        return len(word) > 1 or word in "AIÀY" or self.text[at + 1 : at + 2] in ("'", "’")

    def bracket_ends(self, mark: int, end: int) -> bool:
        """Whether a bracket ends its sentence though its stop lies inside: (*… at last.) The …*, not *(… etc.) et*."""
        m = _OPENERS.match(self.text, end)
        at = m.end() if m else end
        word = _WORD.match(self.text, at)
        if word is None or not self.starter(word.group(), at):
            return False
        found = _TOKEN.search(self.text[max(0, mark - _WINDOW) : mark])
        token, lists = found.group() if found else "", self.abbreviations
        return len(token) > 3 and not any(_known(token, known) for known in (lists.never, lists.numeric, lists.maybe))

    def abbreviated(self, start: int, dot: int, at: int, word: str) -> bool:
        """Whether the full stop at `dot` belongs to what precedes it, `word` (at `at`) being the next word."""
        text, lists = self.text, self.abbreviations
        before = text[max(start, dot - _WINDOW) : dot]
        if not before or before[-1].isspace():
            return False
        if dot - start < 12 and _MARKER.match(text[start:dot]):
            return True  # 1. or a. or IV. at the beginning: a list marker
        found = _TOKEN.search(before)
        token = _ELISION.sub("", found.group()) if found else ""
        if not token:
            return False
        digit = text[at].isdigit()
        starter = self.starter(word, at)
        opened = text[at - 1] in '"«“„' or (text[at - 1] == "(" and not digit)
        if token.lower() in _ENDINGS:
            return token.lower() in ("a.m", "p.m") and bool(_TIME_TAIL.match(text, at))
        if _known(token, lists.never):
            return True
        if _known(token, lists.numeric):
            if digit or (bool(_ROMAN.match(text, at)) and not starter):
                return True
            return token[0].isupper() and len(token) == 1 and not starter
        if token.isdigit():
            # German ordinals: am 3. Oktober
            return self.german and len(token) <= 2 and not starter and not digit
        if len(token) == 1 and token.isalpha():
            return self.initial(token, at, word, starter)
        if _known(token, lists.maybe) or _ACRONYM.match(token) or _INITIALS.fullmatch(token):
            return not (starter or opened)
        return False

    def initial(self, token: str, at: int, word: str, starter: bool) -> bool:
        """A single letter and a full stop: an initial (*J. Roy*), or the end (*vitamine C. Elle…*, *8 m. La…*)."""
        if token.islower():
            return False
        if not starter:
            return not self.text[at].isdigit()
        if word in _ARTICLES:  # J. Le Goff
            nxt = _WORD.match(self.text, at + len(word) + 1)
            return nxt is not None and nxt.group()[0].isupper()
        return False


def split_sentences(text: str, lang: str = "fr") -> list[tuple[int, int]]:
    """The spans (start, end) of the sentences of one paragraph, without surrounding white space.

    Args:
        text: one paragraph; line ends in it count as spaces.
        lang: language tag; `fr`, `en` and `de` have lists of their own.
    """
    lead = _SPACE.match(text)
    start = lead.end() if lead else 0
    stop = len(text.rstrip())
    if start >= stop:
        return []
    if not _TERMINATOR.search(text, start, stop - 1):
        return [(start, stop)]  # the common case of a heading or a list item
    s = _Splitter(text, lang)
    pairs, pair = _brackets(text), 0
    spans: list[tuple[int, int]] = []
    done = start
    for m in _TERMINATOR.finditer(text):
        if m.start() < done:
            continue
        mark = m.start()
        end, quoted = s.end(m.end())
        if end >= stop:
            break
        while pair < len(pairs) and pairs[pair][1] < mark:
            pair += 1
        if pair < len(pairs) and pairs[pair][0] < mark and (end <= pairs[pair][1] or not s.bracket_ends(mark, end)):
            continue  # inside a bracket of the sentence, or its last word
        if not _ends(s, text, start, mark, end, quoted):
            continue
        spans.append((start, end))
        gap = _SPACE.match(text, end)
        start = done = gap.end() if gap else end
    if start < stop:
        spans.append((start, stop))
    return spans


def _ends(s: _Splitter, text: str, start: int, mark: int, end: int, quoted: bool) -> bool:
    """Whether the sentence from `start` ends with the terminator at `mark`, closed at `end`."""
    if text[mark] in _WIDE:
        return True
    if mark - start < _WINDOW and not any(c.isalnum() for c in text[start:mark]):
        return False  # nothing said yet: … at the beginning, ¡, [...]
    if not text[end].isspace():
        # a lost space: mot.Le mot
        word = _WORD.match(text, end)
        return (
            end == mark + 1
            and word is not None
            and len(word.group()) > 1
            and word.group() in s.abbreviations.starters
            and text[mark - 2 : mark].isalpha()
            and text[mark - 2 : mark].islower()
            and not _in_address(text, mark)
            and text[word.end() : word.end() + 1].isspace()
        )
    return s.begins(start, mark, end, quoted)


def _in_address(text: str, i: int) -> bool:
    """Whether a position lies in something like a URL or an e-mail address."""
    found = re.search(r"\S*$", text[max(0, i - 200) : i])
    return found is not None and bool(re.search(r"//|@|^www\.", found.group()))
