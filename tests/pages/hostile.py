"""A student who attacks every field that reaches a page, and what must not come of it."""

from __future__ import annotations

from dataclasses import replace

from grader.model import (
    Array,
    Card,
    Cell,
    Chart,
    CheckResult,
    Compared,
    Confusion,
    Correction,
    Document,
    Evidence,
    Example,
    Frame,
    Graded,
    GradientEntries,
    Outcome,
    Regions,
    Series,
    State,
    SubmissionResult,
    Trace,
    Visibility,
    text,
    verbatim,
)
from tests.pages import synthetic

ELSEWHERE = "http://attacker.invalid"
ATTACKS = (
    "<script>window.attacked = 1</script>",
    f"<img src={ELSEWHERE}/i.png onerror='window.attacked = 2'>",
    f"<svg onload='window.attacked = 3'><image href='{ELSEWHERE}/s'/><script>attacked = 3</script></svg>",
    f"<style>@import url({ELSEWHERE}/c.css); body {{ display: none }}</style>",
    f"<link rel=stylesheet href={ELSEWHERE}/l.css><link rel=prefetch href={ELSEWHERE}/p>",
    "<a href='javascript:window.attacked = 4' id=trap>x</a>",
    "<a href='data:text/html,<script>window.attacked = 5</script>'>x</a>",
    f"<iframe src={ELSEWHERE}/f srcdoc='<script>parent.attacked = 6</script>'></iframe>",
    f"<form action={ELSEWHERE}/form><button>send</button></form><base href={ELSEWHERE}>",
    f"<meta http-equiv=refresh content='0;url={ELSEWHERE}/r'>",
    "</title></style></script></textarea><script>window.attacked = 7</script>",
    "\"'><b onmouseover='window.attacked = 8' style='position:fixed;inset:0;z-index:99'>box</b>",
    "{{ 7 * 7 }}{% raw %}${alert(1)}`",
    f"<video src={ELSEWHERE}/v autoplay></video><object data={ELSEWHERE}/o></object>",
    f"<div style='background:url({ELSEWHERE}/b)'>x</div><math><mtext><img src=x onerror=alert(1)></math>",
    f"[a](javascript:alert(1)) ![b]({ELSEWHERE}/m.png) <{ELSEWHERE}/c> [d][r]\n\n[r]: javascript:alert(1)",
    "\x1b[31mred\x1b[0m \x1b]8;;http://attacker.invalid\x07link\x1b]8;;\x07 \x00\x07\x08",
    "\u202egnp.exe\u202c \u2066\u2067\u200f \ud800 \u2028 \ufeff e" + "\u0301" * 400,
    "\N{FULLWIDTH LESS-THAN SIGN}script\N{FULLWIDTH GREATER-THAN SIGN} \N{CYRILLIC SMALL LETTER A}",
)
ALL = " ".join(ATTACKS)
LONG = 10_000_000


