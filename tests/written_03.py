"""Exercise 3.1, the dW of a deep network, as students may write it: right, or wrong."""

import numpy as np


def forward(x, W, b):
    z = [x]
    for w, c in zip(W[:-1], b[:-1], strict=True):
        z.append(np.tanh(z[-1] @ w + c))
    return z


def in_a_list(x, W, b, ds):
    z = forward(x, W, b)
    dW = [z[-1].T @ ds]
    for k in range(len(W) - 1, 0, -1):
        ds = (ds @ W[k].T) * (1 - z[k] * z[k])
        dW.append(z[k - 1].T @ ds)
    return dW[::-1]


def recursive(x, W, b, ds):
    def down(z, k):
        s = z @ W[k] + b[k]
        if k == len(W) - 1:
            return ds @ W[k].T, [z.T @ ds]
        dz, above = down(np.tanh(s), k + 1)
        here = dz / np.cosh(s) ** 2
        return here @ W[k].T, [z.T @ here, *above]

    return down(x, 0)[1]


def in_an_array(x, W, b, ds):
    z, dW = forward(x, W, b), np.zeros(W.shape)
    for k in reversed(range(len(W))):
        dW[k] = np.einsum("el,ek->lk", z[k], ds)
        ds = np.einsum("ek,lk->el", ds, W[k]) * (1 - z[k] ** 2)
    return dW


def example_by_example(x, W, b, ds):
    total = np.zeros(W.shape)
    for row, gradient in zip(x, ds, strict=True):
        z = forward(row, W, b)
        for k in reversed(range(len(W))):
            total[k] += np.outer(z[k], gradient)
            gradient = (1 - z[k] ** 2) * (W[k] @ gradient)
    return tuple(total)


def wrong(slope=None, turned=True, share=1):
    def backward(x, W, b, ds):
        z, dW = forward(x, W, b), []
        s = [None, *(np.arctanh(a) for a in z[1:])]
        for k in reversed(range(len(W))):
            dW.append(z[k].T @ ds / (len(x) if share != 1 else 1))
            if k:
                ds = (ds @ (W[k].T if turned else W[k])) * slope(z, s, k)
        return dW[::-1]

    return backward


def right_slope(z, s, k):
    return 1 - z[k] ** 2


def slope_of_the_layer_below(z, s, k):
    return 1 - z[k - 1] ** 2


def from_the_output(x, W, b, ds):
    return in_a_list(x, W, b, ds)[::-1]


def tanh_at_the_output(x, W, b, ds):
    s = forward(x, W, b)[-1] @ W[-1] + b[-1]
    return in_a_list(x, W, b, ds * (1 - np.tanh(s) ** 2))


def without_biases(x, W, b, ds):
    return in_a_list(x, W, 0 * b, ds)


def the_top_alone(x, W, b, ds):
    return forward(x, W, b)[-1].T @ ds


def gradient_in_place(x, W, b, ds):
    z, dW = forward(x, W, b), []
    for k in reversed(range(len(W))):
        dW.insert(0, z[k].T @ ds)
        ds[:] = ds @ W[k].T * (1 - z[k] ** 2)
    return dW


RIGHT = [in_a_list, recursive, in_an_array, example_by_example]
WRONG = [
    (wrong(lambda z, s, k: 1), "no slope of a tanh is in those below"),
    (wrong(lambda z, s, k: 1 - z[k]), "is the square there?"),
    (wrong(lambda z, s, k: 1 - np.tanh(z[k]) ** 2), "tanh was taken twice"),
    (wrong(lambda z, s, k: 1 - s[k] ** 2), "not 1 - s^2"),
    (wrong(slope_of_the_layer_below), "numbers are not right, the first at [0, 0, 0]"),
    (wrong(right_slope, turned=False), "W is not transposed on the way down"),
    (wrong(right_slope, share=2), "divided by the batch size"),
    (from_the_output, "the list begins at the output"),
    (tanh_at_the_output, "a slope is in the top dW already"),
    (without_biases, "numbers are not right"),
    (the_top_alone, "dW: expected shape"),
    (gradient_in_place, "ds was changed in place"),
]
