"""Exercise 1.1, dW, db and dx of one neuron, as students may write it: right, or wrong."""

import numpy as np


def one_line_each(x, W, b, target):
    s = W @ x + b
    ds = (np.tanh(s) - target) / np.cosh(s) ** 2
    return ds * x, ds, ds * W


def loops(x, W, b, target):
    y = np.tanh(x[0] * W[0] + x[1] * W[1] + b)
    ds = (y - target) * (1 - y * y)
    return [x[0] * ds, x[1] * ds], ds, [W[0] * ds, W[1] * ds]


def by_the_quotient(x, W, b, target):
    e = np.exp(2 * (x @ W + b))
    ds = ((e - 1) / (e + 1) - target) * 4 * e / (e + 1) ** 2
    return np.outer(x, [ds])[:, 0], np.float64(ds), W * ds


def no_slope(x, W, b, target):
    dy = np.tanh(x @ W + b) - target
    return x * dy, dy, W * dy


def slope_of_s(x, W, b, target):
    s = x @ W + b
    ds = (np.tanh(s) - target) * (1 - s**2)
    return x * ds, ds, W * ds


def turned(x, W, b, target):
    y = np.tanh(x @ W + b)
    ds = (y - target) * (1 - y**2)
    return W * ds, ds, x * ds


def other_sign(x, W, b, target):
    y = np.tanh(x @ W + b)
    ds = (target - y) * (1 - y**2)
    return x * ds, ds, W * ds


def twice(x, W, b, target):
    y = np.tanh(x @ W + b)
    ds = 2 * (y - target) * (1 - y**2)
    return x * ds, ds, W * ds


def sums(x, W, b, target):
    y = np.tanh(x @ W + b)
    ds = (y - target) * (1 - y**2)
    return (x * ds).sum(), ds, W * ds


def only_two(x, W, b, target):
    y = np.tanh(x @ W + b)
    ds = (y - target) * (1 - y**2)
    return x * ds, ds


RIGHT = [one_line_each, loops, by_the_quotient]
WRONG = [
    (no_slope, "the slope of tanh is missing"),
    (slope_of_s, "and not 1 - s^2"),
    (turned, "dW and dx are exchanged"),
    (other_sign, "dy is y - target"),
    (twice, "a 2 too many"),
    (sums, "dW: expected shape (2,), got ()"),
    (only_two, "expected return dW, db, dx"),
]
