"""Imports that nobody asked reads wait, and work that needs more gets a process that has it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from grader.checks.connection import Interrupted
from grader.model import HandedFile, Limits, Tier
from grader.sandbox.forking import ForkSession, ForkSlot

LIMITS = Limits(load_s=20, check_s=20)
# jinja2 stands for a package that takes long to import: it is installed, and NumPy does not import it
ASKED = """
import sys
def asked():
    return "jinja2" in sys.modules
"""


@pytest.fixture(scope="module")
def slot() -> Iterator[ForkSlot]:
    with ForkSlot(tier=Tier.PORTABLE, preload=("numpy", "wave"), workspace=None) as made:
        yield made


def load(slot: ForkSlot, source: str, *, mode: str = "definitions", **files: str) -> ForkSession:
    request: dict[str, object] = {
        "units": [{"source": source, "label": "cell 1"}],
        "mode": mode,
        "names": ["asked"],
        "imports": ["jinja2"],
    }
    beside = [HandedFile(path=f"{name}.py", content=text.encode()) for name, text in files.items()]
    return slot.load(request, beside, LIMITS, seed=1)


def answer(session: ForkSession) -> Any:
    connection = session.begin(limits=LIMITS, seed=1)
    asked = {"do": "call", "on": None, "name": "asked", "args": (), "kwargs": {}}
    return connection.ask(asked).get("value")


@pytest.mark.parametrize(
    ("extra", "is_imported"),
    [
        ("import jinja2", False),
        ("import jinja2.sandbox as box", False),
        ("from jinja2 import Template, Environment", False),
        ("try:\n    import jinja2\nexcept ImportError:\n    pass", False),
        ("if __name__ == '__main__':\n    import jinja2\n    jinja2.Template('')", False),
        ("import jinja2\ndef show():\n    return jinja2.Template('')", False),
        ("from jinja2 import *", True),
        ("import jinja2\nTABLE = jinja2.Template('')\ndef asked(t=TABLE):\n    return ASK()", True),
        ("import jinja2\ndef helper():\n    jinja2\ndef asked():\n    helper()\n    return ASK()", True),
        ("import jinja2\n@jinja2.pass_context\ndef other(): pass", True),
        ("import jinja2\nclass Other(jinja2.Environment): pass", True),
    ],
)
def test_a_library_is_imported_where_what_is_asked_for_reads_it(
    slot: ForkSlot, extra: str, is_imported: bool
) -> None:
    source = f"{ASKED}\nASK = asked\n{extra}"
    with load(slot, source) as session:
        assert answer(session) is is_imported
        assert session.report["units"][0]["errors"] == []
    with load(slot, source, mode="all") as session:
        assert answer(session) is True


def test_what_an_import_tells_or_does_is_never_left_out(slot: ForkSlot) -> None:
    source = f"import torch\nimport nowhere\nfrom jinja2 import nothing_of_this_name\nimport mine\n{ASKED}"
    with load(slot, source, mine="import os\nos.environ['SET_BY_MINE'] = 'yes'") as session:
        notes = {(n["code"], n["args"]["module"]) for n in session.report["notes"] if "module" in n["args"]}
    assert {("import_refused", "torch"), ("import_missing", "nowhere")} <= notes
    reading = "import os, mine\ndef asked():\n    return os.environ.get('SET_BY_MINE')"
    with load(slot, reading, mine="import os\nos.environ['SET_BY_MINE'] = 'yes'") as session:
        assert answer(session) == "yes"


NEEDS = "import wave\ndef asked():\n    return wave.__name__"


def pids(slot: ForkSlot, *sources: str, mode: str = "definitions") -> list[int]:
    found = []
    for source in sources:
        with load(slot, source, mode=mode) as session:
            assert answer(session) is not None
            found.append(slot.zygote_pid)
    return found


def test_work_that_needs_what_is_preloaded_runs_where_it_is(slot: ForkSlot) -> None:
    inside = "def asked():\n    import wave\n    return wave.__name__"
    unread = f"import wave\n{ASKED}"
    light, full, again, from_within, other = pids(slot, ASKED, NEEDS, ASKED, inside, unread)
    assert light == again == other
    assert full == from_within != light
    assert pids(slot, ASKED, NEEDS, mode="all") == [full, full]


def test_work_that_dies_where_it_was_sent_leaves_nothing(slot: ForkSlot) -> None:
    watchers = {t for t in threading.enumerate() if t.name == "sandbox-watch"}
    dying = "import os, wave\nX = os._exit(3)\ndef asked(x=X):\n    return wave"
    with pytest.raises(Interrupted), load(slot, dying):
        pass
    assert {t for t in threading.enumerate() if t.name == "sandbox-watch"} == watchers


def test_a_lie_about_needs_costs_one_more_start_and_no_more(slot: ForkSlot) -> None:
    """The answer comes before student code runs; one that comes later is nonsense."""
    lie = (
        "import os, struct\n"
        """head = b'{"v": {"d": {"elsewhere": true}}, "b": []}'\n"""
        "os.write(3, struct.pack('>II', len(head), 0) + head)\n"
        "def asked(): return 1"
    )
    with pytest.raises(Interrupted, match="not an answer"), load(slot, lie, mode="all"):
        pass
    assert pids(slot, ASKED)[0] == slot.zygote_pid
