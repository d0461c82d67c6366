"""Optimizers that carry something from step to step, and one that asks the layers."""

from __future__ import annotations

import numpy as np

from tinynet._internal import checks
from tinynet.network import Network
from tinynet.optimizers import SGD


class Momentum(SGD):
    """v <- momentum v + dP; P <- P - lr v: a step that goes on in its direction (Polyak, 1964).

    Parameters
    ----------
    net : Network
    lr : float
    momentum : float, optional
        From 0 to below 1: the share of v that is left after a step.

    Attributes
    ----------
    v : dict
        From a parameter's name to the sum of its gradients, the older the weaker.
    """

    buffers = ("v",)

    def __init__(self, net: Network, lr: float, *, momentum: float = 0.9):
        super().__init__(net, lr)
        self.momentum = checks.not_negative("momentum", momentum, below=1)
        self.v: dict[str, np.ndarray] = {}

    def change(self, name: str, gradient: np.ndarray) -> np.ndarray:
        self.v[name] = self.momentum * self.v.get(name, 0) + gradient
        return -self.lr * self.v[name]


class Adam(SGD):
    """P <- P - lr m/(sqrt(v) + eps), m and v running means of dP and dP^2: Kingma & Ba (2015).

    Parameters
    ----------
    net : Network
    lr : float, optional
    mean, square : float, optional
        From 0 to below 1: the share of m, and of v, that is left after a step; beta_1 and beta_2.
    eps : float, optional

    Attributes
    ----------
    m, v : dict
        From a parameter's name to the running means of its gradient and of the gradient's square.
    """

    buffers = ("m", "v")

    def __init__(
        self,
        net: Network,
        lr: float = 0.001,
        *,
        mean: float = 0.9,
        square: float = 0.999,
        eps: float = 1e-8,
    ):
        super().__init__(net, lr)
        self.mean = checks.not_negative("mean", mean, below=1)
        self.square = checks.not_negative("square", square, below=1)
        self.eps = checks.positive("eps", eps)
        self.m: dict[str, np.ndarray] = {}
        self.v: dict[str, np.ndarray] = {}

    def change(self, name: str, gradient: np.ndarray) -> np.ndarray:
        self.m[name] = self.mean * self.m.get(name, 0) + (1 - self.mean) * gradient
        self.v[name] = self.square * self.v.get(name, 0) + (1 - self.square) * gradient**2
        m = self.m[name] / (1 - self.mean**self.t)  # both began at 0, and are too small by this
        v = self.v[name] / (1 - self.square**self.t)
        return -self.lr * m / (np.sqrt(v) + self.eps)


class Natural(SGD):
    """P <- P - lr F^-1 dP where a layer says its F^-1, otherwise P <- P - lr dP: Amari (1998).

    A layer with a method ``natural(name)`` gives there what the gradient of this parameter is to be
    multiplied by, the inverse of its Fisher information: see :class:`Batchless`.
    """

    def change(self, name: str, gradient: np.ndarray) -> np.ndarray:
        place, _, parameter = name.rpartition(".")
        layer = self.net.named_layers()[place]
        scale = layer.natural(parameter) if hasattr(layer, "natural") else 1.0
        return -self.lr * scale * gradient
