"""A Dask cluster on this machine: workers come, die and refuse, results stay the same."""

from __future__ import annotations

import dataclasses
import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

distributed = pytest.importorskip("distributed")

from grader.batch.cluster import Cluster  # noqa: E402 - needs distributed
from grader.batch.events import Event, Finished, Retrying  # noqa: E402
from grader.batch.run import Batch, works_of  # noqa: E402
from grader.batch.work import Inline  # noqa: E402
from grader.discover import Entry  # noqa: E402
from grader.errors import SandboxError  # noqa: E402
from grader.model import State, Tier  # noqa: E402
from grader.store import Store, results_json  # noqa: E402
from tests.batch_fakes import CONDITIONS, FakeRecipe, entries, fake_fetch, opened, run_batch  # noqa: E402
from tests.killable_batch import SlowRecipe  # noqa: E402

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Laptop:
    """A running cluster."""

    address: str
    cluster: object

    def pids(self) -> list[int]:
        with distributed.Client(self.address, set_as_default=False) as client:
            return sorted(client.run(os.getpid).values())


@pytest.fixture
def laptop() -> Iterator[Laptop]:
    with distributed.LocalCluster(
        n_workers=4,
        threads_per_worker=1,
        processes=True,
        dashboard_address=None,
        host="127.0.0.1",
        silence_logs=50,
    ) as cluster:
        yield Laptop(address=cluster.scheduler_address, cluster=cluster)


def grade_on(
    laptop: Laptop, store: Store, recipe: FakeRecipe, class_: tuple[Entry, ...], *, on_event: object = None
) -> tuple[object, list[Event]]:
    events: list[Event] = []

    def hear(event: Event) -> None:
        events.append(event)
        if on_event is not None:
            on_event(event)

    with Cluster(laptop.address, recipe, digest="a" * 64) as executor:
        batch = Batch(
            store=store,
            works=works_of(class_),
            fetch=fake_fetch,
            conditions=CONDITIONS,
            fresh=False,
            on_event=hear,
        )
        return batch.run(executor), events


def local_results(tmp_path: Path, class_: tuple[Entry, ...]) -> str:
    (tmp_path / "local").mkdir()
    with opened(tmp_path / "local") as (store, recipe):
        run_batch(store, class_, Inline(recipe))
        return "".join(results_json(store))


def test_a_cluster_gives_the_bytes_of_the_local_run(laptop: Laptop, tmp_path: Path) -> None:
    class_ = entries(*["pass", "fail"] * 20)
    with opened(tmp_path) as (store, recipe):
        _, events = grade_on(laptop, store, recipe, class_)
        assert "".join(results_json(store)) == local_results(tmp_path, class_)
    assert len([event for event in events if isinstance(event, Finished)]) == 40


def test_two_workers_killed_in_the_run_change_nothing(laptop: Laptop, tmp_path: Path) -> None:
    class_ = entries(*["pass", "fail"] * 100)
    victims = laptop.pids()[:2]
    done = 0

    def kill_two(event: Event) -> None:
        nonlocal done
        if isinstance(event, Finished):
            done += 1
            if done in (20, 60):
                os.kill(victims.pop(), signal.SIGKILL)

    with opened(tmp_path) as (store, recipe):
        slow = SlowRecipe(trace=recipe.trace)
        summary, events = grade_on(laptop, store, slow, class_, on_event=kill_two)
        assert summary.states == ((State.GRADED, 200),)
        assert "".join(results_json(store)) == local_results(tmp_path, class_)
    assert victims == []
    assert any(isinstance(event, Retrying) for event in events)


@pytest.mark.parametrize(
    "address", ["nonsense", "", "127.0.0.1", "foo://bar:1", "tcp://127.0.0.1:notaport", "tcp://host"]
)
def test_what_is_no_address_is_refused_at_once(address: str) -> None:
    with pytest.raises(SandboxError, match="is no address"), Cluster(address, None, digest=""):
        pass


def test_a_submission_that_kills_workers_is_given_up_after_two(laptop: Laptop, tmp_path: Path) -> None:
    class_ = entries("pass", "die", *["pass"] * 10)
    with opened(tmp_path) as (store, recipe):
        summary, _ = grade_on(laptop, store, recipe, class_)
        assert summary.needs_review == ("s1",)
        # a machine that its nanny restarts at once, at the same address, gets the task from Dask once more
        assert 2 <= recipe.runs("s1") <= 4
        assert b"was lost, 2 times" in store.kept("failure/s1")
        assert summary.states == ((State.GRADED, 11), (State.NEEDS_REVIEW, 1))


def test_a_cluster_goes_on_where_a_local_run_stopped(laptop: Laptop, tmp_path: Path) -> None:
    class_ = entries(*["pass"] * 10)
    with opened(tmp_path) as (store, recipe):
        run_batch(store, class_[:6], Inline(recipe))
        summary, _ = grade_on(laptop, store, recipe, class_)
        assert (summary.total, summary.reused) == (10, 6)


def test_workers_report_their_isolation(laptop: Laptop, tmp_path: Path) -> None:
    with Cluster(laptop.address, FakeRecipe(trace=tmp_path), digest="a" * 64) as executor:
        assert executor.slots == 4
        assert executor.tier() is Tier.PORTABLE


def test_a_cluster_none_of_whose_workers_isolates_is_told_before_anything_runs(
    laptop: Laptop, tmp_path: Path
) -> None:
    refusing = FakeRecipe(trace=tmp_path, opening="refuse")
    with (
        Cluster(laptop.address, refusing, digest="a" * 64) as executor,
        pytest.raises(SandboxError, match=r"no machine that can grade \(no isolation here"),
    ):
        executor.tier()


def test_workers_that_cannot_grade_are_told_in_a_sentence(
    laptop: Laptop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.batch.cluster.PATIENCE_S", 1.0)
    with opened(tmp_path) as (store, recipe):
        refusing = dataclasses.replace(recipe, opening="refuse")
        with pytest.raises(SandboxError, match=r"no machine that can grade \(no isolation here"):
            grade_on(laptop, store, refusing, entries("pass", "pass"))


def test_an_address_where_nobody_answers_is_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.batch.cluster.CONNECT_S", 0.5)
    with (
        pytest.raises(SandboxError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"),
        Cluster("tcp://127.0.0.1:9", FakeRecipe(trace=tmp_path), digest="a" * 64),
    ):
        threading.Event()
