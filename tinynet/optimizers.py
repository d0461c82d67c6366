"""How the gradients change the parameters."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from tinynet._internal import checks, contracts, reprs, states

if TYPE_CHECKING:
    from tinynet.network import Network


class SGD:
    """Plain gradient descent: P <- P - lr dP for every parameter, in place.

    The paper's optimizer: no momentum, no weight decay, no schedule (Glorot & Bengio 2010,
    section 2.3). Another optimizer is a subclass with its own ``change``, and with the names of
    what it carries from step to step in ``buffers``.

    Parameters
    ----------
    net : Network
    lr : float
        The learning rate, positive and finite.

    Attributes
    ----------
    lr : float
        A plain attribute that you may set between steps.
    t : int
        Steps taken; 1 during the first.
    keep : bool
        Whether a step keeps what it added in ``last``. False, because it takes memory and time.
    last : dict
        What the last step added, by parameter name: ``sgd.last["0.W"]``.
    buffers : tuple of str
        Attributes that a later step depends on: numbers, Generators, or dicts from a parameter's
        name to an array. A checkpoint keeps them.

    Raises
    ------
    TypeError, ValueError
        ``lr`` is not a positive, finite number; in ``step`` also: a gradient is missing, or
        something is carried over from the last step and the network has changed since.
    """

    buffers: tuple[str, ...] = ()

    def __init__(self, net: Network, lr: float):
        self.net = contracts.trainable("net", net)
        self.lr = checks.positive("lr", lr)
        self.t = 0
        self.keep = False
        self.last: dict[str, np.ndarray] = {}
        self._shapes: dict[str, tuple] = {}

    def change(self, name: str, gradient: np.ndarray) -> np.ndarray:
        """Return what a step adds to the parameter of this name: the one equation."""
        return -self.lr * gradient

    def changes(self, gradients: dict[str, np.ndarray]) -> Iterable[tuple[str, np.ndarray]]:
        """Yield each name and its change, one at a time: all at once would take fresh memory.

        Override it where one change depends on several gradients, or on the parameters.
        """
        return ((name, self.change(name, gradient)) for name, gradient in gradients.items())

    def step(self) -> None:
        """Take one step down the gradients of the last backward pass."""
        self.lr = checks.positive("lr", self.lr)
        parameters = self.net.named_parameters()
        gradients = contracts.gradients(parameters, self.net.named_gradients())
        if self.buffers:
            shapes = {name: array.shape for name, array in parameters.items()}
            contracts.same_places(self._shapes, shapes, self)
            self._shapes = shapes
        self.t += 1
        self.last = {}
        for name, change in self.changes(gradients):
            parameters[name] += contracts.change(name, change, parameters)
            if self.keep:
                self.last[name] = change

    @property
    def state(self) -> dict[str, Any]:
        """All that a later step depends on besides the parameters: what a checkpoint keeps.

        An array in a buffer has the key "buffer.name", such as "v.0.W".
        """
        return {"lr": self.lr, "t": self.t, **states.of_optimizer(self)}

    @state.setter
    def state(self, state: dict[str, Any]) -> None:
        state = states.with_keys("state", state, ("lr", "t"), more=True)
        lr, t = checks.positive("state['lr']", state["lr"]), checks.whole("state['t']", state["t"])
        states.to_optimizer(self, {k: v for k, v in state.items() if k not in ("lr", "t")})
        self.lr, self.t = lr, t

    def __repr__(self) -> str:
        return reprs.of_optimizer(self)
