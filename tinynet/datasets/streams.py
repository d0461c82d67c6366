"""The state of a random stream, as a dict that JSON can hold."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from tinynet import _checks as checks


def plain(state: Any) -> Any:
    """A copy of a bit generator's state in which arrays are lists."""
    return json.loads(json.dumps(state, default=np.ndarray.tolist))


def restored(name: str, rng: np.random.Generator, state: Any) -> np.random.Generator:
    """A new generator of the kind of ``rng`` that stands where ``state``, a plain one, says.

    Anything that is not such a state is a ValueError, and ``rng`` is as it was.
    """
    generator = type(rng.bit_generator)()
    try:
        generator.state = state
        accepted = plain(generator.state) == state
    except (ArithmeticError, LookupError, TypeError, ValueError):
        accepted = False
    if not accepted:
        got = checks.describe(state)
        raise ValueError(f"{name}: expected a state of {type(generator).__name__}, got {got}")
    return np.random.Generator(generator)


def parts(name: str, state: Any, wanted: set[str]) -> list:
    """What stands under the wanted keys of a state, in alphabetical order of the keys."""
    if not isinstance(state, dict):
        raise TypeError(f"{name}: expected a dict, got {checks.describe(state)}")
    if state.keys() != wanted:
        keys = " and ".join(sorted(wanted))
        raise ValueError(f"{name}: expected keys {keys}, got {list(state)}")
    return [state[key] for key in sorted(wanted)]
