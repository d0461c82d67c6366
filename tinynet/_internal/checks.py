"""What every argument is checked for, so that the equations elsewhere stand free.

Each function gives back the checked value, or raises an error that names the argument, what
came, and what was expected. ``TypeError``: the wrong kind of thing. ``ValueError``: the right
kind, but not one that can be used.
"""

from __future__ import annotations

import contextlib
import json
import math
import operator
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np


def describe(value: Any) -> str:
    """What came, in a few words: shape and dtype of an array, otherwise its repr, cut short."""
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape} and dtype {value.dtype}"
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def size(name: str, value: Any) -> int:
    """A whole number of at least 1."""
    return whole(name, value, least=1)


def whole(name: str, value: Any, least: int = 0) -> int:
    """A whole number of at least ``least``."""
    if isinstance(value, (bool, np.bool_)) or not hasattr(value, "__index__"):
        raise TypeError(f"{name}: expected a whole number, got {describe(value)}")
    number = operator.index(value)
    if number < least:
        raise ValueError(f"{name}: expected at least {least}, got {number}")
    return number


def moments(name: str, value: Any, last: int) -> Callable[[int], bool]:
    """Whether something is done after k updates: every so many and the last, or those listed."""
    if isinstance(value, (Sequence, np.ndarray)) and not isinstance(value, str):
        return {whole(f"{name}[{k}]", entry) for k, entry in enumerate(value)}.__contains__
    every = size(name, value)
    return lambda k: k % every == 0 or k == last


def index(name: str, value: Any, count: int, of: str) -> int:
    """A position from 0 to count - 1."""
    if isinstance(value, (bool, np.bool_)) or not hasattr(value, "__index__"):
        raise TypeError(f"{name}: expected a whole number or None, got {describe(value)}")
    number = operator.index(value)
    if not 0 <= number < count:
        wanted = f"0 to {count - 1}" if count else "none"
        raise ValueError(f"{name}: expected {wanted} ({count} {of}), got {number}")
    return number


def sizes(name: str, values: Any) -> list[int]:
    """At least two layer sizes: what enters, and what comes out."""
    if isinstance(values, str) or not isinstance(values, (Sequence, np.ndarray)):
        raise TypeError(f"{name}: expected a list such as [1024, 100, 9], got {describe(values)}")
    if len(values) < 2:
        raise ValueError(f"{name}: expected at least two, input and output, got {list(values)}")
    return [size(f"{name}[{k}]", value) for k, value in enumerate(values)]


def sizes_with_hidden(name: str, values: Any) -> list[int]:
    """Layer sizes with one hidden layer or more."""
    numbers = sizes(name, values)
    if len(numbers) < 3:
        raise ValueError(f"{name}: expected a hidden layer between the two, got {numbers}")
    return numbers


def positive(name: str, value: Any) -> float:
    """A positive, finite number, as a Python float (a NumPy scalar would widen float32 arrays)."""
    if type(value) is float and 0 < value < math.inf:
        return value  # the usual case first: this runs at every step
    number = None
    if not isinstance(value, (bool, np.bool_, str)):
        with contextlib.suppress(TypeError, OverflowError):
            number = float(value)
    if number is None:
        raise TypeError(f"{name}: expected a number, got {describe(value)}")
    if not (math.isfinite(number) and number > 0):
        raise ValueError(f"{name}: expected a positive, finite number, got {number}")
    return number


def float_dtype(name: str, value: Any) -> np.dtype:
    """float32 or float64."""
    dtype = None
    if value is not None:  # which np.dtype takes for float64
        with contextlib.suppress(TypeError, ValueError):
            dtype = np.dtype(value)
    if dtype not in (np.float32, np.float64):
        raise TypeError(f"{name}: expected np.float32 or np.float64, got {describe(value)}")
    return dtype


def generator(name: str, value: Any) -> np.random.Generator:
    """A random source: a generator as it is, or a new one from a seed."""
    try:
        return np.random.default_rng(value)
    except (TypeError, ValueError) as error:
        wanted = "a seed or a numpy.random.Generator"
        raise type(error)(f"{name}: expected {wanted}, got {describe(value)}") from None


