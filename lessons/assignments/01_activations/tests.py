"""Tests of assignment 1: activations and their derivatives.

A task is two functions: one that calls your code, and one that draws what it is called with.
"""

import numpy as np


def of(f, s):
    """What f gives. An overflow on the way is an error, even if the end is right."""
    with np.errstate(over="raise", divide="ignore", invalid="ignore"):
        return f(s)


def batch(rng, m=None, dtype=np.float64):
    """Pre-activations of a few examples and units, of both signs."""
    m = rng.integers(6, 9) if m is None else m
    s = 2 * rng.normal(size=(m, rng.integers(3, 6)))
    s[0, 0] = rng.uniform(0.5, 2)
    s[0, 1] = -rng.uniform(0.5, 2)
    return s.astype(dtype)


def with_zeros(rng):
    """About a third of the numbers are 0."""
    s = batch(rng)
    s[rng.random(s.shape) < 0.3] = 0
    s[1, 0] = 0
    return s


def large(rng):
    """Usual numbers, and one unit far out on both sides."""
    s = batch(rng)
    s[:, 0] = rng.uniform(1000, 2000, size=len(s))
    s[::2, 0] *= -1
    return s


def task1_1(student, s):
    return {"y": of(student.sigmoid, s)}


def cases1_1(rng):
    return [
        ("a batch", 1, {"s": batch(rng)}),
        ("some numbers are 0", 1, {"s": with_zeros(rng)}),
        ("a batch of one", 1, {"s": batch(rng, m=1)}),
        ("float32", 1, {"s": batch(rng, dtype=np.float32)}),
        ("large numbers, no overflow", 1, {"s": large(rng)}),
    ]


def task1_2(student, s):
    return {"slope": of(student.sigmoid_slope, s)}


def cases1_2(rng):
    return [
        ("a batch", 1, {"s": batch(rng)}),
        ("a batch of one, float32", 1, {"s": batch(rng, m=1, dtype=np.float32)}),
        ("large numbers, no overflow", 1, {"s": large(rng)}),
    ]


def task1_3(student, s):
    return {"slope": of(student.tanh_slope, s)}


def cases1_3(rng):
    return [
        ("a batch", 1, {"s": batch(rng)}),
        ("a batch of one, float32", 1, {"s": batch(rng, m=1, dtype=np.float32)}),
        ("large numbers, no overflow", 1, {"s": large(rng)}),
    ]


def task1_4(student, s):
    return {"y": of(student.softsign, s)}


def cases1_4(rng):
    return [
        ("a batch", 1, {"s": batch(rng)}),
        ("a batch of one, float32", 1, {"s": batch(rng, m=1, dtype=np.float32)}),
    ]


def task1_5(student, s):
    return {"slope": of(student.softsign_slope, s)}


def cases1_5(rng):
    return [
        ("a batch", 1, {"s": batch(rng)}),
        ("some numbers are 0", 1, {"s": with_zeros(rng)}),
        ("a batch of one, float32", 1, {"s": batch(rng, m=1, dtype=np.float32)}),
    ]


def task1_6(student, s):
    return {"y": of(student.relu, s)}


def cases1_6(rng):
    return [
        ("a batch", 1, {"s": batch(rng)}),
        ("a batch of one, float32", 1, {"s": batch(rng, m=1, dtype=np.float32)}),
    ]


def task1_7(student, s):
    return {"slope": of(student.relu_slope, s)}


def cases1_7(rng):
    return [
        ("a batch", 1, {"s": batch(rng)}),
        ("some numbers are 0", 1, {"s": with_zeros(rng)}),
        ("a batch of one, float32", 1, {"s": batch(rng, m=1, dtype=np.float32)}),
    ]


def task1_8(student, dy, x):
    """The layer's function is the sine here; its slope is the cosine."""
    return {"dx": student.backward(dy, x, np.sin(x), np.cos)}


def cases1_8(rng):
    def arrays(**kind):
        x = batch(rng, **kind)
        return {"dy": rng.normal(size=x.shape).astype(x.dtype), "x": x}

    return [
        ("a batch", 1, arrays()),
        ("a batch of one", 1, arrays(m=1)),
        ("float32", 1, arrays(dtype=np.float32)),
    ]
