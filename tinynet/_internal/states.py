"""What an object needs to go on later, as a dict of arrays and of what JSON can hold."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import numpy as np

from tinynet._internal import checks


def plain(state: Any) -> Any:
    """Copy a bit generator's state, with lists in place of arrays."""
    return json.loads(json.dumps(state, default=np.ndarray.tolist))


def restore(name: str, rng: np.random.Generator, state: Any) -> None:
    """Set a generator to a plain state: in place, because others may hold it.

    Anything that is not a state of its kind is a ValueError, and leaves it as it was.
    """
    rng.bit_generator.state = checked(name, rng, state)


def checked(name: str, rng: np.random.Generator, state: Any) -> dict[str, Any]:
    """Check that a plain state is one of the kind of ``rng``; return it as such a one has it."""
    bits = type(rng.bit_generator)()
    try:
        bits.state = state
        accepted = plain(bits.state) == state
    except (ArithmeticError, LookupError, TypeError, ValueError):
        accepted = False
    if not accepted:
        got = checks.describe(state)
        raise ValueError(f"{name}: expected a state of {type(bits).__name__}, got {got}")
    return dict(bits.state)


def with_keys(
    name: str, state: Any, wanted: Iterable[str], *, more: bool = False
) -> dict[str, Any]:
    """Check that a state is a dict of exactly these keys; with ``more``, of at least these."""
    if not isinstance(state, dict):
        raise TypeError(f"{name}: expected a dict, got {checks.describe(state)}")
    if not (state.keys() >= set(wanted) if more else state.keys() == set(wanted)):
        raise ValueError(f"{name}: expected keys {sorted(wanted)}, got {sorted(state, key=str)}")
    return state


def kept(value: Any) -> Any:
    """Return what a file keeps of an array, a number or a Generator: a copy, held by nobody."""
    if isinstance(value, np.random.Generator):
        return plain(value.bit_generator.state)
    if isinstance(value, np.ndarray):
        return value.copy()
    return value.item() if isinstance(value, np.generic) else value


def put_back(name: str, owner: Any, attribute: str, value: Any) -> Callable[[], None]:
    """Check what a file kept of ``owner.attribute``; return a function that sets it.

    A Generator, or an array of the same shape, is set in place: others may hold it.
    """
    now = getattr(owner, attribute)
    if isinstance(now, np.random.Generator):
        return partial(setattr, now.bit_generator, "state", checked(name, now, value))
    there, array = isinstance(now, np.ndarray), isinstance(value, np.ndarray)
    fits = value is None or isinstance(value, (bool, int, float))
    if array:
        fits = value.dtype.kind in "biuf" and (
            not there or np.can_cast(value.dtype, now.dtype, "same_kind")
        )
    if not fits or (now is not None and array != there):
        wanted = "an array or a number" if now is None else f"one like {checks.describe(now)}"
        raise ValueError(f"{name}: expected {wanted}, got {checks.describe(value)}")
    if array and there and now.shape == value.shape:
        return partial(np.copyto, now, value, casting="same_kind")
    if isinstance(now, np.generic):  # a Python float would not widen float32 arrays as this does
        value = type(now)(value)
    return partial(setattr, owner, attribute, value)


def of_optimizer(optimizer: Any) -> dict[str, Any]:
    """Return what an optimizer names in ``buffers``; a dict's array is under "v.0.W"."""
    state: dict[str, Any] = {}
    for name in optimizer.buffers:
        value = getattr(optimizer, name)
        if isinstance(value, dict):
            state |= {f"{name}.{key}": kept(array) for key, array in value.items()}
        else:
            state[name] = kept(value)
    return state


def to_optimizer(optimizer: Any, state: dict[str, Any]) -> None:
    """Set what :func:`of_optimizer` returned; what does not fit is an error and changes nothing."""
    left = dict(checks.keepable("state", state))
    ready: list[Callable[[], None]] = []
    for name in optimizer.buffers:
        keys = [key for key in left if key.startswith(f"{name}.")]
        if keys or isinstance(getattr(optimizer, name), dict):
            arrays = {key.removeprefix(f"{name}."): np.array(left.pop(key)) for key in keys}
            ready.append(partial(setattr, optimizer, name, arrays))
        else:
            ready.append(put_back(f"state[{name!r}]", optimizer, name, left.pop(name, "none")))
    if left:
        kind, names = type(optimizer).__name__, ", ".join(optimizer.buffers) or "nothing more"
        raise ValueError(f"state: expected that of {kind}, {names}, also got {', '.join(left)}")
    for put in ready:
        put()


class Buffers:
    """What the layers of a network keep besides parameters, as a ``state`` that a file can hold.

    Its keys are places and names, "1.running_mean"; its values arrays, numbers, and the states of
    Generators.
    """

    def __init__(self, net: Any) -> None:
        self.net = net

    def places(self) -> dict[str, tuple[Any, str]]:
        """Return the layer and the attribute of each key."""
        return {
            f"{place}.{name}": (layer, name)
            for place, layer in self.net.named_layers().items()
            for name in getattr(layer, "buffers", ())
        }

    @property
    def state(self) -> dict[str, Any]:
        """Set it to go on from there; what does not fit is an error, and changes nothing."""
        values = {key: kept(getattr(*place)) for key, place in self.places().items()}
        return checks.keepable("buffers", values)

    @state.setter
    def state(self, state: dict[str, Any]) -> None:
        for put in self.ready(state):
            put()

    def ready(self, state: dict[str, Any]) -> list[Callable[[], None]]:
        """Check a state; return functions that set it, place by place."""
        places = self.places()
        state = with_keys("buffers", state, places)
        return [put_back(key, *place, state[key]) for key, place in places.items()]


def split(state: dict[str, Any]) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Separate the arrays of a state from what JSON can hold."""
    arrays = {name: value for name, value in state.items() if isinstance(value, np.ndarray)}
    return arrays, {name: value for name, value in state.items() if name not in arrays}
