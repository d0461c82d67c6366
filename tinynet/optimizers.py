"""How the gradients change the parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tinynet import _checks as checks
from tinynet import _reprs as reprs

if TYPE_CHECKING:
    from tinynet.network import Network


class SGD:
    """Plain gradient descent: P <- P - lr dP for every parameter, in place.

    The paper's optimizer: no momentum, no weight decay, no schedule (Glorot & Bengio 2010,
    section 2.3). ``lr`` is a plain attribute that you may set between steps.

    Parameters
    ----------
    net : Network
    lr : float
        The learning rate, positive and finite.

    Raises
    ------
    TypeError, ValueError
        ``lr`` is not a positive, finite number; at a step also: a gradient is not there yet.
    """

    def __init__(self, net: Network, lr: float):
        self.net = checks.network("net", net)
        checks.layers("net.layers", net.layers)
        self.lr = checks.positive("lr", lr)

    def step(self) -> None:
        """Take one step down the gradients of the last backward pass."""
        lr = checks.positive("lr", self.lr)
        checks.has_gradients(self.net.layers)
        for layer in self.net.layers:
            for name in layer.parameters:
                parameter = getattr(layer, name)
                gradient = getattr(layer, "d" + name)
                parameter -= lr * gradient

    @property
    def state(self) -> dict[str, Any]:
        """All that a later step depends on, besides the parameters: what a checkpoint keeps."""
        return {"lr": self.lr}

    @state.setter
    def state(self, state: dict[str, Any]) -> None:
        self.lr = checks.positive("state['lr']", state["lr"])

    def __repr__(self) -> str:
        return reprs.of_optimizer(self)
