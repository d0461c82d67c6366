"""The exercises of lesson 14, the race."""

import numpy as np

from tinynet.exercises.kinds import Code, Explain, Number
from tinynet.studies import race

EARLY, LATE = 46.8, 38.8  # test error in % after 1 and 2 million images
DOUBLINGS = np.log2(25 / 2)  # from 2 to 25 million


def _curve(rng):
    """Draw a curve that is below the limit, above it once more, and below at the end."""
    n = int(rng.integers(12, 20))
    errors = np.linspace(0.9, 0.3, n) + rng.uniform(-0.02, 0.02, n)
    errors[n // 2], errors[n // 2 + 1] = 0.5, 0.6
    return {"updates": 100 * np.cumsum(rng.integers(2, 20, n)), "errors": errors, "limit": 0.55}


def _first_below(updates, errors, limit):
    return next(k for k, error in zip(updates, errors, strict=True) if error < limit)


def _below_from_there_on(updates, errors, limit):
    return updates[np.flatnonzero(np.asarray(errors) >= limit)[-1] + 1]


def _images():
    curve = race.kept("shapeset")["tanh_n"]
    return 10 * _first_below(curve["updates"], curve["test_error"], 0.5)


EXERCISES = {
    "14.1": Code(
        right=_first_below,
        draw=_curve,
        gives=("update",),
        hints=(
            "Go through updates and errors side by side, and stop at the first that is below.",
            "for k, error in zip(updates, errors): if the error is below the limit, return k.",
        ),
        solution="""
def first_below(updates, errors, limit):
    for k, error in zip(updates, errors):
        if error < limit:
            return k
""",
        wrong={
            "that is the error. The update is asked for.": lambda updates, errors, limit: next(
                error for error in errors if error < limit
            ),
            "that is the place in the list. The update there is asked for.": (
                lambda updates, errors, limit: int(np.argmax(errors < limit))
            ),
            "from there on the curve stays below. It was below before.": _below_from_there_on,
            "that is the last update before it is below.": lambda updates, errors, limit: updates[
                np.argmax(errors < limit) - 1
            ],
        },
    ),
    "14.2": Number(
        right=_images,
        hints=(
            'curve = studies.race.kept("shapeset")["tanh_n"]; then curve["updates"] is a list.',
            "An error of 50 % is 0.5 there, and an update is 10 images.",
        ),
        solution="""
curve = studies.race.kept("shapeset")["tanh_n"]
first_below(curve["updates"], curve["test_error"], 0.5) gives 80,000 updates of 10 images.
Where the table prints 50.0, after 700,000 images, the error is 50.02 %: rounded, and not below.
800,000
""",
        wrong={
            "there the table prints 50.0, but that is rounded: the error is not below 50 %.": (
                700_000
            ),
            "those are updates, of 10 images each.": lambda right: right / 10,
            "that is where the paper's is read off next. Ours was below before.": 1_000_000,
        },
    ),
    "14.3": Number(
        right=lambda: LATE * (LATE / EARLY) ** DOUBLINGS,
        hints=(
            "By what does a doubling multiply the error? And how many doublings are 2 to 25?",
            "A doubling multiplies it by 38.8 / 46.8; there are log2(25 / 2) of them.",
        ),
        solution="""
A doubling multiplies the error by 38.8 / 46.8 = 0.829.
From 2 to 25 million there are log2(12.5) = 3.64 doublings, and 0.829^3.64 = 0.505.
The paper's curve is at 16 % there: it falls faster than that, or its rate is better than ours.
38.8 * 0.505 = 19.6
""",
        wrong={
            "that is a straight line, by 8 % each million: it is below 0 soon.": (
                LATE - 23 * (EARLY - LATE)
            ),
            "that multiplies at each million images, and not at each doubling.": (
                LATE * (LATE / EARLY) ** 23
            ),
            "that counts the doublings from 1 million, but begins at 38.8.": (
                LATE * (LATE / EARLY) ** np.log2(25)
            ),
            "that has one doubling.": LATE**2 / EARLY,
        },
    ),
    "14.4": Explain(
        solution="""
I would go on with every rate until its cost has left the chance level, or to the end, and only then
choose. Three whole runs are twice the updates of three trials of a quarter, the best of which goes
on: 3 against 1.5 runs.
""",
        hints=(
            "What does a validation cost tell while every rate is still at chance?",
            "By the rules: three trials of a quarter of the updates, and one goes on to the end.",
        ),
        says=(
            "that a trial must be long enough to leave the chance level?",
            "what that costs, in updates or hours?",
        ),
    ),
}
