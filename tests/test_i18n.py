"""Two languages: nothing is left untranslated, nothing is lost in translation."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from grader.i18n import LANGUAGES, language
from tests.pages import catalogue

PLACEHOLDER = re.compile(r"\{\w*\}|%\(\w+\)s|</?\w[^>]*>|`[^`]*`")


@pytest.mark.parametrize("code", [c for c in LANGUAGES if c != "en"])
def test_every_sentence_of_ours_is_translated(code: str) -> None:
    there = language(code)
    missing = [
        f"{where}: {sentence}"
        for sentence, where in catalogue.sentences().items()
        if where.startswith("grader/")
        and (sentence not in there.single if isinstance(sentence, str) else sentence not in there.plural)
    ]

    assert missing == [], "run `python -m tests.pages.catalogue` and fill the empty ones in"


@pytest.mark.parametrize("code", [c for c in LANGUAGES if c != "en"])
def test_translations_keep_placeholders_code_and_markup(code: str) -> None:
    there = language(code)
    pairs = list(there.single.items())
    for (one, many), (first, *_, last) in there.plural.items():
        pairs += [(one, first), (many, last)]

    lost = [
        (english, said)
        for english, said in pairs
        if sorted(PLACEHOLDER.findall(english.replace("<kbd>Enter</kbd>", "").replace("<kbd>Esc</kbd>", "")))
        != sorted(PLACEHOLDER.findall(re.sub(r"<kbd>(Entrée|Échap)</kbd>", "", said)))
    ]

    assert lost == []


def test_numbers_and_dates_are_written_as_the_language_does() -> None:
    due = datetime(2026, 12, 6, 22, 59, tzinfo=UTC)

    assert language("en").number(1234.5) == "1,234.5"
    assert language("fr").number(14.25) == "14,25"
    assert language("en").date(due, "Europe/Paris") == "6 December 2026, 23:59 (Paris)"
    assert language("fr").date(due, "Europe/Paris") == "6 décembre 2026 à 23:59 (Paris)"
    assert language("en").signed(-2) == "−2" and language("en").signed(0.5) == "+0.5"


def test_regions_of_a_language_are_that_language_and_others_english() -> None:
    assert language("fr_CH.UTF-8").code == language("fr-FR").code == "fr"
    assert language("de_DE").code == language("C").code == "en"


def test_none_is_singular_in_french_and_plural_in_english() -> None:
    assert (
        language("fr")
        .ngettext("Applied to {n} student.", "Applied to {n} students.", 0)
        .endswith("étudiant.")
    )
    assert (
        language("en")
        .ngettext("Applied to {n} student.", "Applied to {n} students.", 0)
        .endswith("students.")
    )
