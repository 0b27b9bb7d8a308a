"""The review desk: who may ask, what is kept, what is told when two decide at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import pytest
from httpx import Response

from grader.model import Graded, Outcome, Text, text
from grader.review import create_app
from grader.review.alias import BLOT, alias, names_pattern, without_names
from grader.review.forms import Form, Refused
from grader.store import create_or_open, open_existing
from tests.pages import synthetic
from tests.pages.asking import Client

TOKEN = "a-token-of-the-test"
NOW = datetime(2026, 12, 8, 9, 0, tzinfo=UTC)


def clock() -> datetime:
    return NOW


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    with create_or_open(folder, synthetic.card(), clock=clock) as store:
        for i, name in enumerate(("Ada Example", "Bela Example", "Chloé Sample")):
            key = name.split()[0].lower().replace("é", "e") + f"-{i}"
            faults = {"linear_backward", "linear_step", "linear_does_not_accumulate"}
            if i == 2:
                faults.add("validate_changes_nothing")
            result = synthetic.result(key, name, faults)
            store.put(Graded(result=result, document=synthetic.document()), i)
    return folder


def session(out: Path, author: str = "ta1") -> Client:
    client = Client(create_app(out, TOKEN, author, clock=clock), base_url="http://127.0.0.1:8000")
    client.get(f"/enter/{TOKEN}")
    return client


@pytest.fixture
def desk(out: Path) -> Iterator[Client]:
    with session(out) as client:
        yield client


def fields(page: str) -> dict[str, str]:
    """What the forms of a page carry."""
    return {name: re.findall(f'name="{name}" value="([^"]*)"', page)[0] for name in ("csrf", "version")}


def decide(client: Client, key: str = "ada-0", **values: str) -> Response:
    page = client.get(f"/s/{key}").text
    data = fields(page) | {"check": "linear_backward"} | values
    return client.post(f"/s/{key}/decide", content=urlencode(data))


# --- who may ask ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/", "/s/ada-0", "/log", "/shared?mistake=missing_mean&check=linear_backward"]
)
def test_without_the_token_nothing_is_shown(out: Path, path: str) -> None:
    with Client(create_app(out, TOKEN, "ta1"), base_url="http://127.0.0.1") as stranger:
        answer = stranger.get(path)

    assert answer.status_code == 403
    assert "Example" not in answer.text


def test_a_wrong_token_opens_nothing(out: Path) -> None:
    with Client(create_app(out, TOKEN, "ta1"), base_url="http://127.0.0.1") as stranger:
        assert stranger.get("/enter/other").status_code == 404
        assert stranger.get("/").status_code == 403


def test_another_host_name_is_refused(desk: Client) -> None:
    assert desk.get("/", headers={"host": "rebound.example"}).status_code == 400


def test_a_form_of_another_site_is_refused(desk: Client) -> None:
    data = fields(desk.get("/s/ada-0").text) | {"check": "linear_backward", "points": "1", "reason": "r"}

    without = desk.post("/s/ada-0/decide", content=urlencode(data | {"csrf": "0" * 32}))
    across = desk.post("/s/ada-0/decide", content=urlencode(data), headers={"sec-fetch-site": "cross-site"})

    assert (without.status_code, across.status_code) == (400, 400)
    assert desk.get("/log").text.count("changed points") == 0


def test_every_answer_carries_the_headers_that_keep_it_apart(desk: Client) -> None:
    answer = desk.get("/s/ada-0")

    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["cache-control"] == "no-store"
    assert "form-action 'self'" in answer.text and "default-src 'none'" in answer.text


def test_the_cookie_is_of_no_use_to_scripts_and_other_sites(out: Path) -> None:
    with Client(create_app(out, TOKEN, "ta1"), base_url="http://127.0.0.1") as client:
        cookie = client.get(f"/enter/{TOKEN}", follow_redirects=False).headers["set-cookie"]

    assert "HttpOnly" in cookie and "SameSite=strict" in cookie


def test_an_unknown_student_or_action_is_not_found(desk: Client) -> None:
    data = urlencode(fields(desk.get("/s/ada-0").text))

    assert desk.get("/s/nobody").status_code == 404
    assert desk.post("/s/nobody/decide", content=data).status_code == 404
    assert desk.post("/s/ada-0/erase", content=data).status_code == 404


# --- deciding -------------------------------------------------------------------------------------------


def test_points_with_a_reason_and_a_comment_are_kept_with_their_author(desk: Client, out: Path) -> None:
    answer = decide(desk, points="1,25", reason="n is in the loss", comment="See **slide 12**.")

    with open_existing(out) as store:
        (correction,) = store.desk.corrections("ada-0")
        (comment,) = store.desk.comments("ada-0")
        log = store.desk.history("ada-0")
    assert (correction.points, correction.reason, correction.author) == (1.25, "n is in the loss", "ta1")
    assert comment.body == "See **slide 12**."
    assert [(e.author, e.action, e.made_at) for e in log] == [
        ("ta1", "correct", NOW),
        ("ta1", "comment", NOW),
    ]
    assert "<strong>slide 12</strong>" in answer.text


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"points": "9", "reason": "r"}, "Points are a number from 0 to 1.5."),
        ({"points": "-1", "reason": "r"}, "Points are a number from 0 to 1.5."),
        ({"points": "nan", "reason": "r"}, "Points are a number from 0 to 1.5."),
        ({"points": "much", "reason": "r"}, "Points are a number from 0 to 1.5."),
        ({"points": "1"}, "Say in a few words why the points change."),
        ({}, "Nothing was entered."),
    ],
)
def test_what_cannot_be_kept_is_told_and_not_kept(
    desk: Client, out: Path, values: dict[str, str], said: str
) -> None:
    answer = decide(desk, **values)

    assert answer.status_code == 422 and said in answer.text
    with open_existing(out) as store:
        assert store.desk.history() == ()


def test_two_tas_do_not_overwrite_each_other(out: Path) -> None:
    with session(out, "ta1") as first, session(out, "ta2") as second:
        stale = fields(second.get("/s/ada-0").text)
        decide(first, points="1", reason="first")

        data = stale | {"check": "linear_backward", "points": "0.25", "reason": "second"}
        answer = second.post("/s/ada-0/decide", content=urlencode(data))

    assert answer.status_code == 409
    assert "Somebody else changed this submission" in answer.text
    assert "ta1: changed points" in answer.text and "0.25 · second" in answer.text
    with open_existing(out) as store:
        assert [c.points for c in store.desk.corrections("ada-0")] == [1.0]


def test_the_last_change_can_be_undone(desk: Client, out: Path) -> None:
    decide(desk, points="1", reason="r")
    page = desk.get("/s/ada-0").text

    desk.post("/s/ada-0/undo", content=urlencode(fields(page)))

    assert "ta1: changed points" in page
    with open_existing(out) as store:
        assert store.desk.corrections("ada-0") == ()
        assert [e.action for e in store.desk.history()] == ["correct", "undo"]


def test_a_verdict_can_be_accepted_and_taken_back(desk: Client, out: Path) -> None:
    data = fields(desk.get("/s/ada-0").text) | {"check": "linear_backward"}
    accepted = desk.post("/s/ada-0/accept", content=urlencode(data)).text

    with open_existing(out) as store:
        assert [c.points for c in store.desk.corrections("ada-0")] == [None]
    desk.post("/s/ada-0/withdraw", content=urlencode(fields(accepted) | {"check": "linear_backward"}))

    assert "this verdict stands" in accepted
    with open_existing(out) as store:
        assert store.desk.corrections("ada-0") == ()


def test_the_whole_submission_can_be_decided(desk: Client) -> None:
    answer = decide(desk, check="", points="12", reason="oral exam")

    assert re.search(r"<b>12</b><span class=\"of\"> / 20", answer.text)


def test_a_comment_can_be_deleted(desk: Client, out: Path) -> None:
    page = decide(desk, comment="wrong student").text
    (id_,) = re.findall(r'name="id" value="(\d+)"', page)

    desk.post("/s/ada-0/delete", content=urlencode(fields(page) | {"id": id_}))

    with open_existing(out) as store:
        assert store.desk.comments("ada-0") == ()


def test_what_was_written_before_is_offered_again(desk: Client) -> None:
    decide(desk, points="1", reason="n is in the loss", comment="See slide 12.")

    page = desk.get("/s/bela-1").text

    assert '<option value="See slide 12.">' in page and '<option value="n is in the loss">' in page


def test_reviewed_goes_on_to_the_next_that_is_not(desk: Client) -> None:
    page = desk.get("/s/chloe-2").text
    answer = desk.post("/s/chloe-2/review", content=urlencode(fields(page) | {"reviewed": "1"}))

    assert answer.url.path == "/s/ada-0"
    assert "1 of 3 reviewed" in answer.text


def test_what_needs_a_person_comes_first(desk: Client) -> None:
    page = desk.get("/").text

    assert page.index("Chloé Sample") < page.index("Ada Example")


def test_one_decision_for_all_who_made_the_same_mistake(desk: Client, out: Path) -> None:
    page = desk.get("/shared?mistake=missing_mean&check=linear_backward").text
    who = re.findall(r'name="who" value="([^"]+)"', page)
    data = [("csrf", fields(desk.get("/s/ada-0").text)["csrf"]), ("mistake", "missing_mean"),
            ("check", "linear_backward"), ("points", "0.75"), ("reason", "half"),
            ("comment", "See slide 12."),
            *(("who", w) for w in who[:2])]  # fmt: skip

    answer = desk.post("/shared", content=urlencode(data))

    assert len(who) == 3 and "Applied to 2 students." in answer.text
    with open_existing(out) as store:
        assert [len(store.desk.corrections(k)) for k in ("ada-0", "bela-1", "chloe-2")] == [1, 1, 0]


def test_one_decision_for_all_is_kept_for_all_or_for_none(out: Path) -> None:
    with session(out, "ta1") as first, session(out, "ta2") as second:
        page = second.get("/shared?mistake=missing_mean&check=linear_backward").text
        who = re.findall(r'name="who" value="([^"]+)"', page)
        csrf = fields(second.get("/s/ada-0").text)["csrf"]
        decide(first, "bela-1", points="1", reason="first")

        data = [("csrf", csrf), ("mistake", "missing_mean"), ("check", "linear_backward"), ("points", "0"),
                ("reason", "second"), *(("who", w) for w in who)]  # fmt: skip
        answer = second.post("/shared", content=urlencode(data))

    assert answer.status_code == 409
    with open_existing(out) as store:
        assert [[c.reason for c in store.desk.corrections(k)] for k in ("ada-0", "bela-1", "chloe-2")] == [
            [],
            ["first"],
            [],
        ]


def test_grading_again_keeps_what_people_decided(desk: Client, out: Path) -> None:
    decide(desk, points="1", reason="r", comment="c")
    with create_or_open(out, synthetic.card(), clock=clock) as store:
        store.put(Graded(result=synthetic.result("ada-0", "Ada Example", set())), 0)

    page = desk.get("/s/ada-0").text

    assert "Changed by a teacher to 1." in page
    assert "was graded again with another result" in desk.get("/log").text


# --- without names ----------------------------------------------------------------------------------------


def named(graded: Graded) -> Graded:
    """`graded` with the name wherever a student may have written it."""
    assert graded.document is not None
    first, *rest = graded.document.cells
    cells = (replace(first, source="# TP4 by Chloe SAMPLE, chloe-2", outputs=("Hello Chloé",)), *rest)
    notes = (text("{file} was chosen.", file="tp4_chloé_sample.ipynb"),)
    result = replace(graded.result, files=("tp4_chloé_sample.ipynb",), notes=notes)
    return replace(graded, result=result, document=replace(graded.document, cells=cells))


def test_without_names_nothing_tells_who_it_is(desk: Client, out: Path) -> None:
    with create_or_open(out, synthetic.card(), clock=clock) as store:
        graded = store.get("chloe-2")
        assert graded is not None
        store.put(named(graded), 2)
    decide(desk, "chloe-2", points="1", reason="Chloé explained it", comment="Well done Chloé")
    csrf = fields(desk.get("/s/ada-0").text)["csrf"]
    desk.post("/me", content=urlencode({"csrf": csrf, "author": "ta1", "anonymous": "1"}))

    queue = desk.get("/").text
    links = re.findall(r'href="(/s/[^"]+)"', queue)
    pages = [desk.get(link).text for link in links]
    shared = desk.get("/shared?mistake=missing_mean&check=linear_backward").text

    for page in (queue, shared, desk.get("/log").text, *pages):
        assert not re.search(r"ada-0|bela-1|chloe|chloé|sample|Bela Example|Ada Example|410\d\d", page, re.I)
    assert len(links) == 3 and BLOT in "".join(pages)


def test_aliases_are_the_same_for_all_and_tell_nothing(out: Path) -> None:
    assert alias("ada-0", b"salt") == alias("ada-0", b"salt") != alias("ada-0", b"other")
    assert "ada" not in alias("ada-0", b"salt")


def test_names_are_found_with_and_without_accents_as_whole_words_only() -> None:
    pattern = names_pattern("Chloé de la Sample-Ford")

    assert pattern is not None
    assert pattern.sub("_", "CHLOE chloé Ford Fordable sample_1 de la") == "_ _ _ Fordable __1 de la"
    assert names_pattern("A. B.") is None


def test_code_words_survive_the_blotting(out: Path) -> None:
    graded = Graded(result=synthetic.result("linear", "Ada Example", set()), document=synthetic.document())

    blotted = without_names(graded, "Ada Example")

    assert blotted.document is not None
    assert "class Linear" in blotted.document.cells[3].source
    assert [c.outcome for c in blotted.result.checks] == [Outcome.PASSED] * 20
    assert blotted.result.message == Text()


# --- forms ------------------------------------------------------------------------------------------------


def test_a_form_that_is_none_is_refused() -> None:
    with pytest.raises(Refused, match="too long"):
        Form.read(b"a=" + b"x" * 300_000)
    with pytest.raises(Refused, match="not a form"):
        Form.read(b"\xff\xfe")
    with pytest.raises(Refused, match="version is no number"):
        Form.read(b"version=two").number("version")
