"""Tests of assignment 2: a linear layer, forward and backward.

A task is two functions: one that calls your code, and one that draws what it is called with.
"""

import numpy as np


def layer(rng, names, m=None, square=False, dtype=np.float64):
    """Some of the arrays of a layer, of random sizes: all different, or all the same."""
    n_in, n_out = rng.choice(np.arange(3, 9), size=2, replace=False)
    m = rng.integers(10, 14) if m is None else m
    if square:
        m = n_out = n_in
    shapes = {"x": (m, n_in), "W": (n_in, n_out), "b": (n_out,), "dy": (m, n_out)}
    return {name: rng.normal(size=shapes[name]).astype(dtype) for name in names.split()}


def cases(rng, names):
    """The four of every task."""
    return [
        ("a batch", 2, layer(rng, names)),
        ("as many outputs as inputs as examples", 1, layer(rng, names, square=True)),
        ("a batch of one", 1, layer(rng, names, m=1)),
        ("float32", 1, layer(rng, names, dtype=np.float32)),
    ]


def task2_1(student, x, W, b):
    return {"y": student.forward(x, W, b)}


def cases2_1(rng):
    return cases(rng, "x W b")


def task2_2(student, dy):
    return {"db": student.gradient_b(dy)}


def cases2_2(rng):
    return cases(rng, "dy")


def task2_3(student, x, dy):
    return {"dW": student.gradient_W(x, dy)}


def cases2_3(rng):
    return cases(rng, "x dy")


def task2_4(student, dy, W):
    return {"dx": student.gradient_x(dy, W)}


def cases2_4(rng):
    return cases(rng, "dy W")


def task2_5(student, x, dy):
    return {"shares": student.shares(x, dy)}


def cases2_5(rng):
    return cases(rng, "x dy")
