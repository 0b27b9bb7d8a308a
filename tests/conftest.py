"""Options of the whole test suite."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Golden files are rewritten on demand; their difference is for a person to look at."""
    parser.addoption(
        "--update-golden", action="store_true", help="rewrite golden files from what the code gives"
    )
