"""Checks of arguments, which stand here so that the equations elsewhere stand free.

Each function returns the checked value, or raises an error that names the argument, what came,
and what was expected. ``TypeError``: the wrong kind of thing. ``ValueError``: the right kind, but
it cannot be used.
"""

from __future__ import annotations

import contextlib
import json
import math
import operator
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

MOST = 10**9  # of anything that is counted: a larger number is a slip


def describe(value: Any) -> str:
    """Describe a value briefly: shape and dtype of an array, otherwise its repr, cut short."""
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape} and dtype {value.dtype}"
    try:
        text = repr(value)
    except Exception:  # whatever a __repr__ raises; a whole number may have too many digits
        text = f"a {type(value).__name__} that cannot be shown"
    return text if len(text) <= 60 else text[:57] + "..."


def _is_list(value: Any) -> bool:
    """Tell whether a value is a list, a tuple, a range or a 1-D array, not a text."""
    is_array = isinstance(value, np.ndarray) and value.ndim == 1
    return is_array or isinstance(value, Sequence) and not isinstance(value, (str, bytes))


def size(name: str, value: Any) -> int:
    """Check that a value is a whole number of at least 1."""
    return whole(name, value, least=1)


def whole(name: str, value: Any, least: int = 0, most: float = MOST) -> int:
    """Check that a value is a whole number from ``least`` to ``most``."""
    number = _integer(name, value, "a whole number")
    if number < least:
        raise ValueError(f"{name}: expected at least {least}, got {describe(number)}")
    if number > most:
        raise ValueError(f"{name}: expected at most {most:,}, got {describe(number)}")
    return number


def seed(name: str, value: Any) -> int:
    """Check that a value is a whole number of at least 0, however large."""
    return whole(name, value, most=math.inf)


def _integer(name: str, value: Any, wanted: str) -> int:
    """Turn a whole number of Python or NumPy into an int; an array is none."""
    if hasattr(value, "__index__") and not isinstance(value, (bool, np.bool_, np.ndarray)):
        return operator.index(value)
    hint = ""
    if isinstance(value, np.ndarray) and value.size == 1:
        hint = f"; write {name}.item()"
    elif isinstance(value, (float, np.floating)) and value == np.floor(value) < math.inf:
        hint = f"; write int({name})"
    raise TypeError(f"{name}: expected {wanted}, got {describe(value)}{hint}")


def schedule(name: str, value: Any, last: int) -> Callable[[int], bool]:
    """Return a function that tells whether k is due: every so many and the last, or as listed."""
    if _is_list(value):
        return frozenset(whole_numbers(name, value)).__contains__
    every = size(name, value)
    return lambda k: k % every == 0 or k == last


def index(name: str, value: Any, count: int, of: str) -> int:
    """Check that a value is a position from 0 to count - 1."""
    number = _integer(name, value, "a whole number or None")
    if not 0 <= number < count:
        wanted = f"0 to {count - 1}" if count else "none"
        raise ValueError(f"{name}: expected {wanted} ({count} {of}), got {describe(number)}")
    return number


def listed(name: str, values: Any) -> Sequence:
    """Check that a value is a list, a tuple, a range or a 1-D array."""
    if not _is_list(values):
        raise TypeError(f"{name}: expected a list, got {describe(values)}")
    return values


def whole_numbers(name: str, values: Any) -> tuple[int, ...]:
    """Check that values are a list of whole numbers."""
    return tuple(whole(f"{name}[{k}]", value) for k, value in enumerate(listed(name, values)))


def names(
    name: str, values: Any, count: int | None = None, *, known: Iterable[str] | None = None
) -> list[str]:
    """Check that values are a list of strings: one or more, or ``count``, all of them ``known``."""
    if not _is_list(values) or not all(isinstance(entry, str) for entry in values):
        raise TypeError(f"{name}: expected a list of strings, got {describe(values)}")
    if len(values) != count if count is not None else len(values) == 0:
        wanted = "one or more strings" if count is None else f"a list of {count}"
        raise ValueError(f"{name}: expected {wanted}, got {len(values)}")
    if known is not None:
        return [among(f"{name}[{k}]", value, known) for k, value in enumerate(values)]
    return list(values)


