"""Tests of assignment 6: layer Jacobians and their singular values.

A task is two functions: one that calls your code, and one that draws what it is called with.
"""

import numpy as np

FLOAT32 = 1e-4  # allowed where float32 takes part


def layer(rng, m=None, square=False, dtype=np.float64):
    """Arrays of a layer, of random sizes; without m, one example that is no batch."""
    n_in, n_out, batch = rng.choice(np.arange(3, 10), size=3, replace=False)
    if square:
        n_in = n_out = batch
    shapes = {"z": (n_in,), "W": (n_in, n_out), "b": (n_out,)}
    if m is not None:
        shapes["z"] = (batch if m == "several" else m, n_in)
    return {name: rng.normal(0, 0.6, shape).astype(dtype) for name, shape in shapes.items()}


def task6_1(student, z, W, b):
    return {"J": student.jacobian(z, W, b)}


def cases6_1(rng):
    return [
        ("one example", 2, layer(rng)),
        ("as many outputs as inputs, float32", 1, layer(rng, None, True, np.float32), FLOAT32),
    ]


def task6_2(student, z, W, b):
    return {"J": student.jacobians(z, W, b)}


def cases6_2(rng):
    return [
        ("a batch", 2, layer(rng, "several")),
        ("a batch of one", 1, layer(rng, 1)),
        ("m, n_in and n_out alike, float32", 1, layer(rng, "several", True, np.float32), FLOAT32),
    ]


def task6_3(student, **Js):
    return {"J": student.product(list(Js.values()))}


def cases6_3(rng):
    def layers(sizes, dtype=np.float64):
        shapes = zip(sizes[1:], sizes[:-1], strict=True)
        return {f"J{k}": rng.normal(size=shape).astype(dtype) for k, shape in enumerate(shapes)}

    sizes = rng.choice(np.arange(3, 10), size=rng.integers(4, 7), replace=False)
    return [
        ("layers of many sizes", 2, layers(sizes)),
        ("one layer", 1, layers(sizes[:2])),
        ("layers of one size, float32", 1, layers([sizes[0]] * 4, np.float32), FLOAT32),
    ]


def task6_4(student, z, v, h, W, b, V, c):
    def f(z):
        return np.tanh(z @ W + b) @ V + c

    return {"Jv": student.along(f, z, v, float(h))}


def cases6_4(rng):
    def case(h, long=1.0, square=False, dtype=np.float64):
        lower, upper = layer(rng, square=square, dtype=dtype), layer(rng, dtype=dtype)
        V = rng.normal(size=(len(lower["b"]), len(upper["b"]))).astype(dtype)
        v = rng.normal(size=len(lower["z"]))
        v = (long * v / np.linalg.norm(v)).astype(dtype)
        return {**lower, "v": v, "V": V, "c": upper["b"], "h": np.array(h)}

    # Differences are themselves only near J v: by about h^2 if centred, but by h if to one side.
    return [
        ("v of length 1", 1, case(1e-4), 1e-6),
        ("v of length 3", 1, case(1e-4, long=3), 1e-6),
        ("float32", 1, case(1e-2, square=True, dtype=np.float32), 1e-3),
    ]


def task6_5(student, J):
    mean, largest, smallest = student.stretches(J)
    return {"mean": mean, "largest": largest, "smallest": smallest}


def cases6_5(rng):
    def case(m, n_out, n_in, dtype=np.float64):
        return {"J": rng.normal(0, rng.uniform(0.2, 2), (m, n_out, n_in)).astype(dtype)}

    m, short = rng.choice(np.arange(4, 9), size=2, replace=False)
    long = short + rng.integers(3, 6)
    return [
        ("more inputs than outputs", 1, case(m, short, long)),
        ("more outputs than inputs", 1, case(m, long, short)),
        ("one example", 1, case(1, short, long)),
        # The smallest is small, and who takes roots of the eigenvalues of J J^T loses digits of it.
        ("m, n_out and n_in alike, float32", 1, case(short, short, short, np.float32), 1e-3),
    ]


def task6_6(student, W, slopes):
    return {"mean": student.law(W, slopes)}


def cases6_6(rng):
    def case(m, n, dtype=np.float64):
        W = rng.normal(0, rng.uniform(0.5, 2) / np.sqrt(n), (n, n))
        slopes = rng.uniform(0, 1, (m, n)) ** rng.uniform(0.5, 2, (m, 1))
        return {"W": (W - W.mean()).astype(dtype), "slopes": slopes.astype(dtype)}

    m, n = rng.choice(np.arange(4, 14), size=2, replace=False)
    return [
        ("a batch", 2, case(m, n)),
        ("a batch of one", 1, case(1, n)),
        ("as many examples as units, float32", 1, case(n, n, np.float32), 1e-5),
    ]
