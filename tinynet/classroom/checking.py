"""The public tests, run on a student's file: what ``assignment check`` prints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from tinynet.classroom import handout
from tinynet.classroom.assignments import module
from tinynet.classroom.marking import NOTHING_RIGHT, Mark, marks
from tinynet.classroom.processes import adopting
from tinynet.classroom.running import LIMITS, run
from tinynet.classroom.submissions import text_of
from tinynet.exercises.comparing import TOLERANCES

NEAR = " and ".join(f"{allowed:g} for {dtype}" for dtype, allowed in TOLERANCES.items())


def check(file: Path) -> tuple[bool, list[str]]:
    """Run the public tests on a file beside the handout's; return whether it earns all points.

    The second result is what to print: a line for each task, and what came back where it was wrong.

    Raises
    ------
    FileNotFoundError, IsADirectoryError, ValueError
        There is nothing to check.
    """
    if file.is_dir():
        raise IsADirectoryError(f"file: {file} is a folder: name the file in it")
    if not file.is_file():
        raise FileNotFoundError(f"file: {file} is not there")
    given = handout.read(file.resolve().parent)
    if file.name in ("tests.py", f"test_{given.file}") or file.suffix != ".py":
        raise ValueError(f"file: expected yours, {given.file}, got {file.name}")
    try:
        source = text_of(file.read_bytes())
    except (SyntaxError, UnicodeError) as error:
        raise ValueError(f"{file}: cannot be read as Python reads it: {error}") from None
    with adopting():
        replies, printed = run(given.file, source, given.tests, given.cases, LIMITS)
    found = marks(given.cases, replies, given.expected, module("tests", given.tests))
    lines = [given.title]
    told = {NOTHING_RIGHT}
    if not replies[0].loaded:
        told.add(replies[0].error)
        lines += ["", replies[0].error]
    for task, what in given.tasks.items():
        lines += _of_task(task, what, [mark for mark in found if mark.task == task], told)
    if printed:
        lines += ["", "It printed:", printed]
    earned, points = sum(mark.earned for mark in found), sum(mark.points for mark in found)
    lines += [
        "",
        f"{earned} of {points} points. The graded tests are of the same kind, with other numbers.",
        f"Right is what differs by at most this share of an array's largest number: {NEAR}"
        " arguments.",
    ]
    return earned == points, lines


def _of_task(task: str, what: str, found: Sequence[Mark], told: set[str]) -> Iterator[str]:
    """Write a line for a task, and what is said of its tests, unless it was told before."""
    earned, points = sum(mark.earned for mark in found), sum(mark.points for mark in found)
    begun = any(mark.earned or "NotImplementedError" not in mark.said for mark in found[:-1])
    yield ""
    yield f"Task {task}: {what}: {earned} of {points}{'' if begun else ', not begun'}"
    for mark in found if begun else ():
        if mark.said and mark.said not in told:
            yield f"  {mark.test}:"
            yield from (f"    {line}" for line in mark.said.splitlines())
            told.add(mark.said)
