"""Assignment 8: batch normalization. Put your code where a NotImplementedError is raised.

In all of it x, shape (m, n), is a batch of m examples, one a row, gamma and beta, shape (n,), are
what the layer learns, eps is a small number that is added to each variance, and dy, shape (m, n),
is the gradient of the cost at the output.
"""

import numpy as np


def forward(x, gamma, beta, eps):
    """The output of a batch normalization layer in training.

    Parameters
    ----------
    x : ndarray, shape (m, n)
    gamma, beta : ndarray, shape (n,)
    eps : float

    Returns
    -------
    y : ndarray, shape (m, n)
    """
    ### BEGIN SOLUTION Task 8.1: y, from x, gamma and beta
    std = np.sqrt(x.var(axis=0) + eps)
    x_hat = (x - x.mean(axis=0)) / std
    return gamma * x_hat + beta
    ### END SOLUTION


def running(mean, var, x, share):
    """The running statistics after one more batch.

    Parameters
    ----------
    mean, var : ndarray, shape (n,)
        What they were.
    x : ndarray, shape (m, n)
        The batch; m is at least 2.
    share : float
        How much the new batch counts.

    Returns
    -------
    mean, var : ndarray, shape (n,)
        What they are now.
    """
    ### BEGIN SOLUTION Task 8.2: the running mean and variance
    m = len(x)
    new_mean = (1 - share) * mean + share * x.mean(axis=0)
    new_var = (1 - share) * var + share * x.var(axis=0) * m / (m - 1)
    return new_mean, new_var
    ### END SOLUTION


def looked_at(x, gamma, beta, mean, var, eps):
    """The output of the layer when the network is only looked at.

    Parameters
    ----------
    x : ndarray, shape (m, n)
    gamma, beta, mean, var : ndarray, shape (n,)
        What is learnt, and the running statistics.
    eps : float

    Returns
    -------
    y : ndarray, shape (m, n)
    """
    ### BEGIN SOLUTION Task 8.3: y, from the running statistics
    x_hat = (x - mean) / np.sqrt(var + eps)
    return gamma * x_hat + beta
    ### END SOLUTION


def gradients(x_hat, dy):
    """The gradients with respect to gamma and beta.

    Parameters
    ----------
    x_hat, dy : ndarray, shape (m, n)

    Returns
    -------
    dgamma, dbeta : ndarray, shape (n,)
    """
    ### BEGIN SOLUTION Task 8.4: dgamma and dbeta
    dgamma = (dy * x_hat).sum(axis=0)
    dbeta = dy.sum(axis=0)
    return dgamma, dbeta
    ### END SOLUTION


def gradient_x(dx_hat, x_hat, std):
    """The gradient with respect to what came in, in training.

    Parameters
    ----------
    dx_hat, x_hat : ndarray, shape (m, n)
        The gradient with respect to x_hat = (x - mean)/std, and x_hat.
    std : ndarray, shape (n,)
        The root of the batch's variance plus eps.

    Returns
    -------
    dx : ndarray, shape (m, n)
    """
    ### BEGIN SOLUTION Task 8.5: dx, through mean and std
    shift = dx_hat.mean(axis=0)
    stretch = x_hat * (dx_hat * x_hat).mean(axis=0)
    return (dx_hat - shift - stretch) / std
    ### END SOLUTION
