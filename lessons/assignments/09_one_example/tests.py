"""Tests of assignment 9: one example's gradient from x and dy.

A task is two functions: one that calls your code, and one that draws what it is called with.
"""

import numpy as np


def layer(rng, m=None, square=False, dtype=np.float64):
    """x and dy of a layer of random sizes: all different, or all the same."""
    n_in, n_out = rng.choice(np.arange(3, 9), size=2, replace=False)
    m = rng.integers(10, 14) if m is None else m
    if square:
        m = n_out = n_in
    shapes = {"x": (m, n_in), "dy": (m, n_out)}
    return {name: rng.normal(size=shape).astype(dtype) for name, shape in shapes.items()}


def cases(rng):
    """The four of the first three tasks."""
    return [
        ("a batch", 2, layer(rng)),
        ("as many inputs as outputs as examples", 1, layer(rng, square=True)),
        ("a batch of one", 1, layer(rng, m=1)),
        ("float32", 1, layer(rng, dtype=np.float32)),
    ]


def task9_1(student, x, dy):
    dW, db = student.gradients(x, dy)
    return {"dW": dW, "db": db}


def cases9_1(rng):
    return cases(rng)


def task9_2(student, x, dy):
    return {"squares": student.squared_lengths(x, dy)}


def cases9_2(rng):
    return cases(rng)


def task9_3(student, x, dy):
    return {"G": student.gram(x, dy)}


def cases9_3(rng):
    return cases(rng)


def task9_4(student, G):
    variance, scale = student.noise(G)
    return {"variance": variance, "scale": scale}


def cases9_4(rng):
    def products(m, dtype=np.float64):
        gradients = rng.normal(0.5, 1, (m, 20))
        return {"G": (gradients @ gradients.T).astype(dtype)}

    return [
        ("a batch", 2, products(rng.integers(8, 12))),
        ("a batch of two", 1, products(2)),
        ("more examples than parameters", 1, products(30)),
        ("float32", 1, products(9, np.float32)),
    ]


def task9_5(student, x, dy, longest):
    dW, db = student.clipped(x, dy, float(longest))
    return {"dW": dW, "db": db}


def cases9_5(rng):
    def some(share, **keywords):
        """A layer of which this share of the examples has gradients that are too long."""
        found = layer(rng, **keywords)
        x, dy = found["x"].astype(float), found["dy"].astype(float)
        lengths = len(x) * np.sqrt(((x**2).sum(axis=1) + 1) * (dy**2).sum(axis=1))
        longest = np.quantile(lengths, 1 - share) if share else 2 * lengths.max()
        return {**found, "longest": np.array(longest, found["x"].dtype)}

    return [
        ("half of a batch is too long", 2, some(0.5)),
        ("as many inputs as outputs as examples", 1, some(0.5, square=True)),
        ("none is too long", 1, some(0)),
        ("float32", 1, some(0.5, dtype=np.float32)),
    ]
