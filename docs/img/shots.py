"""Make the pictures of the README and of docs/: `python docs/img/shots.py`, from the repository's root.

A made-up class is graded by nobody and shown in Chromium; the same sources give the same pictures.
"""

from __future__ import annotations

import socket
import sys
import tempfile
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from grader.model import Graded, Tier  # noqa: E402 - the repository's own packages
from grader.report import StudentView, class_page, class_row, student_page  # noqa: E402
from grader.review import create_app  # noqa: E402
from grader.store import create_or_open  # noqa: E402
from tests.pages import synthetic  # noqa: E402
from tests.pages.browsing import chromium  # noqa: E402

HERE = Path(__file__).parent
FAULTS = {"linear_backward", "linear_step", "linear_does_not_accumulate", "loss_stable", "moons_accuracy"}


def student() -> Graded:
    """Somebody with a typical mistake."""
    return Graded(
        result=synthetic.result("ada-example", "Ada Example", FAULTS), document=synthetic.document()
    )


def shoot(
    browser: Browser, address: str, name: str, *, scheme: str = "light", width: int = 1280, height: int = 860
) -> None:
    """One picture of what is at an address."""
    size = {"width": width, "height": height}
    with browser.new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce") as context:  # type: ignore[arg-type]
        page = context.new_page()
        for step in address.split(" then "):
            page.goto(step)
        page.screenshot(path=HERE / f"{name}.png")


def shoot_pages(browser: Browser, folder: Path) -> None:
    """The pages that are files."""
    card = synthetic.card()
    pages = {
        "student": student_page(StudentView(card=card, graded=student(), after_due=True), language="en"),
        "student-fr": student_page(StudentView(card=card, graded=student(), after_due=True), language="fr"),
        "class": class_page(
            card, [class_row(g) for g in synthetic.students(60)], language="en", tier=Tier.STRONG
        ),
    }
    for name, page in pages.items():
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    shoot(browser, (folder / "student.html").as_uri(), "student")
    shoot(
        browser, (folder / "student.html").as_uri() + "#check-moons_accuracy", "student-dark", scheme="dark"
    )
    shoot(browser, (folder / "student-fr.html").as_uri(), "student-phone", width=390, height=844)
    shoot(browser, (folder / "class.html").as_uri(), "class")


def shoot_desk(browser: Browser, folder: Path) -> None:
    """The review desk, served for the length of two pictures."""

    def clock() -> datetime:
        return datetime(2026, 12, 8, 9, tzinfo=UTC)

    out = folder / "out"
    with create_or_open(out, synthetic.card(), clock=clock) as store:
        store.put(student(), 0)
        for i, graded in enumerate(synthetic.students(60), start=1):
            store.put(replace(graded, document=synthetic.document()), i)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        app = create_app(out, "pictures", "ta1", clock=clock)
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        shoot(browser, f"{address}/enter/pictures then {address}/s/ada-example", "review")
        shoot(browser, f"{address}/enter/pictures", "review-queue")
        server.should_exit = True
        thread.join()


def main() -> None:
    """All pictures."""
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        shoot_pages(browser, Path(folder))
        shoot_desk(browser, Path(folder))


if __name__ == "__main__":
    main()
