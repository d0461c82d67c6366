"""The result of a submission, as a line of the gradebook and as a text for its student."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tinynet._internal.replacing import replacing
from tinynet.classroom.marking import NOTHING_RIGHT, Mark

BOOK = "gradebook.csv"


@dataclass(frozen=True)
class Graded:
    """The result of one student's submission."""

    student: str
    marks: list[Mark]
    printed: str = ""
    note: str = field(default="")

    @property
    def points(self) -> dict[str, int]:
        """The points earned, by task."""
        return _by_task(self.marks, "earned")

    @property
    def maximum(self) -> dict[str, int]:
        """The points of the reference, by task, whatever came back."""
        return _by_task(self.marks, "points")


def gradebook(graded: Sequence[Graded], path: Path) -> None:
    """Write a line per student: points by task, their sum, the maximum, and a note."""
    tasks = list(graded[0].maximum)
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(["student", *tasks, "points", "maximum", "note"])
    for one in graded:
        points, maximum = one.points, one.maximum
        cells = [points[task] for task in tasks]
        rows.writerow(
            [_cell(one.student), *cells, sum(cells), sum(maximum.values()), _cell(one.note)]
        )
    with replacing(path) as out:
        out.write(text.getvalue().encode())


def report(one: Graded, title: str, tasks: Mapping[str, str]) -> str:
    """Write what a student is told."""
    points, maximum = one.points, one.maximum
    lines = [title, f"{one.student}: {sum(points.values())} of {sum(maximum.values())} points"]
    lines += [one.note] if one.note else []
    told = {one.note, NOTHING_RIGHT}
    for task, what in tasks.items():
        lines += ["", f"Task {task}: {what}: {points[task]} of {maximum[task]}"]
        for mark in one.marks:
            if mark.task == task:
                state = "passed" if mark.earned == mark.points else "failed"
                lines.append(f"  {state}  {mark.earned} of {mark.points}  {mark.test}")
                if mark.said and mark.said not in told:
                    lines += [f"          {line}" for line in mark.said.splitlines()]
                told.add(mark.said)
    if one.printed:
        lines += ["", "It printed:", one.printed]
    return "\n".join(lines) + "\n"


def _by_task(found: Sequence[Mark], what: str) -> dict[str, int]:
    tasks = dict.fromkeys((mark.task for mark in found), 0)
    for mark in found:
        tasks[mark.task] += getattr(mark, what)
    return tasks


def _cell(text: str) -> str:
    """Return text that a spreadsheet does not take for a formula."""
    return "'" + text if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
