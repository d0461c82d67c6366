"""Assignment 9: one example's gradient. Put your code where a NotImplementedError is raised.

In all of it x, shape (m, n_in), is what enters a linear layer, one example a row, and dy, shape
(m, n_out), is the gradient of the mean cost at its output, which the backward pass leaves there.
"""

import numpy as np


def gradients(x, dy):
    """Each example's own gradients of weights and biases.

    Parameters
    ----------
    x : ndarray, shape (m, n_in)
    dy : ndarray, shape (m, n_out)

    Returns
    -------
    dW : ndarray, shape (m, n_in, n_out)
    db : ndarray, shape (m, n_out)
        Of each example's own cost: their means are the gradients of the mean cost.
    """
    ### BEGIN SOLUTION Task 9.1: a gradient for each example
    m = len(x)
    dW = m * x[:, :, None] * dy[:, None, :]
    db = m * dy
    return dW, db
    ### END SOLUTION


def squared_lengths(x, dy):
    """The squared length of each example's gradient, weights and biases together.

    Parameters
    ----------
    x : ndarray, shape (m, n_in)
    dy : ndarray, shape (m, n_out)

    Returns
    -------
    squares : ndarray, shape (m,)
    """
    ### BEGIN SOLUTION Task 9.2: lengths, without the gradients
    m = len(x)
    of_x = (x**2).sum(axis=1) + 1
    of_dy = (dy**2).sum(axis=1)
    return m**2 * of_x * of_dy
    ### END SOLUTION


def gram(x, dy):
    """The products of each example's gradient with each other's.

    Parameters
    ----------
    x : ndarray, shape (m, n_in)
    dy : ndarray, shape (m, n_out)

    Returns
    -------
    G : ndarray, shape (m, m)
        G[j, k] is the sum over all weights and biases of example j's gradient times example k's.
    """
    ### BEGIN SOLUTION Task 9.3: all products of two gradients
    m = len(x)
    of_x = x @ x.T + 1
    of_dy = dy @ dy.T
    return m**2 * of_x * of_dy
    ### END SOLUTION


def noise(G):
    """How much the examples' gradients disagree, and how large a batch should be.

    Parameters
    ----------
    G : ndarray, shape (m, m)
        The products of 9.3; m is at least 2.

    Returns
    -------
    variance : float
        The sum over all weights and biases of the variance of one example's gradient.
    scale : float
        That, divided by the squared length of the mean gradient.
    """
    ### BEGIN SOLUTION Task 9.4: noise and signal, from the products
    m = len(G)
    signal = G.mean()
    variance = (np.trace(G) / m - signal) * m / (m - 1)
    return variance, variance / signal
    ### END SOLUTION


def clipped(x, dy, longest):
    """The mean gradient, each example's own being shortened to a length if it is longer.

    Parameters
    ----------
    x : ndarray, shape (m, n_in)
    dy : ndarray, shape (m, n_out)
    longest : float

    Returns
    -------
    dW : ndarray, shape (n_in, n_out)
    db : ndarray, shape (n_out,)
    """
    ### BEGIN SOLUTION Task 9.5: the mean of clipped gradients
    m = len(x)
    lengths = m * np.sqrt(((x**2).sum(axis=1) + 1) * (dy**2).sum(axis=1))
    factors = np.minimum(1, longest / lengths)
    weighed = factors[:, None] * dy
    return x.T @ weighed, weighed.sum(axis=0)
    ### END SOLUTION
