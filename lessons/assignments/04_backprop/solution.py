"""Assignment 4: backpropagation through a network, and its check.

Put your code where a NotImplementedError is raised. A network is two lists, Ws and bs: the weights
and biases of its linear layers, from the first to the last. Between two of them stands a tanh.
"""

import numpy as np


def forward(x, Ws, bs):
    """Through the whole network: what every linear layer takes and gives.

    Parameters
    ----------
    x : ndarray, shape (m, n_0)
        A batch of m examples, one a row.
    Ws : list of ndarray, shapes (n_0, n_1), (n_1, n_2), ...
    bs : list of ndarray, shapes (n_1,), (n_2,), ...

    Returns
    -------
    s : list of ndarray, shapes (m, n_1), (m, n_2), ...
        What each linear layer gives; the last is the output.
    z : list of ndarray, shapes (m, n_0), (m, n_1), ...
        What each linear layer takes; the first is x. As many as s.
    """
    ### BEGIN SOLUTION Task 4.1: s and z of every layer, as two lists
    s, z = [], [x]
    for W, b in zip(Ws, bs, strict=True):
        s.append(z[-1] @ W + b)
        z.append(np.tanh(s[-1]))
    return s, z[:-1]
    ### END SOLUTION


def one_layer_down(ds_above, W_above, s):
    """From the gradient at one linear layer's output to that of the one below it.

    Parameters
    ----------
    ds_above : ndarray, shape (m, n_above)
        Gradient of the cost at the output of the upper layer.
    W_above : ndarray, shape (n, n_above)
        Weights of the upper layer.
    s : ndarray, shape (m, n)
        Output of the lower layer, in the forward pass.

    Returns
    -------
    ds : ndarray, shape (m, n)
        Gradient of the cost with respect to s.
    """
    ### BEGIN SOLUTION Task 4.2: ds, from ds_above, W_above and s
    dz = ds_above @ W_above.T
    return dz * (1 - np.tanh(s) ** 2)
    ### END SOLUTION


def backward(doutput, s, z, Ws):
    """Through the whole network, from the output down: the gradients of all parameters.

    Parameters
    ----------
    doutput : ndarray, shape (m, n_last)
        Gradient of the cost with respect to the output, which is the last of s.
    s, z : list of ndarray
        What each linear layer gave and took in the forward pass, from the first to the last.
    Ws : list of ndarray
        Their weights.

    Returns
    -------
    dWs, dbs : list of ndarray
        The gradients of the weights and of the biases, from the first layer to the last.
    """
    ### BEGIN SOLUTION Task 4.3: the gradients of all weights and biases, as two lists
    dWs, dbs = [], []
    ds = doutput
    for i in reversed(range(len(Ws))):
        dWs.insert(0, z[i].T @ ds)
        dbs.insert(0, ds.sum(axis=0))
        if i > 0:
            below = ds @ Ws[i].T
            ds = below * (1 - np.tanh(s[i - 1]) ** 2)
    return dWs, dbs
    ### END SOLUTION


def numerical_gradient(cost, a, h):
    """The gradient of a cost by centred differences, one number after the other.

    Parameters
    ----------
    cost : function
        ``cost(a)`` is a float, for any array of the shape of a.
    a : ndarray of any shape
        Where the gradient is wanted. It must come out of this as it went in.
    h : float
        By how much a number is moved to each side.

    Returns
    -------
    da : ndarray, of the shape of a
    """
    ### BEGIN SOLUTION Task 4.4: the centred differences of the cost at a
    moved = a.astype(np.float64)
    da = np.zeros(a.shape)
    for k in np.ndindex(a.shape):
        moved[k] = a[k] + h
        right = cost(moved)
        moved[k] = a[k] - h
        left = cost(moved)
        moved[k] = a[k]
        da[k] = (right - left) / (2 * h)
    return da
    ### END SOLUTION


def relative_errors(gradients, measured):
    """How far each array is from what was measured, as a share of its largest number.

    Parameters
    ----------
    gradients, measured : list of ndarray
        The same number of arrays, of the same shapes: by backpropagation, and by differences.

    Returns
    -------
    errors : list of float
        One for each array; 0 where both arrays hold nothing but 0.
    """
    ### BEGIN SOLUTION Task 4.5: one relative error for each array
    errors = []
    for ours, theirs in zip(gradients, measured, strict=True):
        difference = np.abs(ours - theirs).max()
        scale = max(np.abs(ours).max(), np.abs(theirs).max())
        errors.append(difference / scale if scale > 0 else 0.0)
    return errors
    ### END SOLUTION
