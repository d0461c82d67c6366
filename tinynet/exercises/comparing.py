"""Whether an answer is right; if not, say what came back, but not what is right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

# Shares of an array's largest number: rounding depends on the order of sums, mistakes are larger.
TOLERANCES = {"float64": 1e-10, "float32": 1e-4}
SHOWN = 500  # characters, of one array
FEW = 4  # numbers


def wrong(
    got: Mapping[str, np.ndarray],
    expected: Mapping[str, np.ndarray],
    within: float | None = None,
    given: Iterable[np.ndarray] = (),
) -> str | None:
    """Say what is wrong with the first array that is wrong; return None if all are right.

    Numbers may differ by a share of the array's largest: ``within``, or by default 1e-10, and
    1e-4 if what is right or an array that was ``given`` is float32. What came back does not count:
    a rough answer becomes no better by being cast to float32.
    """
    for name, right in expected.items():
        if name not in got:
            return f"{name}: nothing came back"
        array = np.asarray(got[name])
        allowed = tolerance(right, *given) if within is None else within
        found = _wrong(array, right, allowed, {len(a) for a in given if a.ndim > 1})
        if found is not None:
            return f"{name}: {found}"[:SHOWN]
    more = [name for name in got if name not in expected]
    return f"{more[0]}: came back but was not asked for"[:SHOWN] if more else None


def tolerance(*arrays: np.ndarray) -> float:
    """Return the largest tolerance that the dtypes of the arrays allow."""
    return max(TOLERANCES.get(array.dtype.name, 1e-10) for array in arrays)


def _wrong(got: np.ndarray, right: np.ndarray, allowed: float, rows: set[int]) -> str | None:
    """Say what is wrong with an array, where arguments had so many rows; None if it is right."""
    if got.shape != right.shape:
        turned = got.shape == right.shape[::-1]
        hint = ": is it transposed?" if turned else ""
        return f"expected shape {right.shape}, got {got.shape}{hint}"
    if right.dtype.kind not in "fiu":
        if got.dtype.kind not in "biufcU":  # NumPy cannot compare everything
            return f"expected {right.dtype}, got {got.dtype}"
        return None if np.array_equal(got, right) else f"is not right: {_few(got)}"
    if got.dtype.kind not in "fiub" or got.dtype.itemsize not in (1, 4, 8):
        return f"expected float64 or float32, got {got.dtype}"
    if not np.isfinite(got).all():
        where = _first(~np.isfinite(got))
        at = f" at {list(where)}" if where else ""
        return f"expected finite numbers, got {got[where]}{at}"
    largest = np.abs(right).max(initial=0)
    with np.errstate(over="ignore"):  # infinitely far off is not right
        bad = np.abs(got.astype(float) - right.astype(float)) > allowed * largest
    if not bad.any():
        return None
    if got.ndim == 0:
        return f"is not right: got {got}"
    known = _looks(got.astype(float), right.astype(float), allowed, rows)
    if known:
        return known
    first = _first(bad)
    shown = _few(got) if got.ndim < 3 else f"{got[first]:.4g}"
    told = f"the first at {list(first)}: got {shown}"
    return f"{bad.sum()} of {bad.size} numbers are not right, {told}"


def _looks(got: np.ndarray, right: np.ndarray, allowed: float, rows: set[int]) -> str:
    """Say what a wrong array looks like, if it looks like anything known.

    An array of few numbers, or of one number repeated, could look like it by chance, and the factor
    would give the right one away.
    """
    if right.size < FEW or np.ptp(right) == 0:
        return ""

    def same(other: np.ndarray) -> bool:
        return bool((np.abs(got - other) <= 2 * allowed * np.abs(other).max()).all())

    if right.ndim == 2 and right.shape == right.T.shape and same(right.T):
        return "is the transposed"
    if same(-right):
        return "has the other sign"
    factor = float((got * right).sum() / (right**2).sum())
    if factor == 0 or not same(factor * right):
        return ""
    size = max(abs(factor), 1 / abs(factor))
    hint = ": the mean over the batch?" if any(np.isclose(size, m) for m in rows - {1}) else ""
    written = f"{'-' if factor < 0 else ''}{'1/' if abs(factor) < 1 else ''}{size:.4g}"
    return f"differs by the factor {written}{hint}"


def _first(mask: np.ndarray) -> tuple[int, ...]:
    """Return where the first True is."""
    return tuple(int(k) for k in np.argwhere(mask)[0])


def _few(array: np.ndarray) -> str:
    """Write an array, shortened, on one line."""
    text = np.array2string(array, precision=4, threshold=12, edgeitems=2, separator=", ")
    return " ".join(text.split())
