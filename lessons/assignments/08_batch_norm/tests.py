"""Tests of assignment 8: batch normalization, forward and backward.

A task is two functions: one that calls your code, and one that draws what it is called with.
"""

import numpy as np


def layer(rng, names, m=None, square=False, dtype=np.float64):
    """Some of the arrays of a layer, of random sizes: both different, or both the same."""
    n = rng.integers(3, 9)
    m = rng.integers(10, 14) if m is None else m
    if square:
        m = n
    drawn = {
        "x": rng.normal(rng.normal(size=n), rng.uniform(0.5, 3, n), (m, n)),
        "gamma": rng.normal(size=n),
        "beta": rng.normal(size=n),
        "mean": rng.normal(size=n),
        "var": rng.uniform(0.2, 3, n),
        "dy": rng.normal(size=(m, n)),
        "dx_hat": rng.normal(size=(m, n)),
        "eps": np.array(rng.choice([1e-5, 0.1])),
        "share": np.array(rng.choice([0.1, 0.3])),
    }
    drawn["std"] = np.sqrt(drawn["x"].var(axis=0) + drawn["eps"])
    drawn["x_hat"] = (drawn["x"] - drawn["x"].mean(axis=0)) / drawn["std"]
    return {name: drawn[name].astype(dtype) for name in names.split()}


def cases(rng, names, one):
    """The four of every task; ``one`` is the smallest batch that makes sense."""
    return [
        ("a batch", 2, layer(rng, names)),
        ("as many examples as units", 1, layer(rng, names, square=True)),
        (f"a batch of {one}", 1, layer(rng, names, m=one)),
        ("float32", 1, layer(rng, names, dtype=np.float32)),
    ]


def task8_1(student, x, gamma, beta, eps):
    return {"y": student.forward(x, gamma, beta, float(eps))}


def cases8_1(rng):
    return cases(rng, "x gamma beta eps", 2)


def task8_2(student, mean, var, x, share):
    new_mean, new_var = student.running(mean, var, x, float(share))
    return {"mean": new_mean, "var": new_var}


def cases8_2(rng):
    return cases(rng, "mean var x share", 2)


def task8_3(student, x, gamma, beta, mean, var, eps):
    return {"y": student.looked_at(x, gamma, beta, mean, var, float(eps))}


def cases8_3(rng):
    return cases(rng, "x gamma beta mean var eps", 1)


def task8_4(student, x_hat, dy):
    dgamma, dbeta = student.gradients(x_hat, dy)
    return {"dgamma": dgamma, "dbeta": dbeta}


def cases8_4(rng):
    return cases(rng, "x_hat dy", 2)


def task8_5(student, dx_hat, x_hat, std):
    return {"dx": student.gradient_x(dx_hat, x_hat, std)}


def cases8_5(rng):
    return cases(rng, "dx_hat x_hat std", 3)
