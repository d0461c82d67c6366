"""Points for what came back from each call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tinynet.classroom.assignments import Case
from tinynet.exercises.comparing import tolerance, wrong

NOTHING_RIGHT = "no test of this task was passed"
UNTOUCHED = "leaves its arguments as they were"
Arrays = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Reply:
    """What came back from a call: results and its arguments afterwards, or what went wrong."""

    results: Arrays | None = None
    arguments: Arrays | None = None
    error: str = ""
    loaded: bool = True  # or the file failed before any call


@dataclass(frozen=True)
class Mark:
    """The points for one test, and what to say about it."""

    task: str
    test: str
    points: int
    earned: int
    said: str = ""


def marks(
    cases: Sequence[Case], replies: Sequence[Reply], expected: Sequence[Arrays]
) -> list[Mark]:
    """Mark each case; and give each task one point if none of its cases changed an argument.

    That point needs something right in the task, because a stub changes nothing either.
    """
    found: list[Mark] = []
    for task in dict.fromkeys(case.task for case in cases):
        own = [k for k, case in enumerate(cases) if case.task == task]
        of_task = [_mark(cases[k], replies[k], expected[k]) for k in own]
        said = next(filter(None, (_changed(cases[k], replies[k]) for k in own)), "")
        if not any(mark.earned for mark in of_task):
            said = said or NOTHING_RIGHT
        found += [*of_task, Mark(task, UNTOUCHED, 1, 0 if said else 1, said)]
    return found


def _mark(case: Case, reply: Reply, expected: Arrays) -> Mark:
    said: str | None = reply.error
    if reply.results is not None:
        said = wrong(reply.results, expected, case.within, case.arrays.values())
    if not said:
        return Mark(case.task, case.name, case.points, case.points)
    if not reply.loaded:
        return Mark(case.task, case.name, case.points, 0, said)
    return Mark(case.task, case.name, case.points, 0, f"{said}\n{_tried(case, expected)}")


def _tried(case: Case, expected: Arrays) -> str:
    """Say what the code was called with, and how near its answer must be."""
    given = ", ".join(
        f"{name} {array.dtype} {array.shape}" if array.ndim else f"{name} = {array}"
        for name, array in case.arrays.items()
    )
    if all(array.dtype.kind != "f" for array in expected.values()):
        return f"tried with {given}"
    stated = tolerance(*expected.values(), *case.arrays.values())
    allowed = stated if case.within is None else case.within
    return f"tried with {given}; allowed: {allowed:g} of the largest number"


def _changed(case: Case, reply: Reply) -> str:
    """Say which argument a call changed, if any."""
    for name, after in (reply.arguments or {}).items():
        before = case.arrays.get(name)
        if before is not None and _all_of(after) != _all_of(before):
            return f"{name} was changed in place, in the test {case.name!r}: work on a copy"
    return ""


def _all_of(array: np.ndarray) -> tuple:
    """Return all that an array is, for arrays with NaN or that NumPy cannot compare."""
    return array.dtype, array.shape, array.tobytes()