def long(words: str, size: int = LONG) -> str:
    """`words` again and again, up to `size` characters."""
    return (words * (size // len(words) + 1))[:size]


def evidence(size: int = LONG) -> tuple[Evidence, ...]:
    """Every kind of evidence with attacks in its words and nonsense in its numbers."""
    nan, inf = float("nan"), float("inf")
    array = Array(shape=(2, 3), dtype=ALL[:200], values=(nan, inf, -inf, 1e300, -0.0, 5e-324))
    empty = Array(shape=(0,), dtype="float64", values=())
    return (
        Compared(name=ALL, got=array, expected=array, differs=(True,) * 6),
        Compared(name="empty", got=empty, expected=array, differs=()),
        Compared(
            name="big",
            got=Array(shape=(512, 1024), dtype="float64", values=(nan,) * 512),
            expected=Array(shape=(512, 1024), dtype="float64", values=(1.0,) * 512),
            differs=(True,) * 512,
        ),
        Example(code=ALL),
        Trace(
            exception=ALL,
            message=long("<script>window.attacked = 9</script>", size),
            frames=(
                Frame(label=ALL, anchor='x"><script>alert(1)</script>', line=1, function=ALL, source=ALL),
            ),
        ),
        Chart(
            title=ALL,
            x_label=ALL,
            y_label=ALL,
            series=(
                Series(label=ALL, x=(nan, inf, 1.0), y=(1.0, nan, -inf)),
                Series(label="none", x=(), y=()),
                Series(label="many", x=tuple(map(float, range(20_000))), y=(1e308, -1e308) * 10_000),
            ),
            thresholds=((ALL, nan),),
        ),
        GradientEntries(name=ALL, labels=(ALL,) * 600, analytic=(nan,) * 600, numeric=(inf,) * 600),
        Regions(title=ALL, x_range=(nan, inf), y_range=(0, 0), grid=((1, -5), ()), points=((nan, inf, 99),)),
        Regions(
            title=ALL, x_range=(0, 1), y_range=(0, 1), grid=((0, 1) * 3000,) * 3000, points=((0.5, 0.5, 7),)
        ),
        Confusion(title=ALL, counts=((-1, 2), (3,), ())),
        Confusion(title=ALL, counts=()),
    )


def document(size: int = LONG) -> Document:
    """A notebook of attacks: in every kind of cell, one by one and all at once, and 10 MB of them."""
    sources = (*ATTACKS, ALL, long(ALL, size), "[" * 50_000, "> " * 50_000, "*_" * 50_000)
    cells = [
        Cell(
            kind=kind,
            source=source,
            label=f"cell {ALL}",
            anchor=f'c{i}-{kind}" onclick=alert(1) x="',
            outputs=(ALL,),
        )
        for i, source in enumerate(sources)
        for kind in ("markdown", "code", "raw")
    ]
    cells.append(
        Cell(
            kind="code",
            source="1",
            label="out",
            anchor="out",
            outputs=(long(ALL, size), long("\x1b[1m", size)),
        )
    )
    cells += [Cell(kind="code", source="x = 1\n" * 900, label="many", anchor=f"m{i}") for i in range(700)]
    return Document(path=ALL, cells=tuple(cells))


def check(name: str, outcome: Outcome, points: float, size: int) -> CheckResult:
    """A check whose every word is an attack."""
    return CheckResult(
        check=name,
        group=ALL[:300],
        visibility=Visibility.PUBLIC,
        outcome=outcome,
        points=points,
        out_of=1.0,
        title=verbatim(ALL),
        message=text("Got {what}.", what=long(ALL, size)),
        numbers=text("Got {what}.", what=ALL),
        detail=long(ALL, size),
        mistakes=('no" such',),
        hypotheses=(verbatim(ALL),),
        evidence=evidence(size) if outcome is Outcome.FAILED else (),
    )


def graded(key: str = "mallory-example", *, size: int = LONG) -> Graded:
    """The whole attack."""
    return Graded(
        result=SubmissionResult(
            key=key,
            name=long(ALL, size),
            identifier=ALL,
            files=(ALL,) * 40,
            state=State.NEEDS_REVIEW,
            out_of=20.0,
            message=verbatim(ALL),
            checks=(
                check("linear_shapes", Outcome.FAILED, 0, size),
                check("linear_forward", Outcome.SKIPPED, 0, size),
                check("loss_value", Outcome.PASSED, 1, size),
                check('x"><script>alert(1)</script>', Outcome.BROKEN, 0, size),
            ),
            notes=(verbatim(ALL),) * 5000,
        ),
        document=document(size),
    )


def corrections(key: str = "mallory-example") -> tuple[Correction, ...]:
    """A teacher's words that quote the attack."""
    return (Correction(key=key, check="linear_shapes", points=0.5, reason=ALL, author=ALL),)


def card() -> Card:
    """The usual assignment."""
    return replace(synthetic.card(), title=verbatim("TP4 <script>window.attacked = 10</script>"))
