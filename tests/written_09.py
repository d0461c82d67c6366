"""Exercise 9.1, the Jacobian of a tanh layer, as students may write it: right, or wrong."""

import numpy as np


def rows_times(W, s):
    return W.T / np.cosh(s)[:, None] ** 2


def loops(W, s):
    J = np.zeros(W.T.shape)
    for k in range(len(s)):
        for j in range(len(W)):
            J[k, j] = (1 - np.tanh(s[k]) ** 2) * W[j, k]
    return J


def columns_first(W, s):
    return (W * (1 - np.tanh(s) ** 2)).T


def by_lists(W, s):
    return [list((1 - np.tanh(one) ** 2) * column) for one, column in zip(s, W.T, strict=True)]


def transposed(W, s):
    return W * (1 - np.tanh(s) ** 2)


def wrong_axis(W, s):
    return W.T * (1 - np.tanh(s) ** 2)


def untransposed(W, s):
    return np.diag(1 - np.tanh(s) ** 2) @ W


def slope_of_y(W, s):
    return np.diag(1 - np.tanh(np.tanh(s)) ** 2) @ W.T


def no_slope(W, s):
    return W.T


def no_square(W, s):
    return np.diag(1 - np.tanh(s)) @ W.T


def value_for_slope(W, s):
    return np.tanh(s)[:, None] * W.T


def row_of_slopes(W, s):
    return (1 - np.tanh(s) ** 2) @ W.T


def nothing(W, s):
    np.diag(1 - np.tanh(s) ** 2) @ W.T


RIGHT = [rows_times, loops, columns_first, by_lists]
WRONG = [
    (transposed, "that is J transposed"),
    (wrong_axis, "belongs to row k of J"),
    (untransposed, "J has W transposed"),
    (slope_of_y, "the slope is taken at y"),
    (no_slope, "the slope is missing"),
    (no_square, "numbers are not right"),
    (value_for_slope, "that has tanh(s) where its slope should be"),
    (row_of_slopes, "J: expected shape"),
    (nothing, "got None: is there a return?"),
]
