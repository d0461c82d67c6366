"""What a class's results are like, in a few lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from tinynet.classroom.reports import Graded
from tinynet.classroom.submissions import NOTHING


def lines(graded: Sequence[Graded], tasks: Mapping[str, str]) -> Iterator[str]:
    """Write mean, median and quartiles, the share of full marks in each task, and what fails most.

    Who handed in nothing is not counted.
    """
    there = [one for one in graded if not one.note.startswith(NOTHING)]
    if not there:
        return
    totals = np.array([sum(one.points.values()) for one in there])
    low, median, high = np.quantile(totals, [0.25, 0.5, 0.75])
    yield (
        f"points: mean {totals.mean():.1f}, median {median:g}, quartiles {low:g} and {high:g}"
        f" of {sum(there[0].maximum.values())}"
    )
    for task, what in tasks.items():
        full = np.mean([one.points[task] == one.maximum[task] for one in there])
        yield f"    {task}  {100 * full:3.0f} % have full marks: {what}"
    failed = Counter(
        (mark.task, mark.test) for one in there for mark in one.marks if mark.earned < mark.points
    )
    if failed:
        (task, test), count = failed.most_common(1)[0]
        yield f"fails most: task {task}, {test}: {count} of {len(there)}"
