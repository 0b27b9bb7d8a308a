"""The review desk as two teaching assistants use it: in real browsers, over a real port."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page

from grader.review import create_app
from grader.store import create_or_open, open_existing
from tests.pages import hostile, synthetic
from tests.pages.browsing import SIZES, axe_violations, chromium

pytestmark = pytest.mark.slow

TOKEN = "a-token-of-the-test"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    with create_or_open(folder, synthetic.card()) as store:
        store.put(synthetic.everything(), 0)
        for i, graded in enumerate(synthetic.students(12), start=1):
            store.put(replace(graded, document=synthetic.document()), i)
    return folder


@pytest.fixture
def address(out: Path) -> Iterator[str]:
    """Where the desk is; connections wait in the listener until the server has started."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(create_app(out, TOKEN, "ta1"), log_level="error", access_log=False)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join()


def enter(browser: Browser, address: str, author: str = "", size: str = "laptop", **options: object) -> Page:
    """A new browser of a person who has the address."""
    width, height = SIZES[size]
    page = browser.new_context(viewport={"width": width, "height": height}, **options).new_page()  # type: ignore[arg-type]
    page.set_default_timeout(30_000)
    page.goto(f"{address}/enter/{TOKEN}")
    if author:
        page.fill("[name=author]", author)
        page.click(".me button")
    return page


def test_two_assistants_walk_the_queue_and_are_told_of_each_other(
    browser: Browser, address: str, out: Path
) -> None:
    first, second = enter(browser, address, "ta1"), enter(browser, address, "ta2")
    first.click("text=Ada Example >> nth=0")
    second.goto(first.url)

    card = first.locator("#check-linear_backward")
    card.locator("details.desk summary").click()
    card.locator("[name=points]").fill("1")
    card.locator("[name=reason]").fill("n is in the loss")
    card.locator("[name=comment]").fill("See **slide 12**.")
    card.locator("details.desk form >> nth=0 >> button.main").click()
    stale = second.locator("#check-linear_backward")
    stale.locator("details.desk summary").click()
    stale.locator("[name=points]").fill("0.5")
    stale.locator("[name=reason]").fill("half")
    stale.locator("details.desk form >> nth=0 >> button.main").click()
    told = second.locator("[role=alert]").inner_text()
    second.click("text=Undo")
    undone = second.locator("text=See slide 12.").count()
    second.click("text=Reviewed, next")

    assert first.locator("#check-linear_backward .points b").inner_text() == "1"
    assert first.locator("#check-linear_backward .prose strong").inner_text() == "slide 12"
    assert "Somebody else changed" in told and "n is in the loss" in told and "0.5 · half" in told
    assert undone == 0
    assert "1 of 13 reviewed" in second.locator(".bar").inner_text()
    with open_existing(out) as store:
        assert [c.points for c in store.desk.corrections("ada-example")] == [1.0]
        assert [e.author for e in store.desk.history("ada-example")] == ["ta1", "ta1", "ta2", "ta2"]


def test_one_decision_for_everyone_with_the_same_mistake(browser: Browser, address: str, out: Path) -> None:
    page = enter(browser, address)

    page.locator("a[href*='mistake=missing_mean'][href*='check=linear_backward']").click()
    ticked = page.locator("[name=who]:checked").count()
    page.fill("[name=points]", "0.75")
    page.fill("[name=reason]", "half of it is right")
    page.click("text=Apply to those ticked")

    assert f"Applied to {ticked} students." in page.locator("[role=status]").inner_text()
    with open_existing(out) as store:
        corrected = [k for k in store.keys() if store.desk.corrections(k)]  # noqa: SIM118 - a method
    assert len(corrected) == ticked > 1


def test_without_names_no_name_is_on_the_page_or_in_the_address(browser: Browser, address: str) -> None:
    page = enter(browser, address)
    page.check("[name=anonymous]")
    page.click(".me button")
    page.click("tbody th a >> nth=0")

    assert "example" not in page.url and "student-" not in page.url
    assert "Ada Example" not in page.content() and "Ada Example" not in page.title()


def test_a_hostile_submission_stays_harmless_at_the_desk(browser: Browser, address: str, out: Path) -> None:
    with create_or_open(out, synthetic.card()) as store:
        store.put(hostile.graded(size=20_000), 99)
    asked: list[str] = []
    said: list[str] = []
    page = enter(browser, address)
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("dialog", lambda dialog: said.append(dialog.message))

    page.goto(f"{address}/s/mallory-example", timeout=60_000)
    page.wait_for_load_state("networkidle")

    assert page.evaluate("window.attacked") is None
    assert said == []
    assert [url for url in asked if not url.startswith((address, "data:,"))] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["phone", "laptop"])
def test_axe_finds_nothing_wrong_with_the_desk(
    browser: Browser, address: str, size: str, scheme: str
) -> None:
    page = enter(browser, address, size=size, bypass_csp=True, color_scheme=scheme)
    found = []
    for path in ("/", "/s/ada-example", "/shared?mistake=missing_mean&check=linear_backward", "/log"):
        page.goto(address + path)
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
        found += [f"{path}: {violation}" for violation in axe_violations(page)]
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0], path

    assert found == []
