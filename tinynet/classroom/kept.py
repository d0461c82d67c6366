"""Results that are kept beside the gradebook, so that only what changed is run again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tinynet._internal.replacing import write_json
from tinynet._internal.versions import versions
from tinynet.classroom.assignments import Assignment
from tinynet.classroom.marking import Mark
from tinynet.classroom.reports import BOOK, Graded

RESULTS = "results"
ABOUT = "about.json"


def about(assignment: Assignment) -> list:
    """Return what all results of an assignment depend on."""
    return [assignment.name, assignment.title, assignment.solution, assignment.calls, versions()]


def digest(*parts: Any) -> str:
    """Return the hash of what a result depends on."""
    return hashlib.sha256("\n".join(map(repr, parts)).encode()).hexdigest()


def is_of(out: Path, assignment: Assignment, *, overwrite: bool) -> None:
    """Refuse a folder whose results are of something else.

    Raises
    ------
    FileExistsError
        There is a gradebook of another assignment, or one that nothing is known of.
    """
    path = out / ABOUT
    if overwrite or (not (out / BOOK).exists() and not path.exists()):
        return
    of = json.loads(path.read_text(encoding="utf-8"))["assignment"] if path.exists() else "?"
    if of != assignment.name:
        raise FileExistsError(
            f"--out: {out / BOOK} is of the assignment {of}, not of {assignment.name}: give another"
            " folder, or --overwrite"
        )


def begin(out: Path, assignment: Assignment) -> None:
    """Write what the results are of, and by which versions."""
    (out / RESULTS).mkdir(exist_ok=True)
    write_json(out / ABOUT, {"assignment": assignment.name, "versions": versions()})


def keep(out: Path, one: Graded) -> None:
    """Keep a result."""
    write_json(_file(out, one.student), asdict(one))


def read(out: Path) -> dict[str, Graded]:
    """Read all results that are kept; one that cannot be read is run again."""
    found = {}
    for path in sorted((out / RESULTS).glob("*.json")):
        try:
            one = _graded(json.loads(path.read_text(encoding="utf-8")))
        except (KeyError, TypeError, ValueError):
            continue
        found[one.student] = one
    return found


def forget(out: Path, students: Mapping[str, Any]) -> None:
    """Remove the results of all but these students."""
    names = {_file(out, student).name for student in students}
    for path in (out / RESULTS).glob("*.json"):
        if path.name not in names:
            path.unlink()


def _file(out: Path, student: str) -> Path:
    return out / RESULTS / f"{student}.json"


def _graded(record: dict) -> Graded:
    marks = [Mark(**mark) for mark in record.pop("marks")]
    return Graded(**record | {"marks": marks})
