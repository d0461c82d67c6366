"""Exercise L4.1, gradients of the hinge cost, as students may write it: right, or wrong."""

import numpy as np


def loops(x, W, v, t):
    dW, dv = np.zeros(W.shape), np.zeros(len(v))
    for row, sign in zip(x, t, strict=True):
        z = np.maximum(row @ W, 0)
        if sign * (z @ v) < 1:
            dv += -sign * z / len(t)
            dW += np.outer(row, -sign * v * (z > 0)) / len(t)
    return dW, dv


def one_at_a_time(x, W, v, t):
    z = (x @ W).clip(min=0)
    do = np.where(t * (z @ v) < 1, -t, 0) / x.shape[0]
    dz = np.outer(do, v)
    ds = np.where(z > 0, dz, 0)
    return np.einsum("mi,mj->ij", x, ds), do @ z


def only_those_that_pull(x, W, v, t):
    pull = t * (np.maximum(x @ W, 0) @ v) < 1
    near, sign = x[pull], t[pull][:, None]
    s = near @ W
    return -near.T @ (sign * v * (s > 0)) / len(x), -(sign * s * (s > 0)).sum(axis=0) / len(x)


def written(do, x, W, v, shut=True, bent=True):
    s = x @ W
    z = np.maximum(s, 0)
    return x.T @ (np.outer(do, v) * ((s > 0) if shut else 1)), (z if bent else s).T @ do


def right_do(x, W, v, t):
    return -t * (t * (np.maximum(x @ W, 0) @ v) < 1) / len(t)


def all_pull(x, W, v, t):
    return written(-t / len(t), x, W, v)


def wrong_signs_pull(x, W, v, t):
    return written(-t * (t * (np.maximum(x @ W, 0) @ v) < 0) / len(t), x, W, v)


def no_mean(x, W, v, t):
    return written(right_do(x, W, v, t) * len(t), x, W, v)


def other_sign(x, W, v, t):
    return written(-right_do(x, W, v, t), x, W, v)


def no_class(x, W, v, t):
    return written(-np.abs(right_do(x, W, v, t)), x, W, v)


def through_shut_units(x, W, v, t):
    return written(right_do(x, W, v, t), x, W, v, shut=False)


def straight(x, W, v, t):
    return written(right_do(x, W, v, t), x, W, v, bent=False)


def mean_of_those_that_pull(x, W, v, t):
    do = right_do(x, W, v, t)
    return written(do * len(t) / np.count_nonzero(do), x, W, v)


def turned(x, W, v, t):
    dW, dv = written(right_do(x, W, v, t), x, W, v)
    return dW.T, dv


def in_a_column(x, W, v, t):
    dW, dv = written(right_do(x, W, v, t), x, W, v)
    return dW, dv[:, None]


RIGHT = [loops, one_at_a_time, only_those_that_pull]
WRONG = [
    (all_pull, "examples beyond the margin still pull"),
    (wrong_signs_pull, "it pulls until its margin is 1"),
    (no_mean, "the mean over the batch is missing"),
    (other_sign, "the sign: the cost falls with t o"),
    (no_class, "the class is missing"),
    (through_shut_units, "no gradient goes through a rectifier that is off"),
    (straight, "v multiplies relu(s)"),
    (mean_of_those_that_pull, "dW: differs by the factor"),
    (turned, "dW: expected shape (3, 4), got (4, 3): is it transposed?"),
    (in_a_column, "dv: expected shape (4,), got (4, 1)"),
]