def path(name: str, value: Any) -> Path:
    """The path of a file or a folder."""
    try:
        return Path(value)
    except TypeError:
        raise TypeError(f"{name}: expected a path, got {describe(value)}") from None


def floats(name: str, value: Any) -> np.ndarray:
    """A plain array of floats."""
    try:
        array = np.asarray(value)
    except ValueError:  # rows of different lengths
        raise ValueError(f"{name}: expected an array, got {describe(value)}") from None
    if array.dtype.kind != "f":
        if array.dtype.kind == "O":  # no array at all: a loss, None, ...
            raise TypeError(f"{name}: expected an array of floats, got {describe(value)}")
        hint = f"; write {name}.astype(float)" if array.dtype.kind in "iub" and array.ndim else ""
        raise TypeError(f"{name}: expected floats, got {describe(array)}{hint}")
    return array


def batch(name: str, value: Any, width: int | None = None, dtype: Any = None) -> np.ndarray:
    """A float array (batch, width) with at least one row, cast to ``dtype``."""
    array = floats(name, value)
    if array.ndim == 2 and array.size and width in (None, array.shape[1]):
        if dtype is None or array.dtype == dtype:
            return array
        with np.errstate(over="ignore"):  # what overflows is infinite then, and seen as such
            return array.astype(dtype)
    wanted = f"(batch, {'units' if width is None else width})"
    if array.ndim != 2:
        hint = "; one example is x[None, :]" if array.ndim == 1 else ""
        raise ValueError(f"{name}: expected a 2-D array {wanted}, got shape {array.shape}{hint}")
    if array.size:
        raise ValueError(f"{name}: expected shape {wanted}, got {array.shape}")
    raise ValueError(f"{name}: expected shape {wanted}, got an empty array {array.shape}")


def finite(name: str, array: np.ndarray) -> np.ndarray:
    """No NaN and no infinity."""
    if not np.isfinite(array).all():
        row, column = np.argwhere(~np.isfinite(array))[0]
        raise ValueError(
            f"{name}: expected finite numbers, got {array[row, column]} at [{row}, {column}]"
            f" in {array.dtype}"
        )
    return array


def rising(name: str, value: Any) -> np.ndarray:
    """Edges of bins: at least two finite numbers, each larger than the one before."""
    array = np.array(value, dtype=float)
    good = array.ndim == 1 and len(array) >= 2 and (np.diff(array) > 0).all()
    if not good or not np.isfinite(array[[0, -1]]).all():
        raise ValueError(
            f"{name}: expected finite numbers, at least two, each larger than the one before,"
            f" got {describe(value)}"
        )
    return array


def gradient(name: str, value: Any, like: np.ndarray | None) -> np.ndarray:
    """The gradient with respect to ``like``, an array of the forward pass: its shape and dtype."""
    if like is None:
        raise ValueError(f"{name}: expected a forward pass before the backward pass, got none")
    return same_shape(name, value, "y", like)


def same_shape(name: str, value: Any, other: str, like: np.ndarray) -> np.ndarray:
    """Floats of the shape of ``like``, which is called ``other``, and cast to its dtype."""
    array = floats(name, value)
    if array.shape != like.shape:
        raise ValueError(f"{name}: expected the shape of {other}, {like.shape}, got {array.shape}")
    return array if array.dtype == like.dtype else array.astype(like.dtype)


def labels(name: str, value: Any, count: int | None, classes: int) -> np.ndarray:
    """Integer labels 0 .. classes - 1, one for each of ``count`` examples."""
    array = np.asarray(value)
    if array.dtype.kind not in "iu":
        hint = "; of one-hot rows: labels.argmax(axis=1)" if array.ndim == 2 else ""
        raise TypeError(f"{name}: expected integers, got {describe(array)}{hint}")
    if array.ndim != 1 or len(array) == 0 or count not in (None, len(array)):
        wanted = "(examples,)" if count is None else f"({count},)"
        raise ValueError(f"{name}: expected shape {wanted}, got {array.shape}")
    low, high = array.min(), array.max()
    if low < 0 or high >= classes:
        raise ValueError(f"{name}: expected 0 to {classes - 1}, got {low} to {high}")
    return array


