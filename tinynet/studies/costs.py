"""Two costs over two weights: where a network could get stuck for want of a slope.

Glorot & Bengio (2010), section 4.1 and Figure 5: a network of two layers with one tanh unit each,
random inputs and targets. W1 is the weight of the first layer, W2 of the second:

    h = tanh(W1 x),  s = W2 h

The cross-entropy is that of a softmax over the logits (0, s); the quadratic cost compares tanh(s)
with targets of -1 and 1. (On s itself it would have no plateau: squashing the output makes one.)
"""

from __future__ import annotations

import numpy as np

from tinynet._internal import checks
from tinynet.studies.result import Result


def cost_surfaces(
    *, inputs: int = 100, reach: float = 4.0, points: int = 161, seed: int = 0
) -> Result:
    """Compute both costs, and the length of their gradients, on a grid of W1 and W2.

    Parameters
    ----------
    inputs : int, optional
        Random inputs, standard normal; each has one of two targets, with equal chance.
    reach : float, optional
        Both weights go from -reach to reach; 4 in the paper's figure.
    points : int, optional
        Points of the grid along each axis.
    seed : int, optional
        The seed of inputs and targets.

    Returns
    -------
    Result
        ``W``, shape (points,), the axis of both weights; ``cross_entropy`` and ``quadratic``,
        shape (points, points), indexed [W1, W2]: means over the inputs; ``cross_entropy_slope``
        and ``quadratic_slope``: lengths of the gradients with respect to (W1, W2).
        ``cross_entropy_plateau`` and ``quadratic_plateau``, shape (2,): the share of the area in
        which the slope is below 1 % and below 5 % of that surface's largest. ``x`` and
        ``targets``, shape (inputs,).

    Raises
    ------
    TypeError, ValueError
        A number cannot be used; the message names it.
    """
    inputs = checks.size("inputs", inputs)
    points = checks.size("points", points)
    reach = checks.not_negative("reach", checks.positive("reach", reach), most=700)  # exp(-s)
    seed = checks.seed("seed", seed)
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(inputs)
    targets = rng.integers(2, size=inputs)
    signs = 2 * targets - 1

    W = np.linspace(-reach, reach, points)
    W1, W2 = W[:, None, None], W[None, :, None]
    h = np.tanh(W1 * x)
    s = W2 * h

    p = 1 / (1 + np.exp(-s))
    cross_entropy = np.logaddexp(0, s) - targets * s
    y = np.tanh(s)
    quadratic = (y - signs) ** 2 / 2
    arrays = {"W": W, "x": x, "targets": targets}
    for name, cost, ds in (
        ("cross_entropy", cross_entropy, p - targets),
        ("quadratic", quadratic, (y - signs) * (1 - y**2)),
    ):
        dW2 = (ds * h).mean(axis=2)
        dW1 = (ds * W2 * (1 - h**2) * x).mean(axis=2)
        slope = np.hypot(dW1, dW2)
        arrays[name] = cost.mean(axis=2)
        arrays[f"{name}_slope"] = slope
        arrays[f"{name}_plateau"] = np.array(
            [(slope < share * slope.max()).mean() for share in (0.01, 0.05)]
        )
    settings = {"inputs": inputs, "reach": reach, "points": points, "seed": seed}
    return Result("cost_surfaces", settings, arrays)
