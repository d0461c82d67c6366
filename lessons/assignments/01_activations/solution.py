"""Assignment 1: activations and their derivatives.

Put your code where a NotImplementedError is raised. Everything is (batch, units), one example a
row, and what comes back has the shape of what went in.
"""

import numpy as np


def sigmoid(s):
    """The sigmoid, from 0 to 1. It must not overflow, however large s is.

    Parameters
    ----------
    s : ndarray, shape (batch, units)
        Pre-activations.

    Returns
    -------
    y : ndarray, shape (batch, units)
    """
    ### BEGIN SOLUTION Task 1.1: the sigmoid of s, also where s is -1000
    e = np.exp(-np.abs(s))
    return np.where(s >= 0, 1, e) / (1 + e)
    ### END SOLUTION


def sigmoid_slope(s):
    """The derivative of the sigmoid with respect to s.

    Parameters
    ----------
    s : ndarray, shape (batch, units)
        Pre-activations, not activations.

    Returns
    -------
    slope : ndarray, shape (batch, units)
    """
    ### BEGIN SOLUTION Task 1.2: the slope of the sigmoid at s
    e = np.exp(-np.abs(s))
    return e / (1 + e) ** 2
    ### END SOLUTION


def tanh_slope(s):
    """The derivative of tanh with respect to s.

    Parameters
    ----------
    s : ndarray, shape (batch, units)
        Pre-activations, not activations.

    Returns
    -------
    slope : ndarray, shape (batch, units)
    """
    ### BEGIN SOLUTION Task 1.3: the slope of tanh at s
    return 1 - np.tanh(s) ** 2
    ### END SOLUTION


def softsign(s):
    """Softsign, from -1 to 1.

    Parameters
    ----------
    s : ndarray, shape (batch, units)
        Pre-activations.

    Returns
    -------
    y : ndarray, shape (batch, units)
    """
    ### BEGIN SOLUTION Task 1.4: softsign of s
    return s / (1 + np.abs(s))
    ### END SOLUTION


def softsign_slope(s):
    """The derivative of softsign with respect to s.

    Parameters
    ----------
    s : ndarray, shape (batch, units)
        Pre-activations, not activations.

    Returns
    -------
    slope : ndarray, shape (batch, units)
    """
    ### BEGIN SOLUTION Task 1.5: the slope of softsign at s
    return 1 / (1 + np.abs(s)) ** 2
    ### END SOLUTION


def relu(s):
    """The rectifier: what is positive passes, the rest is 0.

    Parameters
    ----------
    s : ndarray, shape (batch, units)
        Pre-activations.

    Returns
    -------
    y : ndarray, shape (batch, units)
    """
    ### BEGIN SOLUTION Task 1.6: relu of s
    return np.maximum(s, 0)
    ### END SOLUTION


def relu_slope(s):
    """The derivative of relu with respect to s; 0 where s is 0.

    Parameters
    ----------
    s : ndarray, shape (batch, units)
        Pre-activations.

    Returns
    -------
    slope : ndarray, shape (batch, units)
    """
    ### BEGIN SOLUTION Task 1.7: the slope of relu at s
    return (s > 0).astype(s.dtype)
    ### END SOLUTION


def backward(dy, x, y, slope):
    """Through an activation layer: the gradient dx, from dy.

    Parameters
    ----------
    dy : ndarray, shape (batch, units)
        The gradient of the cost with respect to y.
    x, y : ndarray, shape (batch, units)
        What came into the layer in the forward pass, and what went out.
    slope : function
        The derivative of the layer's function f, of arrays of any shape.

    Returns
    -------
    dx : ndarray, shape (batch, units)
    """
    ### BEGIN SOLUTION Task 1.8: dx, from dy and the slope
    return dy * slope(x)
    ### END SOLUTION
