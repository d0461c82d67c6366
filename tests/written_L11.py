"""Exercise L11.1, a sigmoid layer as a tanh layer, as students may write it."""

import numpy as np


def loops(V, c):
    W, b = np.zeros(V.shape), np.zeros(len(c))
    for k in range(V.shape[1]):
        b[k] = c[k] / 2
        for i in range(V.shape[0]):
            W[i, k] = V[i, k] / 4
            b[k] += V[i, k] / 4
    return W, b


def through_the_ones(V, c):
    half = np.ones(len(V)) / 2
    return V / 2 / 2, (half @ V + c) / 2


def fitted(V, c):
    """Solve for W and b from what the layer gives for many z."""
    z = np.random.default_rng(0).uniform(-1, 1, size=(50, len(V)))
    s = (1 + z) / 2 @ V + c
    found = np.linalg.lstsq(np.column_stack([z, np.ones(50)]), s / 2, rcond=None)[0]
    return found[:-1], found[-1]


def factors(W, of_c, of_V):
    return lambda V, c: (W * V, of_c * c + of_V * V.sum(axis=0))


def a_mean(V, c):
    return V / 4, c / 2 + V.mean(axis=0) / 4


RIGHT = [loops, through_the_ones, fitted]
WRONG = [
    (factors(1 / 2, 1 / 2, 1 / 4), "W is half of that"),
    (factors(4, 1 / 2, 1 / 4), "a quarter"),
    (factors(1 / 4, 1 / 2, 0), "what the ones"),
    (factors(1 / 4, 1, 1 / 4), "tanh takes s/2"),
    (factors(1 / 4, 1 / 2, 1 / 2), "halved twice"),
    (factors(1 / 4, 1 / 2, -1 / 4), "The ones are added"),
    (a_mean, "b"),
]