def sizes(name: str, values: Any, least: int = 2) -> list[int]:
    """Check that values are layer sizes, at least two: input and output."""
    if not _is_list(values):
        raise TypeError(f"{name}: expected a list such as [1024, 100, 9], got {describe(values)}")
    if len(values) < least:
        wanted = "two, input and output" if least == 2 else f"{least}"
        raise ValueError(f"{name}: expected at least {wanted}, got {describe(list(values))}")
    return [size(f"{name}[{k}]", value) for k, value in enumerate(values)]


def sizes_with_hidden(name: str, values: Any) -> list[int]:
    """Check that values are layer sizes with one hidden layer or more."""
    numbers = sizes(name, values)
    if len(numbers) < 3:
        raise ValueError(f"{name}: expected a hidden layer between the two, got {numbers}")
    return numbers


def positive(name: str, value: Any) -> float:
    """Check for a positive, finite number; a Python float, which does not widen float32 arrays."""
    if type(value) is float and 0 < value < math.inf:
        return value  # the usual case first: this runs at every step
    number = real(name, value)
    if not (math.isfinite(number) and number > 0):
        raise ValueError(f"{name}: expected a positive, finite number, got {number}")
    return number


def positives(name: str, values: Any) -> list[float]:
    """Check for a list of positive, finite numbers, such as learning rates."""
    found = numbers(name, values, [None]).tolist()
    return [positive(f"{name}[{k}]", value) for k, value in enumerate(found)]


def real(name: str, value: Any) -> float:
    """Turn a real number of Python or NumPy into a float; an array is none."""
    others = (bool, np.bool_, str, bytes, np.ndarray, np.complexfloating)
    if not isinstance(value, others):
        with contextlib.suppress(TypeError, ValueError, OverflowError):
            return float(value)
    hint = f"; write {name}.item()" if isinstance(value, np.ndarray) and value.size == 1 else ""
    raise TypeError(f"{name}: expected a number, got {describe(value)}{hint}")


def not_negative(
    name: str, value: Any, most: float = math.inf, *, below: float = math.inf
) -> float:
    """Check that a value is a finite number from 0 to ``most``, or to less than ``below``."""
    number = real(name, value)
    if not (0 <= number <= most and number < below):
        wanted = "of at least 0"
        if most < math.inf:
            wanted = f"from 0 to {most:g}"
        elif below < math.inf:
            wanted = f"from 0 to below {below:g}"
        raise ValueError(f"{name}: expected a finite number {wanted}, got {number:g}")
    return number


