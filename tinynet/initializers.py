"""How the weights of a layer are drawn before it has learnt anything.

An initializer is a function ``init(n_in, n_out, rng)`` that returns an array ``(n_in, n_out)``.
What matters about it is ``n * Var(W)``: how much a layer enlarges or shrinks a signal.
Any such function can be passed to :func:`tinynet.mlp`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tinynet._internal import checks


def standard(n_in: int, n_out: int, rng: Any = None) -> np.ndarray:
    """Draw from U(-a, a) with a = 1/sqrt(n_in): n_in Var(W) = 1/3, whatever the sizes.

    The usual choice before the paper, which calls it the standard initialization: Glorot &
    Bengio (2010), eq 1. All initializers have these parameters, result and errors:

    Parameters
    ----------
    n_in, n_out : int
        Units that enter the layer and units that leave it.
    rng : int or numpy.random.Generator, optional
        The random source. ``standard`` and ``normalized`` with the same seed are the same
        draws, scaled two ways.

    Returns
    -------
    ndarray, shape (n_in, n_out), float64

    Raises
    ------
    TypeError, ValueError
        A size is not a whole number of at least 1.
    """
    u = _uniform(n_in, n_out, rng)
    a = 1 / np.sqrt(n_in)
    return a * u


def normalized(n_in: int, n_out: int, rng: Any = None) -> np.ndarray:
    """Draw from U(-a, a) with a = sqrt(6/(n_in + n_out)): (n_in + n_out) Var(W)/2 = 1.

    A compromise between keeping the variance of the activations, n_in Var(W) = 1, and that of
    the gradients, n_out Var(W) = 1: Glorot & Bengio (2010), eq 16. In square layers both hold.
    The derivation assumes f'(0) = 1, as tanh and softsign have it. A sigmoid's slope there is
    1/4: weights 4 times as large would do for it what these do for tanh. See :func:`standard`
    for parameters and errors.
    """
    u = _uniform(n_in, n_out, rng)
    a = np.sqrt(6 / (n_in + n_out))
    return a * u


def lecun(n_in: int, n_out: int, rng: Any = None) -> np.ndarray:
    """Draw from N(0, 1/n_in): n_in Var(W) = 1. Only the forward pass is considered.

    LeCun, Bottou, Orr & Müller (1998), "Efficient BackProp", section 4.6. See :func:`standard`
    for parameters and errors.
    """
    g = _gaussian(n_in, n_out, rng)
    std = np.sqrt(1 / n_in)
    return std * g


def he(n_in: int, n_out: int, rng: Any = None) -> np.ndarray:
    """Draw from N(0, 2/n_in): n_in Var(W) = 2, because a rectifier passes half of the signal.

    He, Zhang, Ren & Sun (2015), "Delving Deep into Rectifiers", eq 10. See :func:`standard` for
    parameters and errors.
    """
    g = _gaussian(n_in, n_out, rng)
    std = np.sqrt(2 / n_in)
    return std * g


def orthogonal(n_in: int, n_out: int, rng: Any = None) -> np.ndarray:
    """Draw an orthogonal matrix: max(n_in, n_out) Var(W) = 1, and every singular value is 1.

    Saxe, McClelland & Ganguli (2013), "Exact solutions to the nonlinear dynamics of learning in
    deep linear neural networks". The rows or the columns, whichever are fewer, are orthonormal.
    See :func:`standard` for parameters and errors.
    """
    g = _gaussian(n_in, n_out, rng)
    tall = g if n_in >= n_out else g.T
    q, r = np.linalg.qr(tall)
    q = q * np.sign(np.diag(r))  # without these signs QR favours some rotations over others
    return q if n_in >= n_out else q.T


def _uniform(n_in: int, n_out: int, rng: Any) -> np.ndarray:
    shape = checks.size("n_in", n_in), checks.size("n_out", n_out)
    return checks.generator("rng", rng).uniform(-1, 1, shape)


def _gaussian(n_in: int, n_out: int, rng: Any) -> np.ndarray:
    shape = checks.size("n_in", n_in), checks.size("n_out", n_out)
    return checks.generator("rng", rng).standard_normal(shape)
