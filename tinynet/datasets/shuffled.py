"""Finite data as a stream: all of the examples, again and again, each time in a new order."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from tinynet._internal import checks
from tinynet._internal.states import plain, restore, with_keys


class Shuffled:
    """A source that goes through the same examples in epochs, each in a new order.

    Parameters
    ----------
    x : ndarray, shape (examples, n_in)
    targets : ndarray, shape (examples,) or (examples, n_out)
        Labels, or whatever else the loss takes.
    rng : int, sequence of int or numpy.random.Generator
        The seed of the orders, or the generator to draw them from.
    drop_last : bool, optional
        Whether to leave out the short batch at the end of an epoch. By default it is drawn, with
        fewer examples than the others. No batch spans two epochs.

    Attributes
    ----------
    epoch : int
        The epoch that the last batch belongs to, counted from 0.

    Raises
    ------
    TypeError, ValueError
        x and the targets differ in number, or there are none.

    Examples
    --------
    >>> data = Shuffled(np.eye(5), np.arange(5), rng=0)
    >>> [len(data.draw(2)[1]) for _ in range(4)]
    [2, 2, 1, 2]
    >>> data.batches(2)
    3
    """

    def __init__(
        self,
        x: np.ndarray,
        targets: np.ndarray,
        rng: int | Sequence[int] | np.random.Generator,
        *,
        drop_last: bool = False,
    ) -> None:
        if rng is None:
            raise TypeError("rng: expected a seed or a numpy.random.Generator, got None")
        self.x = checks.batch("x", x)
        self.targets = checks.as_many("targets", targets, self.x)
        self.drop_last = checks.flag("drop_last", drop_last)
        self.epoch = 0
        self._data: str | None = None  # tells the state its data; made once, when asked
        self._rng = checks.generator("rng", rng)
        self._shuffle()

    def __repr__(self) -> str:
        return f"Shuffled({len(self.x):,} examples, epoch {self.epoch})"

    def batches(self, n: int) -> int:
        """Return how many batches of n examples an epoch has."""
        n = checks.size("n", n)
        return len(self.x) // n if self.drop_last else -(-len(self.x) // n)

    def draw(self, n: int) -> tuple[np.ndarray, np.ndarray]:
        """Draw the next n examples of the epoch, fewer at its end if ``drop_last`` is not set.

        Returns
        -------
        x, targets : ndarray
            Copies, the caller's own.

        Raises
        ------
        TypeError, ValueError
            ``n`` is not a whole number of at least 1; or ``drop_last`` is set, and even a whole
            epoch has fewer examples.
        """
        n = checks.size("n", n)
        if self.drop_last and n > len(self.x):
            raise ValueError(f"n: expected at most the {len(self.x)} examples, got {n}")
        left = len(self.x) - self._position
        if left < (n if self.drop_last else 1):
            self.epoch += 1
            self._shuffle()
        chosen = self._order[self._position : self._position + n]
        self._position += len(chosen)
        return self.x[chosen], self.targets[chosen]

    def _shuffle(self) -> None:
        self._start = self._rng.bit_generator.state
        self._order = self._rng.permutation(len(self.x))
        self._position = 0

    @property
    def state(self) -> dict[str, Any]:
        """Where the stream stands, as a dict that JSON can hold; set it to continue there.

        ``generator`` is the generator's state before the order of the current epoch was drawn,
        ``position`` the number of its examples that were drawn, ``epoch`` its number. ``data`` is
        a hash of the examples: an order means nothing for others. Setting anything else is a
        TypeError or a ValueError, and changes nothing.
        """
        if self._data is None:
            arrays = [(a.shape, str(a.dtype)) for a in (self.x, self.targets)]
            known_by = hashlib.sha256(repr(arrays).encode())
            known_by.update(self.x.tobytes())
            known_by.update(self.targets.tobytes())
            self._data = known_by.hexdigest()
        return {
            "data": self._data,
            "epoch": self.epoch,
            "generator": plain(self._start),
            "position": self._position,
        }

    @state.setter
    def state(self, state: dict[str, Any]) -> None:
        known = self.state
        state = with_keys("state", state, known)
        if state["data"] != known["data"]:
            got = checks.describe(state["data"])
            raise ValueError(f"state['data']: expected that of the same examples, got {got}")
        for key, most in (("epoch", None), ("position", len(self.x))):
            value = state[key]
            if type(value) is not int or value < 0 or (most is not None and value > most):
                wanted = "a whole number from 0" if most is None else f"0 to {most}"
                got = checks.describe(value)
                raise ValueError(f"state[{key!r}]: expected {wanted}, got {got}")
        restore("state['generator']", self._rng, state["generator"])
        self._shuffle()
        self.epoch, self._position = state["epoch"], state["position"]
