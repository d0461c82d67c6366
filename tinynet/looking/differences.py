"""Two passes side by side: which arrays are the same, and where the others part."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from tinynet.looking.tables import Table, aligned
from tinynet.looking.traces import Trace

HEADER = ("array", "shape", "verdict", "difference", "at", "a", "b")


class Difference(NamedTuple):
    """One line of the table. None: there is nothing to compare, or no difference."""

    array: str
    shape: tuple[int, ...]
    verdict: str  # identical, close, different, only in a, only in b, other shapes
    largest: float | None  # the largest absolute difference; NaN where one of the two is
    at: tuple[int, ...] | None  # where it is, and the two numbers there
    a: float | None
    b: float | None


def compare_traces(a: Trace, b: Trace, *, show: bool = True) -> Table:
    """Print, array by array, whether two passes are the same, and where they differ most.

    Arrays stand in the order in which a pass makes them, so that the first line that is not
    identical is where the two part. *Identical* is to the last bit, dtype and all. *Close* is a
    largest difference of at most sqrt(eps) of the largest entry: 1.5e-8 of it in float64, 3.5e-4
    where one of the two is float32. NaN is the same as NaN.

    Parameters
    ----------
    a, b : Trace
        What :func:`trace` gave, of two networks or at two moments.
    show : bool, optional
        Print the table; without it, ``print`` what is returned.

    Returns
    -------
    Table
        A list of one :class:`Difference` an array.

    Raises
    ------
    TypeError
        One of the two is not a trace.
    """
    for name, value in (("a", a), ("b", b)):
        if not isinstance(value, Trace):
            raise TypeError(f"{name}: expected what tn.trace gives, got {type(value).__name__}")
    ours, theirs = a.named(), b.named()
    # Those that only b has come where b's pass makes them, after the array before.
    names = list(ours)
    before = None
    for name in theirs:
        if name not in ours:
            names.insert(0 if before is None else names.index(before) + 1, name)
        before = name
    rows = [_compare(name, ours.get(name), theirs.get(name)) for name in names]
    close = (
        f"close: the largest difference is at most {_share(np.float64):.1e} of the largest entry"
    )
    legend = f"{close} ({_share(np.float32):.1e} in float32)."
    lines = [HEADER, *(_cells(row) for row in rows)]
    table = Table(rows, "\n".join([*aligned(lines, left=3), _in_all(rows), legend]))
    if show:
        print(table)
    return table


def _in_all(rows: list[Difference]) -> str:
    """How many arrays are alike, and the first that is not."""
    others = [row.array for row in rows if row.verdict not in ("identical", "close")]
    if not others:
        return f"all {len(rows)} arrays are identical or close"
    return f"{len(others)} of {len(rows)} arrays are neither identical nor close, first {others[0]}"


def _share(dtype: type | np.dtype) -> float:
    return math.sqrt(np.finfo(dtype).eps)


def _compare(name: str, a: np.ndarray | None, b: np.ndarray | None) -> Difference:
    if a is None or b is None:
        there = b if a is None else a
        return Difference(name, there.shape, f"only in {'b' if a is None else 'a'}", *[None] * 4)
    if a.shape != b.shape:
        words = f"other shapes: {' x '.join(map(str, b.shape))}"
        return Difference(name, a.shape, words, *[None] * 4)
    same = (a == b) | ((a != a) & (b != b))  # NaN is not equal to itself
    if same.all():
        verdict = "identical" if a.dtype == b.dtype else "close"
        return Difference(name, a.shape, verdict, 0.0, *[None] * 3)
    with np.errstate(all="ignore"):  # infinity minus infinity is among what is the same
        gaps = np.where(same, 0.0, np.abs(np.subtract(a, b, dtype=float)))
        scale = max(np.abs(a).max(), np.abs(b).max())
    at = tuple(int(k) for k in np.unravel_index(np.argmax(gaps), gaps.shape))  # NaN counts most
    share = max((_share(array.dtype) for array in (a, b) if array.dtype.kind == "f"), default=0.0)
    largest = float(gaps[at])
    verdict = "close" if largest <= share * scale else "different"  # False where NaN is
    return Difference(name, a.shape, verdict, largest, at, float(a[at]), float(b[at]))


def _cells(row: Difference) -> list[str]:
    shape = " x ".join(map(str, row.shape))
    if row.at is None:
        return [row.array, shape, row.verdict, *[""] * 4]
    at = ", ".join(map(str, row.at))
    return [
        row.array,
        shape,
        row.verdict,
        f"{row.largest:.1e}",
        f"[{at}]" if at else "",
        f"{row.a:.6g}",
        f"{row.b:.6g}",
    ]
