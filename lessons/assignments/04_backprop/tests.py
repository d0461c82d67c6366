"""Tests of assignment 4: backpropagation through a network, and its check.

A task is two functions: one that calls your code, and one that draws what it is called with.
The lists that your functions take are drawn as arrays with numbered names: W0, W1, W2.
"""

import numpy as np


def listed(arrays, name):
    """The arrays W0, W1, ... as a list."""
    return [arrays[f"{name}{i}"] for i in range(len(arrays)) if f"{name}{i}" in arrays]


def numbered(name, arrays):
    """A list, as arrays W0, W1, ...; and how long it is."""
    return {f"{name}{i}": array for i, array in enumerate(arrays)} | {
        f"how many {name}": len(arrays)
    }


def sizes(rng, layers, square=False):
    """Of the input and of each layer's output: all different, or all the same."""
    n = rng.choice(np.arange(2, 9), size=layers + 1, replace=False)
    return [n[0]] * len(n) if square else list(n)


def network(rng, layers, m=None, square=False, dtype=np.float64):
    """Weights and biases, and arrays of the shapes that a pass through the network has."""
    n = sizes(rng, layers, square)
    m = rng.integers(9, 13) if m is None else m
    m = n[0] if square else m
    arrays = {"x": rng.normal(size=(m, n[0])), "doutput": rng.normal(size=(m, n[-1]))}
    for i in range(layers):
        arrays[f"W{i}"] = rng.normal(size=(n[i], n[i + 1])) / np.sqrt(n[i])
        arrays[f"b{i}"] = rng.normal(size=n[i + 1])
        arrays[f"s{i}"] = rng.normal(size=(m, n[i + 1]))
        arrays[f"z{i}"] = np.tanh(arrays[f"s{i - 1}"]) if i > 0 else arrays["x"]
    return {name: array.astype(dtype) for name, array in arrays.items()}


def some(arrays, *kinds):
    """Those whose names without their numbers are among the kinds."""
    return {name: array for name, array in arrays.items() if name.rstrip("0123456789") in kinds}


def task4_1(student, x, **arrays):
    s, z = student.forward(x, listed(arrays, "W"), listed(arrays, "b"))
    return numbered("s", s) | numbered("z", z)


def cases4_1(rng):
    kinds = ("x", "W", "b")
    return [
        ("several hidden layers", 2, some(network(rng, layers=rng.integers(3, 6)), *kinds)),
        ("no hidden layer", 1, some(network(rng, layers=1), *kinds)),
        ("all sizes the same", 1, some(network(rng, layers=3, square=True), *kinds)),
        ("a batch of one", 1, some(network(rng, layers=3, m=1), *kinds)),
        ("float32", 1, some(network(rng, layers=3, dtype=np.float32), *kinds)),
    ]


def task4_2(student, ds_above, W_above, s):
    return {"ds": student.one_layer_down(ds_above, W_above, s)}


def cases4_2(rng):
    def arrays(**kind):
        drawn = network(rng, layers=2, **kind)
        return {"ds_above": drawn["doutput"], "W_above": drawn["W1"], "s": drawn["s0"]}

    return [
        ("a batch", 2, arrays()),
        ("all sizes the same", 1, arrays(square=True)),
        ("a batch of one", 1, arrays(m=1)),
        ("float32", 1, arrays(dtype=np.float32)),
    ]


def task4_3(student, doutput, **arrays):
    s, z, Ws = listed(arrays, "s"), listed(arrays, "z"), listed(arrays, "W")
    dWs, dbs = student.backward(doutput, s, z, Ws)
    return numbered("dW", dWs) | numbered("db", dbs)


parts4_3 = ("dW", "db")  # each earns half of a case's points


def cases4_3(rng):
    kinds = ("doutput", "s", "z", "W")
    return [
        ("one hidden layer", 2, some(network(rng, layers=2), *kinds)),
        ("several hidden layers", 2, some(network(rng, layers=rng.integers(3, 6)), *kinds)),
        ("no hidden layer", 2, some(network(rng, layers=1), *kinds)),
        ("all sizes the same", 2, some(network(rng, layers=3, square=True), *kinds)),
        ("a batch of one", 2, some(network(rng, layers=3, m=1), *kinds)),
        ("float32", 2, some(network(rng, layers=3, dtype=np.float32), *kinds)),
    ]


def task4_4(student, a, h, v):
    """A cost that bends; v makes it another for every number."""

    def cost(a):
        weighed = (v * a).sum()
        return float(weighed + 0.5 * weighed**2 + np.sin(a).sum())

    return {"da": student.numerical_gradient(cost, a, float(h))}


def cases4_4(rng):
    def arrays(*shape, dtype=np.float64):
        a, v = rng.normal(size=shape), rng.uniform(0.5, 1.5, size=shape)
        return {"a": a.astype(dtype), "h": np.array(1e-3), "v": v / np.sqrt(v.size)}

    return [
        ("a matrix", 2, arrays(3, 4), 1e-5),
        ("a vector", 1, arrays(5), 1e-5),
        ("one number", 1, arrays(1, 1), 1e-5),
        ("float32", 1, arrays(4, 2, dtype=np.float32), 1e-3),
    ]


def task4_5(student, **arrays):
    errors = student.relative_errors(listed(arrays, "gradient"), listed(arrays, "measured"))
    return numbered("error", errors)


def cases4_5(rng):
    def arrays(scales, dtype=np.float64):
        """Pairs of arrays of these sizes, one a little off the other."""
        drawn = {}
        for i, scale in enumerate(scales):
            shape = tuple(rng.integers(2, 6, size=rng.integers(1, 3)))
            gradient = scale * rng.normal(size=shape)
            off = rng.uniform(0.05, 0.5) * scale * rng.normal(size=shape)
            drawn[f"gradient{i}"] = gradient.astype(dtype)
            drawn[f"measured{i}"] = (gradient + off).astype(dtype)
        return drawn

    one_is_zero = arrays([1, 1, 1])
    one_is_zero["gradient0"] = np.zeros_like(one_is_zero["gradient0"])
    one_is_zero["measured1"] = np.zeros_like(one_is_zero["measured1"])
    both_are_zero = arrays([1, 0, 1])
    return [
        ("three arrays", 2, arrays([1, 1, 1])),
        ("one small, one large", 1, arrays([1e-6, 1e3])),
        ("all zeros on one side", 1, one_is_zero),
        ("all zeros on both sides", 1, both_are_zero),
        ("float32", 1, arrays([1, 1], dtype=np.float32)),
    ]
