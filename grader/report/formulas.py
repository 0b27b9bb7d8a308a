"""Formulas of a notebook as MathML: elements for structure only, rebuilt here one by one."""

from __future__ import annotations

import html
import re
from xml.etree import ElementTree

from markupsafe import Markup, escape

LONGEST = 600  # characters of a formula
MOST = 200  # formulas of a cell

_FORMULA = re.compile(
    r'<(?P<tag>span|div) class="math">\s*(?:\\\(|\$\$)(?P<tex>.*?)(?:\\\)|\$\$)\s*</(?P=tag)>', re.DOTALL
)
_ELEMENTS = {
    "math", "mfrac", "mi", "mn", "mo", "mover", "mpadded", "mroot", "mrow", "mspace", "msqrt", "mstyle",
    "msub", "msubsup", "msup", "mtable", "mtd", "mtext", "mtr", "munder", "munderover",
}  # fmt: skip
_ATTRIBUTES = {
    "accent", "columnalign", "display", "displaystyle", "fence", "form", "linethickness", "mathvariant",
    "maxsize", "minsize", "movablelimits", "scriptlevel", "separator", "stretchy", "width",
}  # fmt: skip
_VALUE = re.compile(r"[\w.%+-]{1,20}")


def with_formulas(safe: str) -> Markup:
    """Sanitised HTML with its formulas as MathML; those that cannot be read stay as they are."""
    return Markup(_FORMULA.sub(_rendered, safe, count=MOST))


def _rendered(match: re.Match[str]) -> str:
    tex = html.unescape(match["tex"]).strip()
    if not tex or len(tex) > LONGEST:
        return match[0]
    from latex2mathml.converter import convert  # noqa: PLC0415 - 0.04 s that most notebooks can do without

    try:
        made = convert(tex, display="block" if match["tag"] == "div" else "inline")
        return _rebuilt(ElementTree.fromstring(made))
    except (ElementTree.ParseError, RecursionError):
        return match[0]
    except Exception:  # the converter has no base class for what it refuses, and the words are a stranger's
        return match[0]


def _rebuilt(element: ElementTree.Element) -> str:
    """The element with what is known of it; an unknown one gives its children."""
    name = element.tag.rpartition("}")[2]
    inner = str(escape(element.text or ""))
    for child in element:
        inner += _rebuilt(child) + str(escape(child.tail or ""))
    if name not in _ELEMENTS:
        return inner
    given = "".join(
        f' {key}="{value}"'
        for key, value in element.attrib.items()
        if key in _ATTRIBUTES and _VALUE.fullmatch(value)
    )
    return f"<{name}{given}>{inner}</{name}>"
