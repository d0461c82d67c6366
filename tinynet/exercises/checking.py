"""Checking an answer; a hint, and then another; a solution once there was a try."""

from __future__ import annotations

import re
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from tinynet._internal import checks
from tinynet.exercises.kinds import Code, Explain, Number, indented

Exercise = Number | Code | Explain

_tried: set[str] = set()
_hints_given: dict[str, int] = {}


def check(exercise: str, answer: Any) -> bool:
    """Print whether an answer is right: None is no answer yet.

    Parameters
    ----------
    exercise : str
        Which one, such as "1.2".
    answer : number, numbers, text or function
        The student's answer.

    Returns
    -------
    bool
        Whether it is right.

    Raises
    ------
    TypeError, ValueError
        There is no such exercise; the message lists those of the lesson.
    """
    verdict = find(exercise).verdict(answer)
    if verdict.tried:
        _tried.add(exercise)
    print(f"Exercise {exercise}: {verdict.said}")
    return verdict.good


def hint(exercise: str) -> None:
    """Print the first hint; called once more, the second.

    Parameters
    ----------
    exercise : str
        Which one, such as "1.2".

    Raises
    ------
    TypeError, ValueError
        There is no such exercise.
    """
    hints = find(exercise).hints
    given = min(_hints_given.get(exercise, 0), len(hints) - 1)
    _hints_given[exercise] = given + 1
    print(f"Exercise {exercise}, hint {given + 1} of {len(hints)}: {hints[given]}")


def solution(exercise: str) -> None:
    """Print a worked solution, if ``check`` has seen an answer before.

    Parameters
    ----------
    exercise : str
        Which one, such as "1.2".

    Raises
    ------
    TypeError, ValueError
        There is no such exercise.
    """
    found = find(exercise)
    if exercise not in _tried:
        said = f'try first: the solution comes after check("{exercise}", ...) has seen an answer'
        print(f'Exercise {exercise}: {said}. hint("{exercise}") helps.')
        return
    print(f"Exercise {exercise}, a solution:\n{indented(found.solution)}")


def find(exercise: str) -> Exercise:
    """Return an exercise by its name, such as "1.2", or "L1.2" of what came after the paper."""
    name = checks.text("exercise", exercise)
    known = of_lesson(name.split(".")[0])
    if name not in known:
        listed = ", ".join(map(repr, known)) or "lesson and number, such as '1.2'"
        raise ValueError(f"exercise: expected one of {listed}, got {name!r}")
    return known[name]


def of_lesson(lesson: str) -> dict[str, Exercise]:
    """Return the exercises of lesson "1", or "L1", by name; none if there is no such lesson."""
    parts = re.fullmatch(r"(L?)(\d{1,2})", lesson)
    if parts is None:
        return {}
    module = f"tinynet.exercises.{'later' if parts[1] else 'lesson'}_{int(parts[2]):02}"
    return import_module(module).EXERCISES if find_spec(module) else {}