def flag(name: str, value: Any) -> bool:
    """Check that a value is True or False."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name}: expected True or False, got {describe(value)}")
    return bool(value)


def text(name: str, value: Any, *, empty: bool = False) -> str:
    """Check that a value is a string; it may be empty only with ``empty``."""
    if not isinstance(value, str):
        raise TypeError(f"{name}: expected a string, got {describe(value)}")
    if not value and not empty:
        raise ValueError(f"{name}: expected a string, got an empty one")
    return value


def file_name(name: str, value: Any) -> str:
    """Check that a string can be the name of a file, without its ending, in any folder."""
    found = text(name, value)
    if (
        found in (".", "..")
        or set(found) & set("/\\\0")
        or len(found.encode(errors="replace")) > 200
    ):
        wanted = "that of a file, without a folder and of at most 200 bytes"
        raise ValueError(f"{name}: expected {wanted}, got {describe(found)}")
    return found


def float_dtype(name: str, value: Any) -> np.dtype:
    """Check that a value is float32 or float64."""
    dtype = None
    if value is not None:  # np.dtype takes None for float64
        with contextlib.suppress(TypeError, ValueError):
            dtype = np.dtype(value)
    if dtype not in (np.float32, np.float64):
        raise TypeError(f"{name}: expected np.float32 or np.float64, got {describe(value)}")
    return dtype


def generator(name: str, value: Any) -> np.random.Generator:
    """Return a generator as it is, or make one from a seed."""
    wanted = "a seed or a numpy.random.Generator"
    no_list = isinstance(value, np.ndarray) and (value.ndim != 1 or value.size == 0)
    if isinstance(value, (bool, np.bool_)) or no_list or isinstance(value, list) and not value:
        raise TypeError(f"{name}: expected {wanted}, got {describe(value)}")
    try:
        return np.random.default_rng(value)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{name}: expected {wanted}, got {describe(value)}") from None


def path(name: str, value: Any) -> Path:
    """Return the path of a file or a folder; a leading ``~`` is the home folder."""
    try:
        found = Path(os.path.expanduser(value))
    except TypeError:
        raise TypeError(f"{name}: expected a path, got {describe(value)}") from None
    if value == "" or "\0" in str(found):
        raise ValueError(f"{name}: expected a path, got {describe(value)}")
    return found


def folder(name: str, value: Any) -> Path:
    """Check that a folder exists."""
    found = path(name, value)
    if not found.is_dir():
        kind = NotADirectoryError if found.exists() else FileNotFoundError
        raise kind(f"{name}: expected an existing folder, got {str(found)!r}")
    return found


def file(name: str, value: Any) -> Path:
    """Check that a file exists."""
    found = path(name, value)
    if found.is_dir():
        raise IsADirectoryError(f"{name}: expected a file, got the folder {str(found)!r}")
    if not found.exists():
        raise FileNotFoundError(f"{name}: expected an existing file, got {str(found)!r}")
    return found


def array(name: str, value: Any) -> np.ndarray:
    """Turn a value into a plain array; refuse a mask, which would be lost, and ragged rows."""
    if isinstance(value, np.ma.MaskedArray):
        hint = f"write {name}.filled(0), or leave out the rows with masked numbers"
        raise TypeError(f"{name}: expected an array without a mask, got a masked array; {hint}")
    try:
        return np.asarray(value)
    except Exception as error:  # ragged rows, a tensor that needs a gradient, ...
        got = f"{describe(value)} ({error})"
        raise TypeError(f"{name}: expected an array of numbers, got {got}") from None


def floats(name: str, value: Any) -> np.ndarray:
    """Check that a value is an array of floats."""
    if type(value) is np.ndarray and value.dtype.kind == "f":
        return value  # the usual case first: this runs in every pass
    found = array(name, value)
    if found.dtype.kind == "f":
        return found
    if found.dtype.kind == "O":  # no array at all: a loss, None, ...
        raise TypeError(f"{name}: expected an array of floats, got {describe(value)}")
    hint = ""
    if found.dtype.kind in "iub" and found.ndim:
        hint = (
            f"; write {name} / 255" if found.dtype == np.uint8 else f"; write {name}.astype(float)"
        )
    raise TypeError(f"{name}: expected floats, got {describe(found)}{hint}")


def batch(name: str, value: Any, width: int | None = None, dtype: Any = None) -> np.ndarray:
    """Check that a value is a float array (batch, width) with a row or more; cast it to dtype."""
    found = floats(name, value)
    shape = found.shape
    if len(shape) == 2 and found.size and width in (None, shape[1]):
        if dtype is None or found.dtype == dtype:
            return found
        with np.errstate(over="ignore"):  # overflow gives infinity, which is seen later
            return found.astype(dtype)
    wanted = f"(batch, {'units' if width is None else width})"
    hint = ""
    if len(shape) == 1:
        hint = f"; one example is {name}[None, :]"
    elif len(shape) > 2:
        hint = f"; write {name}.reshape(len({name}), -1)"
    elif found.ndim == 2 and found.size and width == shape[0]:
        hint = f"; examples are rows: write {name}.T"
    got = f"an empty array {shape}" if 0 in shape else f"shape {shape}"
    raise ValueError(f"{name}: expected a 2-D array {wanted}, got {got}{hint}")


def finite(name: str, array: np.ndarray) -> np.ndarray:
    """Check that an array has no NaN and no infinity."""
    if not np.isfinite(array).all():
        row, column = np.argwhere(~np.isfinite(array))[0]
        raise ValueError(
            f"{name}: expected finite numbers, got {array[row, column]} at [{row}, {column}]"
            f" in {array.dtype}"
        )
    return array


def from_0_to_1(name: str, array: np.ndarray) -> np.ndarray:
    """Check that the numbers of an array (batch, n) are from 0 to 1."""
    inside = (array >= 0) & (array <= 1)  # which NaN is not
    if not inside.all():
        row, column = np.argwhere(~inside)[0]
        got = f"{array[row, column]} at [{row}, {column}]"
        raise ValueError(f"{name}: expected numbers from 0 to 1, got {got}")
    return array


def rising(name: str, value: Any) -> np.ndarray:
    """Check that values are edges of bins: two or more, finite, each larger than the last."""
    edges = np.array(numbers(name, value, [None]), dtype=float)
    if len(edges) < 2 or not (np.isfinite(edges).all() and (np.diff(edges) > 0).all()):
        raise ValueError(
            f"{name}: expected finite numbers, at least two, each larger than the one before,"
            f" got {describe(value)}"
        )
    return edges


def numbers(
    name: str,
    value: Any,
    shape: Sequence | None = None,
    *,
    least: float | None = None,
    finite: bool = False,
) -> np.ndarray:
    """Check that a value is an array of real numbers of a shape, in which None is any length.

    With ``finite`` all are; with ``least`` none is smaller besides.
    """
    found = array(name, value)
    if found.dtype.kind not in "biuf":
        raise TypeError(f"{name}: expected an array of numbers, got {describe(value)}")
    lengths = found.shape if shape is None else shape
    fits = len(lengths) == found.ndim and all(
        n in (None, m) for n, m in zip(lengths, found.shape, strict=True)
    )
    if not fits or found.size == 0:
        wanted = "with at least one number"
        if shape is not None:
            wanted = f"of shape ({', '.join('any' if n is None else f'{n}' for n in shape)})"
        raise ValueError(f"{name}: expected an array {wanted}, got shape {found.shape}")
    good = np.isfinite(found) if finite or least is not None else np.ones(found.shape, bool)
    if least is not None:
        good &= found >= least
    if not good.all():
        wanted = "finite numbers" + (f" of at least {least:g}" if least is not None else "")
        raise ValueError(f"{name}: expected {wanted}, got {found[~good].flat[0]}")
    return found


def booleans(name: str, value: Any) -> np.ndarray:
    """Check that a value is a row of booleans, at least one."""
    found = numbers(name, value, [None])
    if found.dtype != bool:
        raise TypeError(f"{name}: expected an array of booleans, got {describe(value)}")
    return found


def mapping(name: str, value: Any, keys: Iterable[str] = ()) -> Mapping:
    """Check that a value is a dict that is not empty, and has these keys."""
    if not isinstance(value, Mapping):
        raise TypeError(f"{name}: expected a dict, got {describe(value)}")
    lacking = [key for key in keys if key not in value]
    if lacking or not value:
        wanted = f"a dict with {', '.join(map(repr, lacking))}" if lacking else "at least one entry"
        raise ValueError(f"{name}: expected {wanted}, got {describe(list(value))}")
    return value


def mappings(name: str, value: Any, keys: Iterable[str]) -> Mapping:
    """Check that a value is a dict of dicts, each with these keys."""
    for key, entry in mapping(name, value).items():
        mapping(f"{name}[{key!r}]", entry, keys)
    return value


def among(name: str, value: Any, known: Iterable[str], others: str = "") -> str:
    """Check that a value is one of the known names."""
    if not isinstance(value, str) or value not in known:
        kind = ValueError if isinstance(value, str) else TypeError
        listed = ", ".join(map(repr, known))
        raise kind(f"{name}: expected one of {listed}{others}, got {describe(value)}")
    return value


def gradient(name: str, value: Any, like: np.ndarray | None) -> np.ndarray:
    """Check that a gradient has the shape of ``like``, from the forward pass; cast it likewise."""
    if like is None:
        raise ValueError(f"{name}: expected a forward pass before the backward pass, got none")
    return same_shape(name, value, "y", like)


def same_shape(name: str, value: Any, other: str, like: np.ndarray) -> np.ndarray:
    """Check that a value is floats of the shape of ``like``, called ``other``; cast it likewise."""
    found = floats(name, value)
    if found.shape != like.shape:
        hint = ""
        if found.shape == like.shape[::-1]:
            hint = f"; write {name}.T"
        elif found.shape == like.shape[:1] and like.shape[1:] == (1,):
            hint = f"; write {name}[:, None]"
        wanted = f"the shape of {other}, {like.shape}"
        raise ValueError(f"{name}: expected {wanted}, got {found.shape}{hint}")
    return found if found.dtype == like.dtype else found.astype(like.dtype)


def labels(name: str, value: Any, count: int | None, classes: int) -> np.ndarray:
    """Check that a value is integer labels 0 .. classes - 1, one for each of ``count`` examples."""
    found = array(name, value)
    shape, kind = found.shape, found.dtype.kind
    hint = ""
    if len(shape) == 2:
        hint = f"; write {name}[:, 0]" if shape[1] == 1 else f"; write {name}.argmax(axis=1)"
    elif kind in "US":
        hint = f"; write np.unique({name}, return_inverse=True)[1]"
    elif kind in "fb":
        hint = f"; write {name}.astype(int)"
    if kind not in "iu":
        raise TypeError(f"{name}: expected integers, got {describe(found)}{hint}")
    if len(shape) != 1 or len(found) == 0 or count not in (None, len(found)):
        wanted = "(examples,)" if count is None else f"({count},)"
        raise ValueError(f"{name}: expected shape {wanted}, got {shape}{hint}")
    low, high = found.min(), found.max()
    if low < 0 or high >= classes:
        hint = f"; write {name} - 1" if (low, high) == (1, classes) else ""
        raise ValueError(f"{name}: expected 0 to {classes - 1}, got {low} to {high}{hint}")
    return found


def two_classes(name: str, value: Any, count: int) -> np.ndarray:
    """Check that a value is labels 0 and 1, one for each of ``count`` examples."""
    found = array(name, value)
    if found.dtype.kind in "iu" and np.isin(found, (-1, 1)).all() and (found == -1).any():
        raise ValueError(f"{name}: expected 0 and 1, got -1 and 1; write ({name} + 1) // 2")
    return labels(name, value, count, 2)


def more_than_one(name: str, batch: np.ndarray, instead: str) -> np.ndarray:
    """Check that a batch has a mean and a spread of its own."""
    if len(batch) < 2:
        raise ValueError(
            f"{name}: expected two rows or more in training, since one has no spread, got one;"
            f" take larger batches, or {instead}"
        )
    return batch


def spread(name: str, std: np.ndarray) -> np.ndarray:
    """Check that each unit's std over the rows of an array is above 0."""
    if not std.all():
        unit = int(np.argmin(std))
        raise ValueError(
            f"{name}: expected rows that differ in every unit, got std 0 in unit {unit}"
        )
    return std


