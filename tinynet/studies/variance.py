"""What random weights do to a signal on its way up, and to its gradient on its way down.

Glorot & Bengio (2010), section 4.2.1, eqs 2 to 16, in the indices of the code: Linear i = 0 .. d
takes z_i (z_0 is the input) to s_i = z_i W_i + b_i, and z_{i+1} = f(s_i). ``ds`` and ``dw`` are one
example's gradients. The paper's own indices in eqs 2, 6 and 7 do not fit each other: read word
for word, eq 6 has one factor too many, and eq 7 leaves the output layer out. Its eq 13 prints
Var[x] where eq 6 gives Var[dCost/ds^d]. And where it writes Var[x], the sums carry on the second
moment E[x^2], which is larger if the input has a mean.

Three theories stand beside the measurement, each closer to it than the one before:

- *linear*: the paper's, f'(s) = 1 everywhere (eqs 5, 6, 7);
- *one length*: s is Gaussian with the variance that an average image gives;
- *mean field*: the same for each image on its own, because images differ in contrast.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tinynet._internal import checks
from tinynet.layers import Activation
from tinynet.looking.statistics import std
from tinynet.losses import SoftmaxCrossEntropy
from tinynet.network import Network, mlp
from tinynet.studies.result import Result

# For E[f(s)] with a Gaussian s: Gauss-Legendre quadrature from -8 to 0 and from 0 to 8 std. The two
# meet where relu and softsign have their kink; f' may be much narrower than the Gaussian.
_roots, _weights = np.polynomial.legendre.leggauss(100)
NODES = np.concatenate([4 * _roots - 4, 4 * _roots + 4])
WEIGHTS = np.tile(_weights, 2) * np.exp(-(NODES**2) / 2)
WEIGHTS = WEIGHTS / WEIGHTS.sum()


def variance_theory(
    sizes: Sequence[int],
    x: np.ndarray,
    labels: np.ndarray,
    *,
    activation: str | Callable = "tanh",
    init: str | Callable = "standard",
    output_init: str | Callable | None = None,
    networks: int = 4,
    seed: int = 0,
) -> Result:
    """Compute second moments of every z_i, ds_i and dw_i: measured, and by three theories.

    Parameters
    ----------
    sizes : sequence of int
        Sizes of the layers, growing and shrinking as you like; the first is the width of x.
    x : ndarray, shape (examples, sizes[0])
    labels : ndarray of int, shape (examples,)
    activation, init, output_init
        As for :func:`tinynet.mlp`.
    networks : int, optional
        How many networks to average over.
    seed : int, optional
        The seed of the weights; network k has ``default_rng([seed, k])``.

    Returns
    -------
    Result
        For each ``way`` of ``measured``, ``linear``, ``one_length`` and ``mean_field`` the arrays
        ``z_way``, ``ds_way`` and ``dw_way``, shape (d + 1,): means over networks, examples and
        units of z_i^2, ds_i^2 and (one example's) dw_i^2, for i = 0 .. d. ``mean_z_measured``
        and ``mean_z_mean_field``: the means of z_i, for anyone who wants a variance (sigmoid's
        are not 0). ``dW_std``: std of the gradient of the mean cost.

    Raises
    ------
    TypeError, ValueError
        One of the arguments cannot be used; the message names it.
    """
    sizes = checks.sizes_with_hidden("sizes", sizes)
    x = checks.finite("x", checks.batch("x", x, sizes[0]))
    labels = checks.labels("labels", labels, len(x), sizes[-1])
    networks, seed = checks.size("networks", networks), checks.seed("seed", seed)
    found: dict[str, list[np.ndarray]] = {}
    for k in range(networks):
        net = mlp(sizes, activation=activation, init=init, output_init=output_init, rng=[seed, k])
        for name, array in _one_network(net, x, labels).items():
            found.setdefault(name, []).append(array)
    settings = {
        "sizes": sizes,
        "activation": name_of(activation),
        "init": name_of(init),
        "output_init": name_of(output_init),
        "networks": networks,
        "examples": len(x),
        "seed": seed,
    }
    arrays = {name: np.mean(values, axis=0) for name, values in found.items()}
    return Result("variance_theory", settings, arrays)


def measured(net: Network, x: np.ndarray, labels: np.ndarray) -> dict[str, list[np.ndarray]]:
    """Take one forward and one backward pass; return z_i and ds_i of every Linear, and its dW.

    Returns
    -------
    dict
        ``z`` and ``ds``, lists of arrays (examples, units), i = 0 .. d; ``dW``, of the mean cost.
    """
    loss = SoftmaxCrossEntropy()
    loss.forward(net.forward(x), labels)
    net.backward(loss.backward())
    m = len(x)
    weighted = net.layers[::2]
    return {
        "z": [linear.x for linear in weighted],
        "ds": [m * linear.dy for linear in weighted],
        "dW": [linear.dW for linear in weighted],
    }


def rms(array: np.ndarray) -> float:
    """Return the root mean square of all entries, summed in float64."""
    return float(np.sqrt((array.astype(float) ** 2).mean()))


def sizes_and_variances(net: Network) -> tuple[list[int], list[float]]:
    """Return n_0 .. n_{d+1} and Var[W_0] .. Var[W_d], as :func:`linear_regime` takes them."""
    weighted = net.layers[::2]
    sizes = [weighted[0].n_in] + [linear.n_out for linear in weighted]
    return sizes, [rms(linear.W) ** 2 for linear in weighted]


def linear_regime(
    sizes: Sequence[int], variances: Sequence[float], z_square: float, ds_square: float
) -> dict[str, np.ndarray]:
    """Apply the paper's theory: f(s) = s, so that the weights alone decide.

    E[z_i^2]  = E[z_0^2]  * product over j < i of n_j     Var[W_j]       (eq 5)
    E[ds_i^2] = E[ds_d^2] * product over j > i of n_{j+1} Var[W_j]       (eq 6)
    E[dw_i^2] = E[z_i^2] * E[ds_i^2], one example's                      (eq 7)

    Parameters
    ----------
    sizes : sequence of int
        n_0 .. n_{d+1}.
    variances : sequence of float
        Var[W_0] .. Var[W_d].
    z_square, ds_square : float
        What goes in at the two ends: E[z_0^2] and E[ds_d^2].

    Returns
    -------
    dict
        ``z``, ``ds`` and ``dw``, each (d + 1,): the second moments for i = 0 .. d.
    """
    sizes, variances = _sizes_and_variances(sizes, variances)
    z_square = checks.not_negative("z_square", z_square)
    ds_square = checks.not_negative("ds_square", ds_square)
    forward = [n * var for n, var in zip(sizes[:-1], variances, strict=True)]
    backward = [n * var for n, var in zip(sizes[1:], variances, strict=True)]
    z = z_square * np.cumprod([1.0, *forward[:-1]])
    ds = ds_square * np.cumprod([1.0, *backward[:0:-1]])[::-1]
    return {"z": z, "ds": ds, "dw": z * ds}


def mean_field(
    sizes: Sequence[int],
    variances: Sequence[float],
    activation: Activation,
    z_square: np.ndarray,
    ds_square: np.ndarray,
) -> dict[str, np.ndarray]:
    """Do as :func:`linear_regime`, but with the bend of f: average f and f' over a Gaussian s.

    Var[s_i]      = n_i Var[W_i] E[z_i^2]
    E[z_{i+1}^2]  = E[f(s_i)^2]
    E[ds_i^2]     = E[f'(s_i)^2] n_{i+2} Var[W_{i+1}] E[ds_{i+1}^2]

    Parameters
    ----------
    sizes, variances
        As for :func:`linear_regime`.
    activation : Activation
        Its ``f`` and ``slope`` are averaged, by Gauss-Legendre quadrature on either side of 0.
    z_square, ds_square : ndarray, shape (examples,)
        What goes in at the two ends, for each example on its own.

    Returns
    -------
    dict
        ``z``, ``ds``, ``dw`` and ``mean_z``, each (d + 1,): means over the examples. ``mean_z``
        is NaN for the input.
    """
    sizes, variances = _sizes_and_variances(sizes, variances)
    checks.has_methods("activation", activation, ("f", "slope"), "tn.Tanh()")
    z_square = checks.numbers("z_square", z_square, [None], least=0)
    ds_square = checks.numbers("ds_square", ds_square, z_square.shape, least=0)
    z, mean_z, slopes = [z_square], [np.nan], []
    for n, var in zip(sizes[:-2], variances[:-1], strict=True):
        s = np.sqrt(n * var * z[-1])[:, None] * NODES
        z.append(activation.f(s) ** 2 @ WEIGHTS)
        mean_z.append(float((activation.f(s) @ WEIGHTS).mean()))
        slopes.append(activation.slope(s) ** 2 @ WEIGHTS)
    ds = [ds_square]
    for i in reversed(range(len(slopes))):
        ds.insert(0, slopes[i] * sizes[i + 2] * variances[i + 1] * ds[0])
    every_z, every_ds = np.array(z), np.array(ds)
    return {
        "z": every_z.mean(axis=1),
        "ds": every_ds.mean(axis=1),
        "dw": (every_z * every_ds).mean(axis=1),
        "mean_z": np.array(mean_z),
    }


def _sizes_and_variances(sizes: Any, variances: Any) -> tuple[list[int], list[float]]:
    """Check that there is a variance of at least 0 for each layer of weights."""
    sizes = checks.sizes("sizes", sizes)
    return sizes, checks.numbers("variances", variances, [len(sizes) - 1], least=0).tolist()


def _one_network(net: Network, x: np.ndarray, labels: np.ndarray) -> dict[str, np.ndarray]:
    """Measure one network, and compute its theories."""
    found = measured(net, x, labels)
    z_squares = [(z.astype(float) ** 2).mean(axis=1) for z in found["z"]]
    ds_squares = [(ds.astype(float) ** 2).mean(axis=1) for ds in found["ds"]]
    arrays = {
        "z_measured": np.array([square.mean() for square in z_squares]),
        "ds_measured": np.array([square.mean() for square in ds_squares]),
        "dw_measured": np.array(
            [(a * b).mean() for a, b in zip(z_squares, ds_squares, strict=True)]
        ),
        "mean_z_measured": np.array([z.mean() for z in found["z"]]),
        "dW_std": np.array([std(dW) for dW in found["dW"]]),
    }
    sizes, variances = sizes_and_variances(net)
    ends = z_squares[0], ds_squares[-1]
    average_ends = ends[0].mean(), ends[1].mean()
    theories = {"linear": linear_regime(sizes, variances, *average_ends)}
    activation = net.layers[1]
    one = [np.array([end]) for end in average_ends]
    theories["one_length"] = mean_field(sizes, variances, activation, *one)
    theories["mean_field"] = mean_field(sizes, variances, activation, *ends)
    for way, theory in theories.items():
        for name, array in theory.items():
            arrays[f"{name}_{way}"] = array
    return arrays


def name_of(choice: str | Callable | None) -> str | None:
    """Return the name of an activation or an initializer, for the settings of a result."""
    if choice is None or isinstance(choice, str):
        return choice
    return getattr(choice, "__name__", type(choice).__name__)
