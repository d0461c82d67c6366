"""Points for what came back from each call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

import numpy as np

from tinynet.classroom.assignments import Case, hook
from tinynet.classroom.replies import Arrays, Reply
from tinynet.exercises.comparing import SHOWN, tolerance, wrong

NOTHING_RIGHT = "no test of this task was passed"
UNTOUCHED = "leaves its arguments as they were"


@dataclass(frozen=True)
class Mark:
    """The points for one test, and what to say about it."""

    task: str
    test: str
    points: int
    earned: int
    said: str = ""


def marks(
    cases: Sequence[Case],
    replies: Sequence[Reply],
    expected: Sequence[Arrays],
    tests: ModuleType | None = None,
    *,
    hidden: bool = False,
) -> list[Mark]:
    """Mark each case; and give each task one point if none of its cases changed an argument.

    That point needs something right in the task, because a stub changes nothing either. What could
    be guessed is told one by one only where the cases are public, not where they are ``hidden``.
    """
    found: list[Mark] = []
    for task in dict.fromkeys(case.task for case in cases):
        own = [k for k, case in enumerate(cases) if case.task == task]
        judged, parts = hook(tests, "wrong", task), hook(tests, "parts", task) or ("",)
        of_task = [
            mark for k in own for mark in _parts(cases[k], replies[k], expected[k], judged, parts)
        ]
        said = next(filter(None, (_changed(cases[k], replies[k]) for k in own)), "")
        if hidden and can_be_guessed([expected[k] for k in own]):
            of_task = [_together(of_task, [replies[k] for k in own], [expected[k] for k in own])]
        if not any(mark.earned for mark in of_task):
            said = said or NOTHING_RIGHT
        found += [*of_task, Mark(task, UNTOUCHED, 1, 0 if said else 1, said)]
    return found


def can_be_guessed(expected: Sequence[Arrays]) -> bool:
    """Tell whether a task asks for nothing but words, truth values and whole numbers."""
    arrays = [array for results in expected for array in results.values()]
    return bool(arrays) and all(array.dtype.kind not in "fc" for array in arrays)


def _together(found: Sequence[Mark], replies: Sequence[Reply], expected: Sequence[Arrays]) -> Mark:
    """Mark all cases of a task as one, so that nobody learns which of them are right.

    What the best constant answer gets is worth nothing.
    """
    points, right = (sum(getattr(mark, what) for mark in found) for what in ("points", "earned"))
    constants: Counter[str] = Counter()
    for mark, results in zip(found, expected, strict=True):
        constants[repr({name: array.tolist() for name, array in results.items()})] += mark.points
    guessed = max(constants.values())
    earned = points * max(0, right - guessed) // max(1, points - guessed)
    if not replies[0].loaded:
        said = replies[0].error
    else:
        passed = sum(mark.earned == mark.points for mark in found)
        errors = dict.fromkeys(reply.error for reply in replies if reply.error)
        said = "\n".join([f"{passed} of {len(found)} right", *errors])
    test = f"all {len(found)} tests, counted together"
    return Mark(found[0].task, test, points, earned, "" if earned == points else said)


def _parts(
    case: Case, reply: Reply, expected: Arrays, judged: Any, parts: Sequence[str]
) -> Iterator[Mark]:
    """Mark a case; in several parts, if arrays with some names earn points by themselves."""
    for part in parts:
        name = f"{case.name}, {part}" if part else case.name
        one = replace(case, name=name, points=case.points // len(parts))
        mine, right = _named(reply.results, part), _named(expected, part)
        yield _mark(one, replace(reply, results=mine), right or {}, judged)


def _named(arrays: Arrays | None, part: str) -> Arrays | None:
    """Return the arrays of a part: dW0, dW1, and how many dW there are."""
    if arrays is None or not part:
        return arrays
    return {
        name: array
        for name, array in arrays.items()
        if name.removeprefix("how many ").rstrip("0123456789") == part
    }


def _mark(case: Case, reply: Reply, expected: Arrays, judged: Any) -> Mark:
    said: str | None = reply.error
    if reply.results is not None and callable(judged):
        try:
            said = str(judged(case.arrays, reply.results) or "")[:SHOWN]
        except Exception as error:  # of a student's arrays, which may be anything
            said = f"is not what was asked for: {error}"[:SHOWN]
    elif reply.results is not None:
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
