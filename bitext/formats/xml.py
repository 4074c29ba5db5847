"""XML in and out, safely: streamed, nothing fetched, no entities declared in the file, nothing dropped in silence.

Reading is the standard library's expat. A DTD is passed over, never fetched; a file that declares entities (the
billion-laughs attack, external files) is refused, and so is one that uses an entity it cannot know.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from bitext.errors import FormatError
from bitext.files import decode
from bitext.formats.common import Path_, opening, visible

__all__ = ["XML_LANG", "attribute", "content", "elements", "elements_in", "inner_text", "local", "sibling", "visible"]

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
MAX_DEPTH = 100
_CHUNK = 1 << 16
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}
_IN_ATTRIBUTES = _ESCAPES | {'"': "&quot;", "\n": "&#10;", "\t": "&#9;"}


# One look tells that most texts stay as they are: this decides how fast a long file is written.
_IN_CONTENT = re.compile("[&<>\r]")
_IN_VALUE = re.compile('[&<>\r"\n\t]')
_MAY_CHANGE = re.compile('[\x00-\x1f&<>"\ud800-\udfff\ufffe\uffff]')


def content(text: str) -> str:
    """The text as element content; comes back identical except for `visible`."""
    if not _MAY_CHANGE.search(text):
        return text
    return _IN_CONTENT.sub(lambda m: _ESCAPES[m[0]], visible(text))


def attribute(**values: object) -> str:
    """Attributes with a leading space; `_` in names for `:` if doubled, `-` if single; None is left out.

    >>> attribute(xml__lang="fr", o_tmf="a&b", id=None)
    ' xml:lang="fr" o-tmf="a&amp;b"'
    """
    parts = []
    for name, value in values.items():
        if value is not None:
            text = str(value)
            if _MAY_CHANGE.search(text):
                text = _IN_VALUE.sub(lambda m: _IN_ATTRIBUTES[m[0]], visible(text))
            parts.append(f' {_written(name)}="{text}"')
    return "".join(parts)


@lru_cache(maxsize=256)
def _written(name: str) -> str:
    return name.replace("__", ":").replace("_", "-")


@lru_cache(maxsize=1024)
def local(tag: str) -> str:
    """The element's name without its namespace."""
    return tag.rpartition("}")[2]


def _parser(stream: BinaryIO, path: Path_) -> tuple[expat.XMLParserType, Callable[[], bytes]]:
    """A parser for the encoding that the bytes show, and what feeds it.

    A declaration that contradicts the bytes (UTF-16 said, UTF-8 saved, or the other way round) does no harm.
    """
    head = stream.read(_CHUNK)
    rest = stream
    encoding = None
    if head.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        rest, head, encoding = BytesIO(decode(head + stream.read(), path).encode()), b"", "utf-8"
    elif head.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif head.startswith(b"\xef\xbb\xbf") or re.match(rb"\s*<\?xml[^>]*encoding\s*=\s*[\"']utf-?16", head, re.I):
        encoding = "utf-8"
    pending = [head] if head else []
    return expat.ParserCreate(
        encoding, namespace_separator="}"
    ), lambda: pending.pop() if pending else rest.read(_CHUNK)


def elements(path: Path_, wanted: Collection[str], roots: Collection[str]) -> Iterator[tuple[Element, int]]:
    """Stream the elements whose local name is in `wanted`, whole, and all others outside of them bare, at their start.

    Tags and attributes are `{namespace}name`. Yields (element, line). Memory stays that of one wanted element.

    Raises:
        InputError: cannot be read.
        FormatError: not well-formed, another root than `roots`, entities declared or unknown, nested too deeply.
    """
    with opening(path) as stream:
        yield from elements_in(stream, path, wanted, roots)


def elements_in(
    stream: BinaryIO, path: Path_, wanted: Collection[str], roots: Collection[str]
) -> Iterator[tuple[Element, int]]:
    """As `elements`, from an open binary stream; `path` is what errors call it."""
    parser, feed = _parser(stream, path)
    builder: TreeBuilder | None = None
    depth = inside = line = 0
    ready: list[tuple[Element, int]] = []

    def fault(problem: str, mend: str | None = None) -> FormatError:
        return FormatError(problem, path=path, line=parser.CurrentLineNumber, mend=mend)

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal builder, depth, inside, line
        depth += 1
        if depth > MAX_DEPTH:
            raise fault(f"its elements are nested more than {MAX_DEPTH} deep", "give a file of a usual shape")
        name = local(tag)
        if depth == 1 and name not in roots:
            raise fault(f"begins with <{name}>, not <{'> or <'.join(roots)}>", "check the format")
        tag, attributes = _named(tag), {_named(k): v for k, v in attributes.items()}
        if builder is None and name not in wanted:
            ready.append((Element(tag, attributes), parser.CurrentLineNumber))
            return
        if builder is None:
            builder, inside, line = TreeBuilder(), depth, parser.CurrentLineNumber
        builder.start(tag, attributes)

    def end(tag: str) -> None:
        nonlocal builder, depth
        if builder is not None:
            builder.end(_named(tag))
            if depth == inside:
                ready.append((builder.close(), line))
                builder = None
        depth -= 1

    def data(text: str) -> None:
        if builder is not None:
            builder.data(text)

    def entity(name: str, *_: Any) -> None:
        raise fault(f"declares the entity {name}, which is refused for safety", "write the characters themselves")

    def skipped(name: str, is_parameter: bool) -> None:
        if not is_parameter:
            raise fault(f"uses the entity &{name}; that it does not declare", "write the character itself")

    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, data
    parser.EntityDeclHandler, parser.SkippedEntityHandler = entity, skipped
    while True:
        chunk = feed()
        try:
            parser.Parse(chunk, not chunk)
        except expat.ExpatError as e:
            said = expat.ErrorString(e.code)
            if e.code == expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS]:
                said = "there is no XML in it" if parser.CurrentByteIndex <= 0 else "it ends too early"
            raise FormatError(
                f"is not well-formed XML: {said} at column {e.offset + 1}",
                path=path,
                line=e.lineno,
                mend="export it again, or mend it in an XML editor",
            ) from None
        except (ValueError, LookupError) as e:  # an encoding that expat cannot do
            raise FormatError(f"cannot be decoded ({e})", path=path, mend="save it as UTF-8") from None
        yield from ready
        ready.clear()
        if not chunk:
            return


def _named(name: str) -> str:
    return "{" + name if "}" in name else name


def inner_text(element: Element, codes: Collection[str]) -> str:
    """The text in an element, without the content of elements named in `codes`."""
    parts = [element.text or ""]
    for child in element:
        if local(child.tag) not in codes:
            parts.append(inner_text(child, codes))
        parts.append(child.tail or "")
    return "".join(parts)


def sibling(path: Path_, name: str) -> Path:
    """A file that an XML file names, but never outside of that file's folder."""
    named = Path(name.replace("\\", "/"))
    folder = Path(path).parent
    if named.is_absolute() or ".." in named.parts or not (folder / named).exists():
        return folder / named.name
    return folder / named
