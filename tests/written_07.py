"""Exercise 7.1, one mean-field step of a tanh layer, as students may write it: right, or wrong."""

import math

import numpy as np


def by_products(q, n, var, g, bell):
    p = bell / bell.sum()
    return p @ np.tanh(g * (n * var * q) ** 0.5) ** 2


def loop(q, n, var, g, bell):
    total = 0.0
    for node, weight in zip(g, bell, strict=True):
        total += weight * math.tanh(math.sqrt(q * n * var) * node) ** 2
    return total / sum(bell)


def averaged(q, n, var, g, bell):
    z = np.tanh(np.sqrt(n) * np.sqrt(var) * np.sqrt(q) * g)
    return np.average(z * z, weights=bell)


def no_n_var(q, n, var, g, bell):
    return (np.tanh(np.sqrt(q) * g) ** 2 * bell).sum() / bell.sum()


def no_n(q, n, var, g, bell):
    return (np.tanh(np.sqrt(var * q) * g) ** 2 * bell).sum() / bell.sum()


def variance_for_std(q, n, var, g, bell):
    return (np.tanh(q * n * var * g) ** 2 * bell).sum() / bell.sum()


def square_of_the_mean(q, n, var, g, bell):
    s = np.sqrt(n * var * q) * g
    return (np.tanh(s) @ bell / bell.sum()) ** 2


def bell_not_normalized(q, n, var, g, bell):
    return (np.tanh(np.sqrt(n * var * q) * g) ** 2 * bell).sum()


def one_s(q, n, var, g, bell):
    return np.tanh(np.sqrt(n * var * q)) ** 2


def no_bell(q, n, var, g, bell):
    return np.mean(np.tanh(np.sqrt(n * var * q) * g) ** 2)


def no_sum(q, n, var, g, bell):
    return np.tanh(np.sqrt(n * var * q) * g) ** 2 * bell / bell.sum()


RIGHT = [by_products, loop, averaged]
WRONG = [
    (no_n_var, "n and var are left out"),
    (no_n, "n is left out"),
    (variance_for_std, "n Var[W] q is the variance of s"),
    (square_of_the_mean, "take the mean of the square"),
    (bell_not_normalized, "the sum of bell is not 1"),
    (one_s, "Take the mean over all s"),
    (no_bell, "use bell"),
    (no_sum, "q_next: expected shape (), got (161,)"),
]
