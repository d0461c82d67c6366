"""Assignment 5: initialization. Put your code where a NotImplementedError is raised.

A network has d + 1 linear layers, counted from 0. Layer i takes z_i (m, n_i) to
s_i = z_i W_i + b_i (m, n_{i+1}); z_0 is the input, and s_d the output. All biases are 0.
"""

import numpy as np


def bound(n_in, n_out, init):
    """The a of the uniform distribution U(-a, a) from which the weights of a layer are drawn.

    Parameters
    ----------
    n_in, n_out : int
        Units that enter the layer, and units that leave it.
    init : str
        "standard" or "normalized".

    Returns
    -------
    a : float
    """
    ### BEGIN SOLUTION Task 5.1: a, by eq 1 or by eq 16
    if init == "standard":
        return np.sqrt(1 / n_in)
    return np.sqrt(6 / (n_in + n_out))
    ### END SOLUTION


def draw(n_in, n_out, a, rng):
    """Weights of a layer: independent draws from U(-a, a).

    Parameters
    ----------
    n_in, n_out : int
    a : float
    rng : numpy.random.Generator
        Where all of the chance comes from.

    Returns
    -------
    W : ndarray, shape (n_in, n_out)
    """
    ### BEGIN SOLUTION Task 5.2: W, drawn from rng
    return rng.uniform(-a, a, size=(n_in, n_out))
    ### END SOLUTION


def forward_theory(sizes, variances, z_square):
    """E[z_i^2] for i = 0 .. d, in the linear regime: f(s) = s.

    Parameters
    ----------
    sizes : ndarray of int, shape (d + 2,)
        n_0 .. n_{d+1}: that of the input, of every hidden layer, and of the output.
    variances : ndarray, shape (d + 1,)
        Var[W_0] .. Var[W_d].
    z_square : float
        E[z_0^2].

    Returns
    -------
    z_squares : ndarray, shape (d + 1,)
        The first is E[z_0^2] itself.
    """
    ### BEGIN SOLUTION Task 5.3: E[z_i^2], by eq 5
    gains = sizes[:-2] * variances[:-1]
    return z_square * np.cumprod(np.append(1, gains))
    ### END SOLUTION


def backward_theory(sizes, variances, ds_square):
    """E[ds_i^2] for i = 0 .. d, in the linear regime: f'(s) = 1.

    Parameters
    ----------
    sizes : ndarray of int, shape (d + 2,)
    variances : ndarray, shape (d + 1,)
        Both as for forward_theory.
    ds_square : float
        E[ds_d^2], at the output.

    Returns
    -------
    ds_squares : ndarray, shape (d + 1,)
        The last is E[ds_d^2] itself.
    """
    ### BEGIN SOLUTION Task 5.4: E[ds_i^2], by eq 6
    gains = sizes[2:] * variances[1:]
    downward = np.cumprod(np.append(1, gains[::-1]))
    return ds_square * downward[::-1]
    ### END SOLUTION


def mean_squares(zs):
    """What theory predicts, measured: the mean square of every z_i.

    Parameters
    ----------
    zs : list of ndarray, shapes (m, n_i)
        z_0 .. z_d of one batch: rows are examples.

    Returns
    -------
    z_squares : ndarray, shape (d + 1,)
        Each a mean over examples and units.
    """
    ### BEGIN SOLUTION Task 5.5: the mean of z_i^2 over examples and units
    return np.array([np.mean(z**2) for z in zs])
    ### END SOLUTION


def n_var(Ws):
    """By how much each layer multiplies a mean square, on the way up and on the way down.

    Parameters
    ----------
    Ws : list of ndarray, shapes (n_i, n_{i+1})

    Returns
    -------
    factors : ndarray, shape (d + 1, 2)
        A row a layer: the factor of E[z^2], and that of E[ds^2].
    """
    ### BEGIN SOLUTION Task 5.6: n_in Var[W] and n_out Var[W] of every layer
    return np.array([[W.shape[0] * W.var(), W.shape[1] * W.var()] for W in Ws])
    ### END SOLUTION


def falls_under(z_squares, fraction):
    """The first i at which E[z_i^2] is less than a fraction of E[z_0^2].

    Parameters
    ----------
    z_squares : ndarray, shape (d + 1,)
        Of z_0 .. z_d.
    fraction : float
        Between 0 and 1.

    Returns
    -------
    i : int
        -1 if no layer's is.
    """
    ### BEGIN SOLUTION Task 5.7: the first i under the fraction, or -1
    under = np.flatnonzero(z_squares < fraction * z_squares[0])
    return int(under[0]) if len(under) else -1
    ### END SOLUTION
