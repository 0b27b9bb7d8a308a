"""The hand-in beside its results: code coloured, text rendered, nothing of it alive."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import mistune  # what nbconvert renders notebooks with; nbconvert itself takes 0.3 s to import
import nh3
from markupsafe import Markup, escape

from grader.model import Cell, Document
from grader.report.coloured import code_lines
from grader.report.formulas import with_formulas
from grader.report.kept import kept
from grader.report.plain import plain

CELL_LIMIT = 20_000  # characters of one cell
OUTPUT_LIMIT = 4_000  # of one cell's outputs together
PAGE_LIMIT = 700_000  # characters of HTML of the whole notebook
MAX_CELLS = 600

_TAGS = {
    "a",
    "b",
    "blockquote",
    "br",
    "code",
    "dd",
    "del",
    "div",
    "dl",
    "dt",
    "em",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "span",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
}
_DROPPED = {"script", "style", "svg", "math", "iframe", "object", "template", "title", "textarea", "noscript"}
_DEFINITION = re.compile(r"^(?:class|def)\s+([^\W\d]\w{0,80})", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCell:
    """One cell as the template takes it."""

    kind: str
    label: str
    anchor: str
    body: Markup
    output: str = ""
    defines: tuple[str, ...] = ()
    raised: tuple[tuple[str, str], ...] = ()  # anchor and title of the checks that raised here


@kept
def _lines(source: str) -> tuple[str, ...]:
    """Each line of Python source as HTML, as far as it is shown."""
    return tuple(code_lines(plain(source, limit=CELL_LIMIT).rstrip("\n")))


def code(source: str, anchor: str, hit: frozenset[int]) -> Markup:
    """Python source with numbered lines; those of `hit` are marked and have an id."""
    parts = [
        f'<span class="l hit" id="{escape(anchor)}-{i}">{line}\n</span>'
        if i in hit
        else f'<span class="l">{line}\n</span>'
        for i, line in enumerate(_lines(source), start=1)
    ]
    return Markup(f"<pre class=code tabindex=0><code>{''.join(parts)}</code></pre>")  # lines are escaped


@cache
def _markdown() -> mistune.Markdown:
    renderer = mistune.HTMLRenderer(escape=False)  # nh3 decides what stays, as in any notebook viewer
    return mistune.Markdown(renderer, plugins=[mistune.plugins.import_plugin(n) for n in ("table", "math")])


def _lower(match: re.Match[str]) -> str:
    return f"{match[1]}{min(6, int(match[2]) + 2)}"


@kept
def markdown(source: str) -> Markup:
    """Markdown as HTML of which only what is harmless is left: no image, no style, no script."""
    source = plain(source, limit=CELL_LIMIT)
    try:
        html = _markdown()(source)
    except (RecursionError, ValueError):
        return Markup("<pre>{}</pre>").format(source)
    # the page's own headings are h1 and h2
    html = re.sub(r"(</?h)([1-6])(?=[\s>])", _lower, str(html), flags=re.IGNORECASE)
    return with_formulas(
        nh3.clean(
            html,
            tags=_TAGS,
            clean_content_tags=_DROPPED,
            attributes={"a": {"href"}, "ol": {"start"}, "div": {"class"}, "span": {"class"}},
            attribute_filter=_math_only,
            url_schemes={"http", "https", "mailto"},
            url_relative="deny",
            link_rel="noopener noreferrer nofollow",
        )
    )


def _math_only(_element: str, attribute: str, value: str) -> str | None:
    if attribute == "class":
        return "math" if value == "math" else None
    return value


def _output(cell: Cell) -> str:
    return plain("\n".join(cell.outputs), limit=OUTPUT_LIMIT).rstrip()


def _body(cell: Cell, hit: frozenset[int]) -> Markup:
    if cell.kind == "markdown":
        return markdown(cell.source)
    if cell.kind == "code":
        return code(cell.source, cell.anchor, hit)
    return Markup("<pre>{}</pre>").format(plain(cell.source, limit=CELL_LIMIT))


def show_cells(
    document: Document,
    *,
    hits: Mapping[str, frozenset[int]],
    raised: Mapping[str, tuple[tuple[str, str], ...]],
) -> tuple[tuple[ShownCell, ...], int]:
    """The cells that fit in the page, and how many are left out.

    By the cell's anchor, `hits` gives the lines in which a check raised, `raised` those checks.
    """
    shown: list[ShownCell] = []
    size = 0
    for cell in document.cells[:MAX_CELLS]:
        body = _body(cell, hits.get(cell.anchor, frozenset()))
        output = _output(cell)
        size += len(body) + len(output)
        if size > PAGE_LIMIT:
            break
        defines = (
            tuple(dict.fromkeys(_DEFINITION.findall(cell.source[:CELL_LIMIT]))) if cell.kind == "code" else ()
        )
        shown.append(
            ShownCell(
                kind=cell.kind,
                label=cell.label,
                anchor=cell.anchor,
                body=body,
                output=output,
                defines=defines,
                raised=raised.get(cell.anchor, ()),
            )
        )
    return tuple(shown), len(document.cells) - len(shown)
