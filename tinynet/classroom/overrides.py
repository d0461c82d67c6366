"""What the instructor decides: points or a comment, kept in a file through every regrade."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tinynet.classroom.roster import read_rows

OVERRIDES = "overrides.csv"
COLUMNS = ["student", "task", "points", "comment"]


@dataclass(frozen=True)
class Override:
    """A line of the file; without points it is a comment."""

    student: str
    task: str
    points: int | None
    comment: str


def read(path: Path, maximum: Mapping[str, int]) -> list[Override]:
    """Read the file, if it is there; ``maximum`` are the points of each task.

    Raises
    ------
    ValueError
        A line names no task of the assignment, or points that it does not have.
    """
    if not path.is_file():
        return []
    head, rows = read_rows(path)
    if not {"student", "task"} <= set(re.split("[,;\t]", head)):
        raise ValueError(f"{path}: expected the columns {', '.join(COLUMNS)}, got {head[:100]!r}")
    found = []
    for number, row in enumerate(rows, 2):
        student, task, points, comment = (row.get(name, "").strip() for name in COLUMNS)
        where = f"{path}, line {number}: "
        if not any((student, task, points, comment)):
            continue
        if task not in maximum and (task or points):
            raise ValueError(f"{where}expected a task of {', '.join(maximum)}, got {task!r}")
        if points and not (points.isascii() and points.isdigit() and int(points) <= maximum[task]):
            raise ValueError(
                f"{where}expected points from 0 to {maximum[task]} for task {task}, got {points!r}"
            )
        if not points and not comment:
            raise ValueError(f"{where}expected points or a comment, got neither")
        found.append(Override(student, task, int(points) if points else None, comment))
    _once(path, found)
    return found


def _once(path: Path, found: Iterable[Override]) -> None:
    seen = set()
    for one in found:
        if one.points is not None and (one.student, one.task) in seen:
            raise ValueError(f"{path}: {one.student} has points for task {one.task} twice")
        seen.add((one.student, one.task))
