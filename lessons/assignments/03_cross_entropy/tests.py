"""Tests of assignment 3: softmax and cross-entropy.

A task is two functions: one that calls your code, and one that draws what it is called with.
"""

import numpy as np


def of(f, *arrays):
    """What f gives. An overflow on the way is an error, even if the end is right."""
    with np.errstate(over="raise", divide="ignore", invalid="ignore"):
        return f(*arrays)


def batch(rng, m=None, square=False, dtype=np.float64):
    """Logits and labels of a few examples."""
    classes = rng.integers(4, 8)
    m = rng.integers(9, 14) if m is None else m
    m = classes if square else m
    output = 2 * rng.normal(size=(m, classes))
    return {"output": output.astype(dtype), "labels": rng.integers(classes, size=m)}


def large(rng):
    """Rows of logits near 10000 and near -10000, in each of them one class far below the others."""
    arrays = batch(rng)
    output = arrays["output"]
    level = rng.uniform(8000, 10000, size=len(output))
    level[::2] *= -1
    output += level[:, None]
    output[:, 0] -= 6000
    arrays["labels"][1] = 0
    return arrays


def probabilities(rng, **kind):
    """Rows that sum to 1, and labels."""
    arrays = batch(rng, **kind)
    p = arrays["output"] ** 2
    return {"p": p / p.sum(axis=1, keepdims=True), "labels": arrays["labels"]}


def task3_1(student, output):
    return {"p": of(student.softmax, output)}


def cases3_1(rng):
    return [
        ("a batch", 2, {"output": batch(rng)["output"]}),
        ("as many classes as examples", 1, {"output": batch(rng, square=True)["output"]}),
        ("a batch of one", 1, {"output": batch(rng, m=1)["output"]}),
        ("float32", 1, {"output": batch(rng, dtype=np.float32)["output"]}),
        ("large logits, no overflow", 2, {"output": large(rng)["output"]}),
    ]


def task3_2(student, output, labels):
    return {"cost": of(student.cross_entropy, output, labels)}


def cases3_2(rng):
    return [
        ("a batch", 2, batch(rng)),
        ("as many classes as examples", 1, batch(rng, square=True)),
        ("a batch of one", 1, batch(rng, m=1)),
        ("float32", 1, batch(rng, dtype=np.float32)),
        ("large logits, no overflow", 2, large(rng)),
    ]


def task3_3(student, p, labels):
    return {"doutput": student.gradient(p, labels)}


def cases3_3(rng):
    return [
        ("a batch", 2, probabilities(rng)),
        ("as many classes as examples", 1, probabilities(rng, square=True)),
        ("a batch of one", 1, probabilities(rng, m=1)),
        ("float32", 1, probabilities(rng, dtype=np.float32)),
    ]


def task3_4(student, labels):
    with np.errstate(divide="ignore", invalid="ignore"):
        return {"cost": student.chance(labels)}


def cases3_4(rng):
    """Labels with every class, then with some classes left out."""

    def drawn(classes):
        often = rng.choice(classes, p=rng.dirichlet(np.full(len(classes), 3)), size=30)
        return {"labels": rng.permutation(np.concatenate([classes, classes[:1], often]))}

    left_out = np.sort(rng.choice(np.arange(1, 9), size=rng.integers(3, 6), replace=False))
    return [
        ("every class occurs", 2, drawn(np.arange(rng.integers(3, 7)))),
        ("some classes do not occur", 2, drawn(left_out)),
    ]
