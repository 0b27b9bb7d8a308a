"""`results.json`, `grades.csv` and the numbers in them."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from pathlib import Path

import pytest

from grader.model import Correction, Lateness, State
from grader.store import Store, create_or_open, grades_csv, results_json, standing
from tests.class_fakes import CARD, make_graded


@pytest.fixture
def store(tmp_path: Path) -> Store:
    with create_or_open(tmp_path / "out", CARD) as opened:
        yield opened


def put(store: Store, key: str, *, failed: bool = False, **changes: object) -> None:
    graded = make_graded(key, failed=failed)
    result = dataclasses.replace(graded.result, **changes)
    store.put(dataclasses.replace(graded, result=result), len(store.keys()))


def read_csv(store: Store) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO("".join(grades_csv(store)))))


def correction(*, check: str, points: float | None) -> Correction:
    return Correction(key="s1", check=check, points=points, reason="because", author="tess")


def test_results_json_is_what_the_contract_says(store: Store) -> None:
    put(store, "s1", failed=True, lateness=Lateness(seconds=60, penalty=0.5), identifier="41881")
    document = json.loads("".join(results_json(store)))
    assert {k: v for k, v in document.items() if k != "submissions"} == {
        "schema": 1,
        "assignment": "tp4",
        "isolation": "portable",
    }
    (row,) = document["submissions"]
    checks = row.pop("checks")
    assert row == {
        "key": "s1",
        "name": "Student s1",
        "identifier": "41881",
        "files": ["tp4.ipynb"],
        "state": "graded",
        "message": "",
        "points": 1.5,
        "out_of": 4.0,
        "late": {"seconds": 60, "penalty": 0.5, "known": True},
        "correction": 0.0,
        "final": 1.0,
    }
    assert checks[1] == {
        "check": "relu_backward",
        "group": "ReLU",
        "visibility": "hidden",
        "shown": "never",
        "outcome": "failed",
        "points": 0.0,
        "out_of": 2.5,
        "message": "dX differs",
        "mistakes": ["missing_mean"],
    }


def test_a_class_of_nobody_still_has_its_files(store: Store) -> None:
    store.set_setting("isolation", "medium")
    document = json.loads("".join(results_json(store)))
    assert (document["isolation"], document["submissions"]) == ("medium", [])
    assert read_csv(store) == []


def test_the_csv_has_a_column_per_check(store: Store) -> None:
    put(store, "s1", failed=True)
    put(store, "s2", state=State.NOTHING_SUBMITTED, checks=(), lateness=Lateness(seconds=None))
    first, second = read_csv(store)
    assert (first["linear_forward"], first["relu_backward"], first["final"]) == ("1.5", "0.0", "1.5")
    assert (second["linear_forward"], second["late_seconds"], second["final"]) == ("", "", "0.0")


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@x", "\t=1", "  =1", "＝1"])
def test_no_name_is_a_formula(store: Store, name: str) -> None:
    put(store, "s1", name=name)
    assert read_csv(store)[0]["name"] == "'" + name


def test_names_that_no_encoding_takes_do_not_stop_the_class(store: Store) -> None:
    put(store, "s1", name='a\ud800,"\x00\nb')
    "".join(results_json(store)).encode()
    "".join(grades_csv(store)).encode()
    assert read_csv(store)[0]["name"] == 'a?,"\nb'


def test_machine_correction_and_lateness_stay_apart(store: Store) -> None:
    put(store, "s1", failed=True, lateness=Lateness(seconds=60, penalty=0.5))
    store.desk.correct(correction(check="relu_backward", points=2.0), version=0)
    (row,) = read_csv(store)
    shown = [row[name] for name in ("points", "correction", "penalty", "final")]
    assert shown == ["1.5", "2.0", "0.5", "3.0"]


def test_a_decision_about_the_whole_outweighs_those_about_checks() -> None:
    result = make_graded("s1", failed=True).result
    both = (correction(check="relu_backward", points=2.0), correction(check="", points=0.25))
    assert standing(result, both).final == 0.25


def test_a_correction_without_points_lets_the_machine_decide() -> None:
    result = make_graded("s1", failed=True).result
    assert standing(result, (correction(check="relu_backward", points=None),)).final == 1.5


def test_a_correction_of_a_check_that_is_gone_counts_nothing() -> None:
    result = make_graded("s1").result
    assert standing(result, (correction(check="removed", points=9.0),)).final == 4.0


def test_nobody_ends_below_zero() -> None:
    result = dataclasses.replace(make_graded("s1").result, lateness=Lateness(seconds=9, penalty=99.0))
    assert standing(result, ()).final == 0.0
