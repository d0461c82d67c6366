"""Tests of assignment 2: a linear layer, forward and backward.

A task is two functions: one that calls your code, and one that draws what it is called with.
"""

import numpy as np


def layer(rng, m=None, square=False, dtype=np.float64):
    """Arrays of a layer, of random sizes."""
    n_in, n_out = rng.choice(np.arange(3, 9), size=2, replace=False)
    n_out = n_in if square else n_out
    m = rng.integers(10, 14) if m is None else m
    shapes = {"x": (m, n_in), "W": (n_in, n_out), "b": (n_out,), "dy": (m, n_out)}
    return {name: rng.normal(size=shape).astype(dtype) for name, shape in shapes.items()}


def some(arrays, *names):
    return {name: arrays[name] for name in names}


def task2_1(student, x, W, b):
    return {"y": student.forward(x, W, b)}


def cases2_1(rng):
    return [
        ("a batch", 2, some(layer(rng), "x", "W", "b")),
        ("as many outputs as inputs", 1, some(layer(rng, square=True), "x", "W", "b")),
        ("a batch of one", 1, some(layer(rng, m=1), "x", "W", "b")),
        ("float32", 1, some(layer(rng, dtype=np.float32), "x", "W", "b")),
    ]
