"""Assignment 6: layer Jacobians. Put your code where a NotImplementedError is raised.

A layer takes z to tanh(z W + b). Its Jacobian J has J[k, l] = dy_k/dz_l: what unit k of the output
does when unit l of the input moves.
"""

import numpy as np


def jacobian(z, W, b):
    """The Jacobian of tanh(z W + b) at one example.

    Parameters
    ----------
    z : ndarray, shape (n_in,)
    W : ndarray, shape (n_in, n_out)
    b : ndarray, shape (n_out,)

    Returns
    -------
    J : ndarray, shape (n_out, n_in)
    """
    ### BEGIN SOLUTION Task 6.1: the Jacobian at one example
    s = z @ W + b
    slope = 1 - np.tanh(s) ** 2
    return slope[:, None] * W.T
    ### END SOLUTION


def jacobians(z, W, b):
    """The Jacobian of tanh(z W + b) at every example of a batch.

    Parameters
    ----------
    z : ndarray, shape (m, n_in)
        A batch of m examples, one a row.
    W : ndarray, shape (n_in, n_out)
    b : ndarray, shape (n_out,)

    Returns
    -------
    J : ndarray, shape (m, n_out, n_in)
        One matrix an example.
    """
    ### BEGIN SOLUTION Task 6.2: the Jacobian at every example
    s = z @ W + b
    slopes = 1 - np.tanh(s) ** 2
    return slopes[:, :, None] * W.T
    ### END SOLUTION


def product(Js):
    """The Jacobian of several layers, one upon the other, from theirs.

    Parameters
    ----------
    Js : list of ndarray, shapes (n_1, n_0), (n_2, n_1) .. (n_L, n_{L-1})
        The Jacobians of L layers at one example, the lowest first.

    Returns
    -------
    J : ndarray, shape (n_L, n_0)
    """
    ### BEGIN SOLUTION Task 6.3: the Jacobian of all of the layers
    J = Js[0]
    for upper in Js[1:]:
        J = upper @ J
    return J
    ### END SOLUTION


def along(f, z, v, h):
    """J v, by centred differences: two calls of f, and no Jacobian.

    Parameters
    ----------
    f : function
        From an array (n_in,) to an array (n_out,).
    z, v : ndarray, shape (n_in,)
        Where, and in which direction.
    h : float
        How far to go: z is moved by h v to either side.

    Returns
    -------
    Jv : ndarray, shape (n_out,)
    """
    ### BEGIN SOLUTION Task 6.4: J v, from two calls of f
    up = f(z + h * v)
    down = f(z - h * v)
    return (up - down) / (2 * h)
    ### END SOLUTION


def stretches(J):
    """By how much each example's Jacobian stretches: its singular values.

    Parameters
    ----------
    J : ndarray, shape (m, n_out, n_in)

    Returns
    -------
    mean, largest, smallest : ndarray, each of shape (m,)
        Over the min(n_out, n_in) singular values of each matrix.
    """
    ### BEGIN SOLUTION Task 6.5: mean, largest and smallest singular value
    values = np.linalg.svd(J, compute_uv=False)
    return values.mean(axis=1), values.max(axis=1), values.min(axis=1)
    ### END SOLUTION


def law(W, slopes):
    """What the law of large random matrices says of the mean singular value of a square layer.

    Parameters
    ----------
    W : ndarray, shape (n, n)
    slopes : ndarray, shape (m, n)
        f'(s) of every unit at every example.

    Returns
    -------
    mean : ndarray, shape (m,)
        One prediction an example.
    """
    ### BEGIN SOLUTION Task 6.6: the mean singular value, as the law has it
    n_var = len(W) * W.var()
    rms = np.sqrt((slopes**2).mean(axis=1))
    return 8 / (3 * np.pi) * np.sqrt(n_var) * rms
    ### END SOLUTION
