"""Layers that take mean and scale off what comes in: over a batch, over a row, over neither.

Each gives y = gamma x_hat + beta, x_hat being x with the mean 0 and the std 1. They differ in whose
mean and std that is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tinynet._internal import checks, reprs
from tinynet.initializers import standard
from tinynet.layers import Linear

EPS = 1e-5  # added to a variance, which could be 0


def by_row(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return x with the mean 0 and the std 1 in each row, and that std, (batch, 1)."""
    std = np.sqrt(x.var(axis=1, keepdims=True) + EPS)
    return (x - x.mean(axis=1, keepdims=True)) / std, std


def through_norm(dx_hat: np.ndarray, x_hat: np.ndarray, std: np.ndarray, axis: int) -> np.ndarray:
    """Return dx for x_hat = (x - mean)/std with mean and std of x along an axis.

    What moves all of x alike, or stretches it, changes no x_hat: that part of the gradient goes.
    """
    shifts = dx_hat.mean(axis=axis, keepdims=True)
    stretches = x_hat * (dx_hat * x_hat).mean(axis=axis, keepdims=True)
    return (dx_hat - shifts - stretches) / std


class Norm:
    """What all of these layers have: y = gamma x_hat + beta, and its gradients.

    Parameters
    ----------
    n : int
        Units.
    dtype : np.float64 or np.float32, optional

    Attributes
    ----------
    gamma, beta, dgamma, dbeta : ndarray, shape (n,)
        The scale and the mean that y gets, and the gradients with respect to them.
    x_hat, dx_hat : ndarray, shape (batch, n)
        x with the mean 0 and the std 1, and the gradient with respect to it.
    std : ndarray
        What x was divided by.
    x, dx, y, dy : ndarray, shape (batch, n)
        What came in, what went out, and the gradients with respect to them.
    """

    parameters: tuple[str, ...] = ("gamma", "beta")
    x: np.ndarray
    x_hat: np.ndarray
    std: np.ndarray
    y: np.ndarray
    dy: np.ndarray
    dx_hat: np.ndarray
    dgamma: np.ndarray
    dbeta: np.ndarray
    dx: np.ndarray

    def __init__(self, n: int, *, dtype: Any = np.float64):
        self.n_in = self.n_out = checks.size("n", n)
        dtype = checks.float_dtype("dtype", dtype)
        self.gamma = np.ones(n, dtype)
        self.beta = np.zeros(n, dtype)
        self.x = self.x_hat = self.std = self.y = None
        self.dy = self.dx_hat = self.dgamma = self.dbeta = self.dx = None

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return y for x, both (batch, n)."""
        x = checks.batch("x", x, self.n_in, self.gamma.dtype)
        self.x = x
        self.x_hat = self.normalize(x)
        self.y = self.gamma * self.x_hat + self.beta
        return self.y

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Return dx given dy, both (batch, n)."""
        dy = checks.gradient("dy", dy, self.y)
        self.dy = dy
        self.dgamma = (dy * self.x_hat).sum(axis=0)
        self.dbeta = dy.sum(axis=0)
        self.dx_hat = dy * self.gamma
        self.dx = self.through(self.dx_hat)
        return self.dx

    def normalize(self, x: np.ndarray) -> np.ndarray:
        """Return x_hat, and keep the std."""
        raise NotImplementedError

    def through(self, dx_hat: np.ndarray) -> np.ndarray:
        """Return dx given dx_hat."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return reprs.with_arrays(self)


class LayerNorm(Norm):
    """Mean and std over the units of each row: Ba, Kiros & Hinton (2016). One row knows no other.

    Parameters, attributes: see :class:`Norm`; ``std`` is (batch, 1).
    """

    def normalize(self, x: np.ndarray) -> np.ndarray:
        x_hat, self.std = by_row(x)
        return x_hat

    def through(self, dx_hat: np.ndarray) -> np.ndarray:
        return through_norm(dx_hat, self.x_hat, self.std, axis=1)


class BatchNorm(Norm):
    """Mean and std over the rows of a batch: Ioffe & Szegedy (2015).

    In training they are this batch's own, and a running mean of them is kept. When the network is
    only looked at, the running ones are used, so that a row's y does not depend on the others.

    Parameters
    ----------
    n : int
        Units.
    share : float, optional
        By how much the running statistics move to those of each new batch, from 0 to 1. The first
        batch sets them.
    dtype : np.float64 or np.float32, optional

    Attributes
    ----------
    running_mean, running_var : ndarray, shape (n,)
        The variance is that of a sample: m/(m - 1) times a batch's own.
    batches : int
        How many the running statistics have seen.
    training : bool
        Whose mean and std: the batch's, or the running ones. More attributes: see :class:`Norm`;
        ``std`` is (n,).

    Raises
    ------
    TypeError, ValueError
        A size, ``share`` or dtype cannot be used; in ``forward`` also: a batch of one in training.
    """

    buffers: tuple[str, ...] = ("running_mean", "running_var", "batches")

    def __init__(self, n: int, *, share: float = 0.1, dtype: Any = np.float64):
        super().__init__(n, dtype=dtype)
        self.share = checks.not_negative("share", share, most=1)
        self.running_mean = np.zeros_like(self.gamma)
        self.running_var = np.ones_like(self.gamma)
        self.batches = 0
        self.training = True
        self.of_batch = True  # whether the last pass used the batch's own

    def normalize(self, x: np.ndarray) -> np.ndarray:
        self.of_batch = self.training
        mean, var = self.running_mean, self.running_var
        if self.training:
            checks.more_than_one("x", x, "later.LayerNorm")
            mean, var = x.mean(axis=0), x.var(axis=0)
            self.follow(mean, var * len(x) / (len(x) - 1))
        self.std = np.sqrt(var + EPS)
        return (x - mean) / self.std

    def through(self, dx_hat: np.ndarray) -> np.ndarray:
        if self.of_batch:
            return through_norm(dx_hat, self.x_hat, self.std, axis=0)
        return dx_hat / self.std

    def follow(self, mean: np.ndarray, var: np.ndarray) -> None:
        """Move the running statistics to those of a batch."""
        share = self.share if self.batches else 1.0
        self.running_mean = (1 - share) * self.running_mean + share * mean
        self.running_var = (1 - share) * self.running_var + share * var
        self.batches += 1


class BatchLayerNorm(BatchNorm):
    """A mean of batch norm and layer norm, w and 1 - w of them with w = 1 - 1/m for m rows.

    The larger the batch, the more its own statistics count. When the network is only looked at, w
    is that of the last batch, and the batch's statistics are the running ones.

    Parameters, attributes: see :class:`BatchNorm`; besides ``w``, and ``x_hat_batch`` and
    ``x_hat_layer`` (batch, n), each with its std.
    """

    buffers = ("running_mean", "running_var", "batches", "w")
    x_hat_batch: np.ndarray
    x_hat_layer: np.ndarray
    std_layer: np.ndarray

    def __init__(self, n: int, *, share: float = 0.1, dtype: Any = np.float64):
        super().__init__(n, share=share, dtype=dtype)
        self.w = 0.0
        self.x_hat_batch = self.x_hat_layer = self.std_layer = None

    def normalize(self, x: np.ndarray) -> np.ndarray:
        if self.training:
            self.w = 1 - 1 / len(x)
        self.x_hat_batch = super().normalize(x)
        self.x_hat_layer, self.std_layer = by_row(x)
        return self.w * self.x_hat_batch + (1 - self.w) * self.x_hat_layer

    def through(self, dx_hat: np.ndarray) -> np.ndarray:
        by_batch = dx_hat / self.std
        if self.of_batch:
            by_batch = through_norm(dx_hat, self.x_hat_batch, self.std, axis=0)
        by_layer = through_norm(dx_hat, self.x_hat_layer, self.std_layer, axis=1)
        return self.w * by_batch + (1 - self.w) * by_layer


class WeightNorm(Linear):
    """A Linear with W = ``g V/|V|``, length and direction of each unit: Salimans & Kingma (2016).

    Parameters
    ----------
    n_in, n_out, init, bias, rng, dtype
        Those of :class:`tinynet.Linear`; ``init`` gives V, and g is its length, so W starts as V.

    Attributes
    ----------
    g, dg : ndarray, shape (n_out,)
        The lengths of the columns of W, and the gradient with respect to them.
    V, dV : ndarray, shape (n_in, n_out)
        The directions, of any length. dV is at a right angle to V, so ``|V|`` only grows.
    W, dW : ndarray, shape (n_in, n_out)
        Made of g and V in each forward pass.
    """

    parameters = ("g", "V", "b")
    dg: np.ndarray
    dV: np.ndarray

    def __init__(
        self,
        n_in: int,
        n_out: int,
        *,
        init: Callable = standard,
        bias: bool = True,
        rng: Any = None,
        dtype: Any = np.float64,
    ):
        super().__init__(n_in, n_out, init=init, bias=bias, rng=rng, dtype=dtype)
        self.V = self.W
        self.g = np.linalg.norm(self.V, axis=0)
        self.dg = self.dV = None

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return the pre-activations y, shape (batch, n_out), for x, shape (batch, n_in)."""
        self.W = self.V * (self.g / np.linalg.norm(self.V, axis=0))
        return super().forward(x)

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Return dx, shape (batch, n_in), given dy, shape (batch, n_out)."""
        super().backward(dy)
        length = np.linalg.norm(self.V, axis=0)
        direction = self.V / length
        self.dg = (self.dW * direction).sum(axis=0)
        self.dV = self.g / length * (self.dW - direction * self.dg)
        return self.dx

    def start_from(self, x: np.ndarray) -> np.ndarray:
        """Set g and b so that every y has mean 0 and std 1 over x; return that y.

        Layer by layer, each on what the one below gives.

        Raises
        ------
        ValueError
            A unit gives the same for every row: its std is 0.
        """
        self.g[:] = np.linalg.norm(self.V, axis=0)
        y = self.forward(checks.finite("x", checks.batch("x", x, self.n_in)))
        std = checks.spread("x", y.std(axis=0))
        self.g /= std
        if self.b is not None:
            self.b[:] = (self.b - y.mean(axis=0)) / std
        return self.forward(x)


class Batchless(Norm):
    """Mean and scale as parameters, learnt from a likelihood: Berger & Uc Cetina (2022).

    mu and sigma are those of a Gaussian for each unit. The layer's own cost is its negative log
    likelihood, which only mu and log_sigma follow: for the network's cost they are constants, and
    for the own cost x is one. So a row's y depends on no other row, in training or not.

        x_hat = (x - mu)/sigma,  sigma = e^log_sigma + floor
        cost = weight * mean over rows of the sum over units of [log sigma + x_hat^2/2]

    Parameters
    ----------
    n : int
        Units.
    weight : float, optional
        Of the own cost. With :class:`Natural`, lr * weight is the share by which mu moves to the
        mean of each batch.
    floor : float, optional
        Below this no sigma falls. A saturated unit hardly varies; without a floor one odd row then
        gives a huge x_hat.
    dtype : np.float64 or np.float32, optional

    Attributes
    ----------
    mu, log_sigma, dmu, dlog_sigma : ndarray, shape (n,)
        The Gaussians, and the gradients of the own cost.
    cost : float
        The own cost of the last pass. More attributes: see :class:`Norm`; ``std`` is sigma, (n,).

    Raises
    ------
    TypeError, ValueError
        A size, ``weight``, ``floor`` or dtype cannot be used.
    """

    parameters = ("gamma", "beta", "mu", "log_sigma")
    own = ("mu", "log_sigma")
    cost: float
    dmu: np.ndarray
    dlog_sigma: np.ndarray

    def __init__(
        self, n: int, *, weight: float = 1.0, floor: float = 0.02, dtype: Any = np.float64
    ):
        super().__init__(n, dtype=dtype)
        self.weight = checks.positive("weight", weight)
        self.floor = checks.not_negative("floor", floor)
        self.mu = np.zeros_like(self.gamma)
        self.log_sigma = np.zeros_like(self.gamma)
        self.dmu = self.dlog_sigma = self.cost = None

    def normalize(self, x: np.ndarray) -> np.ndarray:
        self.std = np.exp(self.log_sigma) + self.floor
        x_hat = (x - self.mu) / self.std
        each = np.log(self.std) + x_hat**2 / 2
        self.cost = float(self.weight * each.sum(axis=1).mean())
        return x_hat

    def through(self, dx_hat: np.ndarray) -> np.ndarray:
        slope = (self.std - self.floor) / self.std
        self.dmu = -self.weight * self.x_hat.mean(axis=0) / self.std
        self.dlog_sigma = self.weight * (1 - (self.x_hat**2).mean(axis=0)) * slope
        return dx_hat / self.std

    def natural(self, name: str) -> Any:
        """Return the inverse of the Fisher information: sigma^2 of mu, 1/2 of log_sigma."""
        sigma = np.exp(self.log_sigma) + self.floor
        return {"mu": sigma**2, "log_sigma": 0.5}.get(name, 1.0)

    def start_from(self, x: np.ndarray) -> np.ndarray:
        """Set mu and sigma to mean and std of x, shape (rows, n); return y.

        Layer by layer, each on what the one below gives. A sigma is at least 1.1 times the floor.
        """
        x = checks.finite("x", checks.batch("x", x, self.n_in, self.gamma.dtype))
        self.mu[:] = x.mean(axis=0)
        least = self.floor / 10 or EPS
        self.log_sigma[:] = np.log(np.maximum(x.std(axis=0) - self.floor, least))
        return self.forward(x)
