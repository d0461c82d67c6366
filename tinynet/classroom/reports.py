"""The result of a submission, as a line of the gradebook and as a text for its student."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tinynet._internal.replacing import replacing
from tinynet.classroom.marking import NOTHING_RIGHT, Mark
from tinynet.classroom.overrides import Override

BOOK = "gradebook.csv"


@dataclass(frozen=True)
class Graded:
    """The result of one student's submission."""

    student: str
    marks: list[Mark]
    printed: str = ""
    note: str = field(default="")
    id: str = ""
    email: str = ""
    key: str = ""  # the hash of all that the result depends on
    seconds: float = field(default=0.0, compare=False)

    @property
    def points(self) -> dict[str, int]:
        """The points earned, by task."""
        return _by_task(self.marks, "earned")

    @property
    def maximum(self) -> dict[str, int]:
        """The points of the reference, by task, whatever came back."""
        return _by_task(self.marks, "points")


def decided(one: Graded, overrides: Iterable[Override]) -> Graded:
    """Give a student the points that the instructor decided, each as a mark of its own."""
    marks, notes = list(one.marks), [one.note] if one.note else []
    for override in overrides:
        said = f"{override.comment or 'no comment'} (by the instructor)"
        if override.points is not None:
            more = override.points - one.points[override.task]
            marks.append(Mark(override.task, "decided by the instructor", 0, more, said))
            said = f"task {override.task}: {override.points} points: {said}"
        elif override.task:
            marks.append(Mark(override.task, "a comment by the instructor", 0, 0, said))
            said = f"task {override.task}: {said}"
        notes.append(said)
    return replace(one, marks=marks, note="; ".join(notes))


def gradebook(graded: Sequence[Graded], path: Path) -> None:
    """Write a line per student: points by task, their sum, the maximum, and a note."""
    tasks = list(graded[0].maximum)
    known = [name for name in ("id", "email") if any(getattr(one, name) for one in graded)]
    rows = [["student", *known, *tasks, "points", "maximum", "note"]]
    for one in graded:
        points = [one.points[task] for task in tasks]
        texts = [one.student, *(getattr(one, name) for name in known)]
        total = [sum(points), sum(one.maximum.values())]
        rows.append([*map(cell, texts), *map(str, points + total), cell(one.note)])
    write_rows(path, rows)


def write_rows(path: Path, rows: Sequence[Sequence[str]]) -> None:
    """Write a CSV file, whole or not at all."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
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
                why = f" ({NOTHING_RIGHT})" if mark.said == NOTHING_RIGHT else ""
                lines.append(f"  {_state(mark)}  {mark.test}{why}")
                if mark.said and mark.said not in told:
                    lines += [f"          {line}" for line in mark.said.splitlines()]
                told.add(mark.said)
    if one.printed:
        lines += ["", "It printed:", one.printed]
    return "\n".join(lines) + "\n"


def why_nothing(marks: Sequence[Mark], source: str | None) -> str:
    """Say in one line why a file that was run earned nothing; an empty text if it earned points."""
    if source is None or any(mark.earned for mark in marks):
        return ""
    if not source.strip():
        return "the file is empty"
    said = [mark.said for mark in marks if mark.said and mark.said != NOTHING_RIGHT]
    if all("NotImplementedError" in text for text in said):
        return "nothing was begun"
    if any("File too large" in text for text in said):
        return "too much was printed or written"
    if "when the file was loaded" not in said[0]:
        return ""
    lines = [line.strip() for line in said[0].splitlines()[:-1]]
    errors = [line for line in lines if "Error" in line or "Interrupt" in line] or lines[:1]
    places = [line.partition(", in ")[0] for line in lines if ", line " in line]
    where = [f"({places[-1].removeprefix('File ')})"] if places else []
    return " ".join(["it cannot be loaded:", errors[0], *where])[:300]


def cell(text: str) -> str:
    """Return text that a spreadsheet does not take for a formula."""
    return "'" + text if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _state(mark: Mark) -> str:
    if not mark.points:
        return f"{mark.earned:+d}" if mark.earned else "noted"
    state = "passed" if mark.earned == mark.points else "failed"
    return f"{state}  {mark.earned} of {mark.points}"


def _by_task(found: Sequence[Mark], what: str) -> dict[str, int]:
    tasks = dict.fromkeys((mark.task for mark in found), 0)
    for mark in found:
        tasks[mark.task] += getattr(mark, what)
    return tasks