def as_many(name: str, value: Any, like: np.ndarray) -> np.ndarray:
    """Targets or labels, as many as there are rows in ``like``."""
    array = np.asarray(value)
    if array.ndim == 0 or len(array) != len(like):
        raise ValueError(f"{name}: expected {len(like)}, one an example, got {describe(array)}")
    return array


def keepable(name: str, value: Any) -> dict[str, Any]:
    """A dict by names, of arrays and of what JSON can hold: what a file can keep."""
    if not isinstance(value, dict):
        raise TypeError(f"{name}: expected a dict, got {describe(value)}")
    for key, entry in value.items():
        if not isinstance(key, str):
            raise TypeError(f"{name}: expected names as keys, got {describe(key)}")
        if isinstance(entry, np.ndarray) and not entry.dtype.hasobject:
            continue
        try:
            comes_back = json.loads(json.dumps(entry, allow_nan=False)) == entry
        except (TypeError, ValueError):  # ValueError: NaN, or a list that holds itself
            comes_back = False
        if not comes_back:
            wanted = "an array or what JSON can hold"
            raise TypeError(f"{name}[{key!r}]: expected {wanted}, got {describe(entry)}")
    return value


def elementwise(layer: Any, name: str, value: Any, like: np.ndarray) -> None:
    """What an activation made of an array: one of its shape."""
    if getattr(value, "shape", None) != like.shape:
        raise ValueError(
            f"{type(layer).__name__}.{name}: expected an array of the shape of s, {like.shape},"
            f" got {describe(value)}"
        )


def weights(name: str, value: Any, shape: tuple[int, int]) -> np.ndarray:
    """What an initializer gave: finite floats of the wanted shape."""
    array = floats(name, value)
    if array.shape != shape:
        raise ValueError(f"{name}: expected an array {shape}, got shape {array.shape}")
    return finite(name, array)


def function(name: str, value: Any, example: str) -> Callable:
    """Something that can be called."""
    if not callable(value):
        raise TypeError(f"{name}: expected {example}, got {describe(value)}")
    return value


def defined_in(module: ModuleType) -> dict[str, Callable]:
    """The public functions and classes of a module: a new one there is known at once."""
    return {
        key: entry
        for key, entry in vars(module).items()
        if getattr(entry, "__module__", None) == module.__name__ and not key.startswith("_")
    }


def one_of(name: str, value: Any, module: ModuleType) -> Callable:
    """A function or class of ``module`` by its name in small letters, or any other as it is."""
    if callable(value):
        return value
    known = {key.lower(): entry for key, entry in defined_in(module).items()}
    if not isinstance(value, str) or value not in known:
        kind = ValueError if isinstance(value, str) else TypeError
        listed = ", ".join(repr(key) for key in sorted(known))
        raise kind(
            f"{name}: expected one of {listed}, or your own function (for an activation: class),"
            f" got {describe(value)}"
        )
    return known[value]


def cost_was_computed(cost: float | None) -> None:
    """A loss knows its cost before it is asked for the gradient of it."""
    if cost is None:
        raise ValueError("cost: expected loss.forward(output, targets) before loss.backward()")


def has_methods(name: str, value: Any, methods: Sequence[str], example: str) -> Any:
    """Check that an object, not a class, can do what is asked of it."""
    missing = [m for m in methods if not callable(getattr(value, m, None))]
    if isinstance(value, type) or missing:
        wanted = f"an object with {' and '.join(methods)}, such as {example}"
        raise TypeError(f"{name}: expected {wanted}, got {describe(value)}")
    return value


def knows_chance(loss: Any) -> bool:
    """Tell whether ``loss.chance()`` is the cost of an answer that ignores the input.

    A class that overrides ``forward`` alone inherits a ``chance`` that is that of another cost.
    """
    for cls in type(loss).__mro__:
        if "chance" in vars(cls):
            return loss.chance is not None
        if "forward" in vars(cls):
            return False
    return False
