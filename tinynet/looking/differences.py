"""Two passes side by side: which arrays are the same, and where the others differ."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from tinynet._internal import checks
from tinynet.looking.tables import Table, aligned
from tinynet.looking.traces import Trace

HEADER = ("array", "shape", "verdict", "difference", "at", "a", "b")


class Difference(NamedTuple):
    """One line of the table. None: nothing to compare, or no difference."""

    array: str
    shape: tuple[int, ...]
    verdict: str  # identical, close, different, only in a, only in b, shape in b: ...
    largest: float | None  # the largest absolute difference; NaN where only one of them is NaN
    at: tuple[int, ...] | None  # where it is, and the two numbers there
    a: float | None
    b: float | None


def compare_traces(a: Trace, b: Trace, *, show: bool = True) -> Table:
    """Print, array by array, whether two passes are the same, and where they differ most.

    Arrays are listed in the order in which a pass makes them, so the two begin to differ at the
    first line that is not identical. *Identical*: to the last bit, dtype included. *Close*: the
    largest difference is at most sqrt(eps) times the largest entry, which is 1.5e-8 of it in
    float64 and 3.5e-4 if either is float32. NaN is the same as NaN.

    Parameters
    ----------
    a, b : Trace
        Results of :func:`trace`, from two networks or at two moments.
    show : bool, optional
        Print the table. If False, ``print`` the result to see it.

    Returns
    -------
    Table
        A list with one :class:`Difference` per array.

    Raises
    ------
    TypeError
        Either is not a trace.
    """
    for name, value in (("a", a), ("b", b)):
        if not isinstance(value, Trace):
            got = type(value).__name__
            hint = "write tn.trace(net, x, labels, loss)"
            raise TypeError(f"{name}: expected a Trace, got {got}; {hint}")
    show = checks.flag("show", show)
    ours, theirs = a.named(), b.named()
    # An array that only b has goes where b's pass makes it: after the one before it.
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
    """Say how many arrays are alike, and name the first that is not."""
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
        verdict = f"shape in b: {' x '.join(map(str, b.shape))}"
        return Difference(name, a.shape, verdict, *[None] * 4)
    same = (a == b) | ((a != a) & (b != b))  # NaN is not equal to itself
    if same.all():
        verdict = "identical" if a.dtype == b.dtype else "close"
        return Difference(name, a.shape, verdict, 0.0, *[None] * 3)
    with np.errstate(all="ignore"):  # infinity minus infinity, where both are the same
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
