"""`mutants.toml`: the mutants that no check needs to catch, each with the author's reason."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from grader.errors import AssignmentError

FILE = "mutants.toml"


class Survivor(BaseModel):
    """A mutant that may keep all its points."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    mutant: Annotated[str, Field(min_length=1)]
    reason: Annotated[str, Field(min_length=1)]
    equivalent: bool = True  # False: it is wrong, and not worth a check


class _Accepted(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    survivor: tuple[Survivor, ...] = ()


def read_accepted(folder: Path) -> dict[str, Survivor]:
    """The survivors that an assignment's author has explained, by mutant; none without the file."""
    path = folder / FILE
    if not path.is_file():
        return {}
    try:
        accepted = _Accepted.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise AssignmentError(f"{path} is not TOML: {error}", "mend the line that it names") from None
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        raise AssignmentError(
            f"{path}: {key}: {first['msg']}", "write [[survivor]] with mutant, reason and equivalent"
        ) from None
    return {s.mutant: s for s in accepted.survivor}