def logits(name: str, value: Any) -> np.ndarray:
    """Check that a value has an output per class, (batch, classes): of one, softmax makes 1."""
    found = batch(name, value)
    if found.shape[1] < 2:
        hint = "for two classes make two outputs, or take a logistic loss"
        raise ValueError(f"{name}: expected an output for each class, got one; {hint}")
    return found


def as_many(name: str, value: Any, like: np.ndarray) -> np.ndarray:
    """Check that there are as many targets or labels as rows in ``like``."""
    found = array(name, value)
    if found.dtype.kind not in "biuf":
        hint = (
            f"; write np.unique({name}, return_inverse=True)[1]" if found.dtype.kind in "US" else ""
        )
        raise TypeError(f"{name}: expected numbers, got {describe(value)}{hint}")
    if found.ndim == 0 or len(found) != len(like):
        hint = f"; write {name}.T" if found.ndim == 2 and found.shape[1] == len(like) else ""
        wanted = f"{len(like)}, one per example"
        raise ValueError(f"{name}: expected {wanted}, got {describe(found)}{hint}")
    return found


def keepable(name: str, value: Any) -> dict[str, Any]:
    """Check that a file can keep a value: a dict of names to arrays and to what JSON can hold."""
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
    """Check that an activation keeps the shape of its input."""
    if getattr(value, "shape", None) != like.shape:
        raise ValueError(
            f"{type(layer).__name__}.{name}: expected an array of the shape of s, {like.shape},"
            f" got {describe(value)}"
        )


