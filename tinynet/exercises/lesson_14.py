"""The exercises of lesson 14, the race."""

import numpy as np

from tinynet.exercises.kinds import Code, Explain, Number
from tinynet.studies import race

EARLY, LATE = 48.1, 43.1  # test error in % after 1 and 2 million images
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


def _images(find=_first_below):
    curve = race.kept("shapeset", "long")["tanh_n"]
    return 10 * find(curve["updates"], curve["test_error"], 0.5)


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
            'curve = studies.race.kept("shapeset", "long")["tanh_n"]; see curve["updates"].',
            "An error of 50 % is 0.5 there, and an update is 10 images.",
        ),
        solution="""
curve = studies.race.kept("shapeset", "long")["tanh_n"]
first_below(curve["updates"], curve["test_error"], 0.5) gives 75,000 updates of 10 images.
The next look, after a million images, finds 51.0 % again: single looks move by a point or two.
750,000
""",
        wrong={
            "from there on it stays below. It was below before.": (
                lambda right: _images(_below_from_there_on)
            ),
            "those are updates, of 10 images each.": lambda right: right / 10,
            "that look finds 53.2 %: it is above.": 500_000,
        },
    ),
    "14.3": Number(
        right=lambda: LATE * (LATE / EARLY) ** DOUBLINGS,
        hints=(
            "By what does a doubling multiply the error? And how many doublings are 2 to 25?",
            "A doubling multiplies it by 43.1 / 48.1; there are log2(25 / 2) of them.",
        ),
        solution="""
A doubling multiplies the error by 43.1 / 48.1 = 0.896.
From 2 to 25 million there are log2(12.5) = 3.64 doublings, and 0.896^3.64 = 0.670.
The lesson prints 29.8, a little worse than the rule says. The paper's curve is at 16 % there.
43.1 * 0.670 = 28.9
""",
        wrong={
            "that is a straight line, by 5 % each million: it is below 0 soon.": (
                LATE - 23 * (EARLY - LATE)
            ),
            "that multiplies at each million images, and not at each doubling.": (
                LATE * (LATE / EARLY) ** 23
            ),
            "that counts the doublings from 1 million, but begins at 43.1.": (
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
