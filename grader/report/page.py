"""One self-contained file: template, style and script together, under a policy that lets nothing else in."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from functools import cache
from importlib import resources

import jinja2
from markupsafe import Markup

from grader.i18n import Language, language
from grader.model import Outcome, State, Text, Tier, text
from grader.report.numbers import short
from grader.report.plain import finalize, plain, spelled_out, with_code

_VERBATIM = "{words}"
_CELL = re.compile(r"cell (\d{1,6})")  # as loading names the cells of a notebook

OUTCOMES: dict[Outcome, Text] = {
    Outcome.PASSED: text("passed"),
    Outcome.PARTIAL: text("partly right"),
    Outcome.FAILED: text("wrong answer"),
    Outcome.ERROR: text("your code raised an error"),
    Outcome.TIMEOUT: text("took too long"),
    Outcome.MEMORY: text("took too much memory"),
    Outcome.CRASHED: text("the process died"),
    Outcome.MISSING: text("not found"),
    Outcome.SKIPPED: text("not run"),
    Outcome.BROKEN: text("no verdict: a fault of ours"),
}
STATES: dict[State, Text] = {
    State.GRADED: text("graded"),
    State.NEEDS_REVIEW: text("needs review"),
    State.NOTHING_SUBMITTED: text("nothing submitted"),
    State.UNREADABLE: text("unreadable"),
}
TIERS: dict[Tier, Text] = {
    Tier.STRONG: text("strong"),
    Tier.STRONG_FLAT: text("strong, flat"),
    Tier.MEDIUM: text("medium"),
    Tier.PORTABLE: text("portable: limits only"),
}


@cache
def asset(name: str) -> str:
    """A style sheet or script of ours, without its comments' and lines' indentation."""
    source = (resources.files("grader.report") / "assets" / name).read_text(encoding="utf-8")
    source = re.sub(r"^\s*/\*.*?\*/\s*$", "", source, flags=re.MULTILINE | re.DOTALL)
    return "\n".join(line.strip() for line in source.splitlines() if line.strip())


def _hash(source: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()


def policy(styles: str, scripts: str, *, forms: bool = False) -> str:
    """The content-security policy of a page whose only style and script are these.

    `forms`: may the page send forms to the server that it came from?
    """
    script = f"'{_hash(scripts)}'" if scripts else "'none'"
    target = "'self'" if forms else "'none'"
    return (
        f"default-src 'none'; style-src '{_hash(styles)}'; script-src {script}; "
        f"img-src data:; base-uri 'none'; form-action {target}"
    )


def cell_label(words: str, tongue: Language) -> str:
    """ "cell 7" in `tongue`; any other label as it is."""
    found = _CELL.fullmatch(words)
    return tongue.gettext("cell {n}").format(n=found[1]) if found else words


def say(words: Text, tongue: Language) -> str:
    """A sentence in `tongue`; an author's own words are looked up in the catalogue too."""
    if words.template == _VERBATIM:
        return tongue.gettext(str(dict(words.args)["words"]))
    if not words.args:
        return tongue.gettext(words.template)  # an author's sentence may hold braces: "t in {0, 1}"
    args = tuple((name, cell_label(v, tongue) if isinstance(v, str) else v) for name, v in words.args)
    return Text(words.template, args).render(tongue.gettext)


def _gettext_of(tongue: Language) -> dict[str, Callable[..., Markup]]:
    """What `trans` blocks call; Jinja's own would not make the values plain."""

    def fill(sentence: str, values: dict[str, object]) -> Markup:
        return Markup(sentence) % {name: finalize(value) for name, value in values.items()}

    def gettext(sentence: str, /, **values: object) -> Markup:
        return fill(tongue.gettext(sentence), values)

    def ngettext(one: str, many: str, num: int, /, **values: object) -> Markup:
        return fill(tongue.ngettext(one, many, num), {"num": num} | values)

    return {"gettext": gettext, "ngettext": ngettext, "_": gettext}


@cache
def environment(code: str) -> jinja2.Environment:
    """Templates that speak language `code`."""
    tongue = language(code)
    env = jinja2.Environment(
        loader=jinja2.PackageLoader("grader.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    env.newstyle_gettext = True  # type: ignore[attr-defined]
    env.globals.update(_gettext_of(tongue))
    env.policies["ext.i18n.trimmed"] = True
    env.globals["lang"] = tongue.code
    env.filters.update(
        say=lambda words: with_code(say(words, tongue)),
        num=tongue.number,
        signed=tongue.signed,
        percent=tongue.percent,
        short=short,
        plain=plain,
        code=with_code,
        place=lambda words: cell_label(words, tongue),
        outcome=lambda outcome: tongue.gettext(OUTCOMES[outcome].template),
        state=lambda state: tongue.gettext(STATES[state].template),
        tier=lambda tier: tongue.gettext(TIERS[tier].template),
    )
    return env


@cache
def macro(template: str, name: str, code: str) -> Callable[..., Markup]:
    """A macro of a template that needs nothing but its arguments, in language `code`."""
    found: Callable[..., Markup] = getattr(environment(code).get_template(template).module, name)
    return found


def render(
    template: str,
    code: str,
    *,
    styles: tuple[str, ...],
    scripts: tuple[str, ...],
    forms: bool = False,
    **values: object,
) -> str:
    """The page that `template` gives, with its assets inside."""
    css = "\n".join(map(asset, styles))
    js = "\n".join(map(asset, scripts))
    page = (
        environment(code)
        .get_template(template)
        .render(policy=Markup(policy(css, js, forms=forms)), css=Markup(css), js=Markup(js), **values)
    )
    return spelled_out(page)  # once more over the whole: a filter of Jinja may have let something through