def weights(name: str, value: Any, shape: tuple[int, int]) -> np.ndarray:
    """Check that an initializer returned finite floats of the wanted shape."""
    array = floats(name, value)
    if array.shape != shape:
        raise ValueError(f"{name}: expected an array {shape}, got shape {array.shape}")
    return finite(name, array)


def function(name: str, value: Any, example: str) -> Callable:
    """Check that a value can be called."""
    if not callable(value):
        raise TypeError(f"{name}: expected {example}, got {describe(value)}")
    return value


def called(name: str, wanted: str, function: Callable, *arguments: Any, **keywords: Any) -> Any:
    """Call a function that came as an argument; refuse one that does not take what it is given."""
    try:
        return function(*arguments, **keywords)
    except TypeError as error:
        if error.__traceback__.tb_next is not None:  # the mistake is within it
            raise
        got = f"{describe(function)} ({error})"
        raise TypeError(f"{name}: expected {wanted}, got {got}") from None


def defined_in(module: ModuleType) -> dict[str, Callable]:
    """Return the public functions and classes of a module: a new one there is known at once."""
    return {
        key: entry
        for key, entry in vars(module).items()
        if getattr(entry, "__module__", None) == module.__name__ and not key.startswith("_")
    }


def one_of(name: str, value: Any, module: ModuleType, own: str = "your own function") -> Callable:
    """Return what ``module`` defines by its name in lower case; a function of one's own as is."""
    if callable(value):
        return value
    known = {key.lower(): entry for key, entry in sorted(defined_in(module).items())}
    return known[among(name, value, known, f", or {own}")]


def name_in(name: str, value: Any, module: ModuleType) -> str:
    """Check that a value is the name, in lower case, of something that ``module`` defines."""
    return among(name, value, sorted(key.lower() for key in defined_in(module)))


def cost_was_computed(cost: float | None) -> None:
    """Check that a loss has computed its cost before it is asked for the gradient."""
    if cost is None:
        raise ValueError("cost: expected loss.forward(output, targets) before loss.backward()")


def has_methods(name: str, value: Any, methods: Sequence[str], example: str) -> Any:
    """Check that a value is an object, not a class, and has these methods."""
    missing = [m for m in methods if not callable(getattr(value, m, None))]
    if isinstance(value, type) or missing:
        wanted = f"an object with {' and '.join(methods)}, such as {example}"
        raise TypeError(f"{name}: expected {wanted}, got {describe(value)}")
    return value


def knows_chance(loss: Any) -> bool:
    """Tell whether ``loss.chance()`` is the cost of an answer that ignores the input.

    A class that overrides only ``forward`` inherits a ``chance`` that belongs to another cost.
    """
    for cls in type(loss).__mro__:
        if "chance" in vars(cls):
            return loss.chance is not None
        if "forward" in vars(cls):
            return False
    return False
