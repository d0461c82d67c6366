"""Assignment 2: a linear layer. Put your code where a NotImplementedError is raised.

In all of it x, shape (m, n_in), are m examples, one a row, W, shape (n_in, n_out), the weights, b,
shape (n_out,), the biases, and dy, shape (m, n_out), is the gradient of the cost at the output.
"""

import numpy as np


def forward(x, W, b):
    """The output of a linear layer.

    Parameters
    ----------
    x : ndarray, shape (m, n_in)
        A batch of m examples, one a row.
    W : ndarray, shape (n_in, n_out)
    b : ndarray, shape (n_out,)

    Returns
    -------
    y : ndarray, shape (m, n_out)
    """
    ### BEGIN SOLUTION Task 2.1: y, from x, W and b
    return x @ W + b
    ### END SOLUTION


def gradient_b(dy):
    """The gradient of the cost with respect to the biases.

    Parameters
    ----------
    dy : ndarray, shape (m, n_out)

    Returns
    -------
    db : ndarray, shape (n_out,)
    """
    ### BEGIN SOLUTION Task 2.2: db, from dy
    return dy.sum(axis=0)
    ### END SOLUTION


def gradient_W(x, dy):
    """The gradient of the cost with respect to the weights.

    Parameters
    ----------
    x : ndarray, shape (m, n_in)
        What came in.
    dy : ndarray, shape (m, n_out)

    Returns
    -------
    dW : ndarray, shape (n_in, n_out)
    """
    ### BEGIN SOLUTION Task 2.3: dW, from x and dy
    return x.T @ dy
    ### END SOLUTION


def gradient_x(dy, W):
    """The gradient of the cost with respect to what came in.

    Parameters
    ----------
    dy : ndarray, shape (m, n_out)
    W : ndarray, shape (n_in, n_out)

    Returns
    -------
    dx : ndarray, shape (m, n_in)
    """
    ### BEGIN SOLUTION Task 2.4: dx, from dy and W
    return dy @ W.T
    ### END SOLUTION


def shares(x, dy):
    """What each example adds to dW.

    Parameters
    ----------
    x : ndarray, shape (m, n_in)
        What came in.
    dy : ndarray, shape (m, n_out)

    Returns
    -------
    dWs : ndarray, shape (m, n_in, n_out)
        A matrix of the shape of W for each example; their sum is dW.
    """
    ### BEGIN SOLUTION Task 2.5: the share of each example in dW
    return np.einsum("el,ek->elk", x, dy)
    ### END SOLUTION
