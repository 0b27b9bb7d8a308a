"""The magic `%check` and the function behind it."""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from IPython.core.error import UsageError
from IPython.core.getipython import get_ipython
from IPython.core.magic_arguments import MagicArgumentParser
from IPython.display import display

from grader.assignment import Assignment, find_assignment, list_assignments, load_assignment, places_to_look
from grader.errors import GraderError, SourceError
from grader.i18n import Language, language
from grader.model import Graded, text
from grader.notebook.display import Note, Shown, differences, summary
from grader.notebook.live import run_live
from grader.notebook.saved import Notebook, find_notebook, from_history, read_notebook, run_fresh
from grader.notebook.selecting import select, with_ancestors

SEED = 0  # of the grading, and of recorded answers


def run_line(line: str) -> None:
    """`%check LINE`."""
    parser = MagicArgumentParser(prog="%check", description="Run the public checks on what is in memory.")
    add = parser.add_argument
    add("names", nargs="*", help="A check, a group or a function; all when left out.")
    add("--fresh", action="store_true", help="Run the notebook from the start, as the grading does.")
    add("--live", action="store_true", help="Look at what is in memory only.")
    add("--tp", help="The assignment, where there are several.")
    add("--lang", help="en or fr")
    add("--file", help="The notebook's file, where it cannot be found.")
    options = vars(parser.parse_args(shlex.split(line)))
    check(*options.pop("names"), **options)


def check(
    *names: str,
    fresh: bool = False,
    live: bool = False,
    tp: str | None = None,
    lang: str | None = None,
    file: str | None = None,
) -> None:
    """Show what the public checks find in this kernel.

    Parameters
    ----------
    names
        Checks, groups or functions of the assignment; all the public checks when left out.
    fresh
        Run the notebook from the start in another process, as the grading does.
    live
        Look at what is in memory only: no comparison with a run from the start.
    tp
        The assignment, where there are several.
    lang
        "en" or "fr".
    file
        The notebook's file, where it cannot be found.
    """
    shell = get_ipython()
    if shell is None:
        raise SourceError("this is not a notebook", "use `grader check FILE` in the terminal")
    tongue = language(lang or os.environ.get("LC_ALL") or os.environ.get("LANG") or "en")
    try:
        _check(shell.user_ns, names, _Wish(fresh, live, tp, file), tongue)
    except GraderError as error:
        raise UsageError(str(error)) from None


@dataclass(frozen=True, slots=True)
class _Wish:
    """How to check."""

    fresh: bool
    live: bool
    tp: str | None
    file: str | None


def _check(user: dict[str, Any], names: tuple[str, ...], wish: _Wish, tongue: Language) -> None:
    here = Path.cwd()
    assignment = _assignment(wish.tp, user, here)
    chosen = select(assignment, names)
    notebook = _notebook(user, wish, here, assignment)
    if wish.fresh:
        source = notebook or from_history(user, assignment.id)
        _show_fresh(run_fresh(assignment, source, seed=SEED), source, assignment, chosen, tongue)
        return
    needed = with_ancestors(assignment.public_card().checks, chosen)
    results = run_live(assignment, user, seed=SEED, only=needed)
    shown = tuple(r for r in results if r.check in chosen)
    heading = text("What is in memory, by the public checks of {tp}:", tp=assignment.id)
    display(Shown(shown, heading, summary(shown, assignment, tongue), tongue))
    if notebook is not None and not wish.live:
        found = {r.check: r for r in run_fresh(assignment, notebook, seed=SEED).result.checks}
        differing = differences(shown, found, tongue)
        if differing:
            words = text(
                "A run of {name}, as it was saved last, from the start gives something else. Save it, "
                "restart the kernel and run all cells.",
                name=notebook.name,
            )
            display(Note(words, differing, tongue))


def _assignment(tp: str | None, user: dict[str, Any], here: Path) -> Assignment:
    """The one named, the only one, or the one that most of the kernel's names belong to."""
    places = places_to_look(os.environ, here)
    if tp is not None:
        return load_assignment(find_assignment(tp, places))
    folders = list_assignments(places)
    if not folders:
        raise SourceError(
            "there is no assignment here", "start Jupyter in the folder that you unpacked, or say --tp FOLDER"
        )
    if len(folders) == 1:
        return load_assignment(folders[0])
    there = [load_assignment(folder) for folder in folders]
    shares = [sum(n in user for n in a.settings.names) / max(1, len(a.settings.names)) for a in there]
    best = max(shares)
    if best == 0 or shares.count(best) > 1:
        known = ", ".join(a.id for a in there)
        raise SourceError(f"there are several assignments here ({known})", "say which one: --tp …")
    return there[shares.index(best)]


def _notebook(user: dict[str, Any], wish: _Wish, here: Path, assignment: Assignment) -> Notebook | None:
    if wish.file is not None:
        path = Path(wish.file)
        if not path.is_file():
            raise SourceError(f"there is no file {path}", "name the notebook: --file …")
        return read_notebook(path)
    found = find_notebook(user, os.environ, here, assignment.settings.files.wanted)
    return read_notebook(found) if found is not None else None


def _show_fresh(
    graded: Graded, notebook: Notebook, assignment: Assignment, chosen: frozenset[str], tongue: Language
) -> None:
    if notebook.is_saved:
        heading = text("{name}, as it was saved last, run from the start:", name=notebook.name)
    else:
        heading = text("The cells that were run in this kernel, run again from the start:")
    if graded.result.message:
        display(Note(graded.result.message, (), tongue))
    shown = tuple(r for r in graded.result.checks if r.check in chosen)
    display(Shown(shown, heading, summary(shown, assignment, tongue), tongue))
