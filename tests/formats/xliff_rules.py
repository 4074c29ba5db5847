"""The rules of XLIFF 2.1 that a schema cannot say, as XPath: what its Schematron checks, for what bitext writes.

XLIFF 2.1 comes with Schematron rules for "advanced validation" (its appendix A), in XPath 2, which lxml does not run.
Here are those whose elements and attributes occur in our files, each by the name it has there. A rule is a context and
what must hold in each node of it. The others are about codes (`pc`, `sc`, `ec`, `ph`), original data, `ignorable`,
groups, skeletons and translation candidates, none of which is written: that is `OURS`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

NAMESPACES = {"x": "urn:oasis:names:tc:xliff:document:2.0", "m": "urn:oasis:names:tc:xliff:metadata:2.0"}
OURS = {"xliff", "file", "unit", "notes", "note", "segment", "source", "target", "cp", "mrk", "sm", "em"}
OURS_OF_METADATA = {"metadata", "metaGroup", "meta"}
_MARK = "//*[self::x:mrk or self::x:sm]"
RULES = {
    "K1": ("//x:file", "not(following-sibling::x:file/@id = @id)"),
    "K3": ("//x:file", "count(.//x:unit) = count(.//x:unit[not(@id = preceding::x:unit/@id)])"),
    "K4": ("//x:note[@id]", "not(following-sibling::x:note/@id = @id)"),
    "K6": (
        "//x:segment//x:*[@id] | //x:segment[@id]",
        "not((preceding::x:*|ancestor::x:*)[ancestor-or-self::x:segment][ancestor::x:unit/@id = "
        "current/ancestor::x:unit/@id]/@id = @id)",
    ),
    "F1": ("//x:target", "/x:xliff/@trgLang"),
    "F3": ("//x:unit", "x:segment"),
    "F4S": ("//x:source[@xml:lang]", "@xml:lang = /x:xliff/@srcLang"),
    "F4T": ("//x:target[@xml:lang]", "@xml:lang = /x:xliff/@trgLang"),
    "F7": ("//x:segment[@subState]", "@state"),
    "F11": (f"{_MARK}[not(@type) or @type = 'generic']", "@translate"),
    "F12": (f"{_MARK}[@type = 'comment']", "(@value and not(@ref)) or (@ref and not(@value))"),
    "F13": (
        f"{_MARK}[@type = 'comment'][@ref]",
        "count(ancestor::x:unit//x:note[concat('#n=', @id) = current/@ref]) = 1",
    ),
    "F27": ("//x:sm", "following::x:em[@startRef = current/@id][ancestor::x:unit/@id = current/ancestor::x:unit/@id]"),
    "F28": ("//x:em", "preceding::x:sm[@id = current/@startRef][ancestor::x:unit/@id = current/ancestor::x:unit/@id]"),
    "F29": ("//x:segment[@state = 'translated' or @state = 'reviewed' or @state = 'final']", "x:target"),
    # specification, 2.6.1: subState is prefix:value, and the prefix is not xlf unless it is one of its values
    "subState": ("//x:segment[@subState]", "contains(@subState, ':') and not(starts-with(@subState, 'xlf:'))"),
    # 5.5: ids of metadata and groups are unique in what holds them
    "metadata": ("//m:*[@id]", "not(preceding::m:*/@id = @id)"),
}


def broken(root: Any) -> Iterator[str]:
    """What a document breaks, a rule's name and the element for each."""
    from lxml import etree

    for name, (context, rule) in RULES.items():
        for node in root.xpath(context, namespaces=NAMESPACES):
            # XPath 1 has no current() outside XSLT: the node is a variable
            test = etree.XPath(rule.replace("current/", "$current/"), namespaces=NAMESPACES)
            if not test(node, current=[node]):
                yield f"{name}: {etree.tostring(node)[:200]!r}"
    for node in root.iter("{*}cp"):
        # F25: only what XML cannot hold. The published rule forgets U+FFFE and U+FFFF, which XML 1.0 has no place for
        # either (section 2.2); the specification's text (4.2.3.1) asks for all such characters.
        value = node.get("hex")
        code = int(value, 16)
        if len(value) != 4 or code in (9, 10, 13) or not (code < 32 or 0xD800 <= code < 0xE000 or code >= 0xFFFE):
            yield f"F25: {value}"
    for node in root.iter("*"):
        name = etree.QName(node)
        known = {NAMESPACES["x"]: OURS, NAMESPACES["m"]: OURS_OF_METADATA}.get(name.namespace or "", set())
        if name.localname not in known:
            yield f"no rule is kept here for {node.tag}"
