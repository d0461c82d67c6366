"""Checking a student's answer at the end of a lesson."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from tinynet._internal import checks
from tinynet.exercises.stopping import in_one_line

sys.excepthook = in_one_line(sys.excepthook)  # a lesson imports this before anything takes long


def check(exercise: str, answer: Any, right: Any, *, within: float = 0.01) -> bool:
    """Print whether an answer is right: None is no answer yet.

    Parameters
    ----------
    exercise : str
        Which one, such as "1.2".
    answer, right : number, text or array
        The student's answer, and the right one.
    within : float, optional
        How far a number may be from the right one, as a share of the largest right one.

    Returns
    -------
    bool
        Whether it is right.
    """
    checks.text("exercise", exercise)
    within = checks.not_negative("within", within, most=1)
    if not isinstance(right, str):
        checks.numbers("right", right)
    if answer is None:
        print(f"Exercise {exercise}: no answer yet. Put it where the None is, and run this again.")
        return False
    if isinstance(right, str):
        good = str(answer).strip().lower() == right.lower()
    else:
        wanted = np.asarray(right, dtype=float)
        try:
            given = checks.numbers("answer", answer)
        except (TypeError, ValueError):
            got = checks.describe(answer)
            print(f"Exercise {exercise}: expected a number or numbers, got {got}.")
            return False
        if given.shape != wanted.shape:
            what = f"numbers of shape {wanted.shape}" if wanted.shape else "a single number"
            print(f"Exercise {exercise}: expected {what}, got shape {given.shape}.")
            return False
        # Asked with <=, because a NaN in an answer must not pass.
        good = bool((np.abs(given - wanted) <= within * np.abs(wanted).max()).all())
    if good:
        print(f"Exercise {exercise}: right.")
    else:
        margin = "" if isinstance(right, str) else f" (within {100 * within:g}% counts as right)"
        print(f"Exercise {exercise}: not yet; you gave {answer}{margin}.")
    return good
