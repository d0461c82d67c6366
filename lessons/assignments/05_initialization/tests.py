"""Tests of assignment 5: initializers and the theory of variances.

A task is two functions: one that calls your code, and one that draws what it is called with.
"""

import numpy as np

FLOAT32 = 1e-4  # allowed where float32 takes part


def two_sizes(rng, low, high):
    """Two that differ."""
    return rng.choice(np.arange(low, high), size=2, replace=False)


def network(rng, end, hidden, square=False, dtype=np.float64):
    """A network that gains in some layers and loses in others, and what goes in at one end."""
    sizes = rng.choice(np.arange(20, 90), size=hidden + 2, replace=False)
    sizes = np.full_like(sizes, sizes[0]) if square else sizes
    variances = rng.uniform(0.4, 1.6, hidden + 1) / sizes[:-1]
    start = np.array(rng.uniform(0.2, 2))
    return {"sizes": sizes, "variances": variances.astype(dtype), end: start}


def named(letter, arrays):
    """From a list of arrays to z0, z1, and so on."""
    return {f"{letter}{k}": array for k, array in enumerate(arrays)}


def task5_1(student, n_in, n_out, init):
    return {"a": student.bound(int(n_in), int(n_out), str(init))}


def cases5_1(rng):
    def case(init, n_in, n_out):
        return {"n_in": np.array(n_in), "n_out": np.array(n_out), "init": np.array(init)}

    n = rng.integers(20, 200)
    return [
        ("standard", 1, case("standard", *two_sizes(rng, 20, 200))),
        ("normalized", 1, case("normalized", *two_sizes(rng, 20, 200))),
        ("normalized, one unit", 1, case("normalized", n, 1)),
    ]


def task5_2(student, n_in, n_out, a, seed, again):
    size, a = (int(n_in), int(n_out)), float(a)
    rng = np.random.default_rng(int(seed))
    return {
        "W": student.draw(*size, a, rng),
        "next": student.draw(*size, a, rng),
        "same": student.draw(*size, a, np.random.default_rng(int(seed))),
        "other": student.draw(*size, a, np.random.default_rng(int(again))),
    }


def wrong5_2(arrays, results):
    """What is wrong with the draws; no two right answers need be alike."""
    size, a = (int(arrays["n_in"]), int(arrays["n_out"])), float(arrays["a"])
    for name in ("W", "next", "same", "other"):
        shape, dtype = results[name].shape, results[name].dtype
        if shape != size:
            return f"expected shape {size}, got {shape}"
        if dtype not in (np.float32, np.float64):
            return f"expected float64 or float32, got {dtype}"
    W = results["W"].astype(float)
    if not np.array_equal(W, results["same"]):
        return "another generator with the same seed gave other weights"
    for name, which in [("next", "the next draw"), ("other", "a generator of another seed")]:
        if alike(W, results[name]):
            return f"{which} gave the same weights, or nearly so"
    if not abs(W).max() <= 1.000001 * a:
        return f"expected weights from -a to a, got {W.min()} to {W.max()} with a = {a}"
    return wrong_law(W, a) if W.size > 10000 else ""


def alike(W, V):
    """Whether more of their numbers are the same, or go together, than by chance."""
    if np.mean(W == V) > 0.05:
        return True
    return W.size > 10000 and abs(np.corrcoef(W.ravel(), V.ravel())[0, 1]) > 0.1


def wrong_law(W, a):
    """What is wrong with a large W: its distribution, or that its numbers go together."""
    at = np.linspace(0, 1, 11)
    quantiles = np.quantile(W, at)
    if abs(quantiles - a * (2 * at - 1)).max() > 0.05 * a:
        return f"is not uniform, got deciles {quantiles.round(4).tolist()} with a = {a}"
    if len(np.unique(W)) < 0.9 * W.size:
        return f"only {len(np.unique(W))} of {W.size} numbers differ"
    for what, rows in [("rows", W), ("columns", W.T)]:
        together = np.corrcoef(rows) - np.eye(len(rows))
        if abs(together).max() > 0.6:
            return f"the {what} are not independent of each other"
    if len(W) == len(W.T) and abs(np.corrcoef(W.ravel(), W.T.ravel())[0, 1]) > 0.1:
        return "the two sides of the diagonal are not independent of each other"
    return ""


def cases5_2(rng):
    def case(n_in, n_out):
        seed, again = rng.choice(2**31, size=2, replace=False)
        arrays = {"n_in": n_in, "n_out": n_out, "a": rng.uniform(0.01, 0.3)}
        arrays |= {"seed": seed, "again": again}
        return {name: np.array(value) for name, value in arrays.items()}

    n = rng.integers(150, 250)
    return [
        ("the distribution", 2, case(*two_sizes(rng, 150, 250))),
        ("the distribution, a square W", 1, case(n, n)),
        ("a small W", 1, case(*two_sizes(rng, 5, 9))),
    ]


def cases_of(end):
    def cases(rng):
        depth = rng.integers(3, 6)
        square = network(rng, end, depth, True, np.float32)
        return [
            ("layers of many sizes", 2, network(rng, end, depth)),
            ("no hidden layer", 1, network(rng, end, 0)),
            ("layers of one size, float32", 1, square, FLOAT32),
        ]

    return cases


def task5_3(student, sizes, variances, z_square):
    return {"z_squares": student.forward_theory(sizes, variances, float(z_square))}


def task5_4(student, sizes, variances, ds_square):
    return {"ds_squares": student.backward_theory(sizes, variances, float(ds_square))}


cases5_3, cases5_4 = cases_of("z_square"), cases_of("ds_square")


def task5_5(student, **zs):
    return {"z_squares": student.mean_squares(list(zs.values()))}


def cases5_5(rng):
    def batch(m, square=False, dtype=np.float64):
        sizes = rng.choice(np.arange(3, 12), size=rng.integers(3, 6), replace=False)
        sizes = np.full_like(sizes, m) if square else sizes
        zs = [rng.normal(rng.uniform(-1, 1), 0.5, (m, n)).astype(dtype) for n in sizes]
        return named("z", zs)

    return [
        ("a batch", 1, batch(15)),
        ("a batch of one", 1, batch(1)),
        ("as many examples as units, float32", 1, batch(6, True, np.float32), FLOAT32),
    ]


def task5_6(student, **Ws):
    return {"factors": student.n_var(list(Ws.values()))}


def cases5_6(rng):
    def weights(sizes, dtype=np.float64):
        shapes = zip(sizes[:-1], sizes[1:], strict=True)
        Ws = [rng.normal(0, rng.uniform(0.1, 1), shape) for shape in shapes]
        return named("W", [(W - W.mean()).astype(dtype) for W in Ws])

    sizes = rng.choice(np.arange(3, 12), size=rng.integers(3, 6), replace=False)
    return [
        ("layers of many sizes", 1, weights(sizes)),
        ("one layer", 1, weights(sizes[:2])),
        ("layers of one size, float32", 1, weights([sizes[0]] * 4, np.float32), FLOAT32),
    ]


def task5_7(student, z_squares, fraction):
    return {"i": student.falls_under(z_squares, float(fraction))}


def cases5_7(rng):
    def case(z_squares, fraction, dtype=np.float64):
        start = rng.uniform(3, 9)
        z_squares = (start * np.array(z_squares)).astype(dtype)
        return {"z_squares": z_squares, "fraction": np.array(fraction)}

    falling = rng.uniform(0.4, 0.8) ** np.arange(rng.integers(8, 12))
    i = rng.integers(2, 6)
    up_again = np.append(falling[: i + 1], [1.5, 0.9, 0.1 * falling[i]])
    between = np.sqrt(falling[i - 1] * falling[i])
    halves = {"z_squares": 2.0 ** -np.arange(9), "fraction": np.array(2.0**-i)}
    return [
        ("a signal that falls", 1, case(falling, between)),
        ("it rises and falls again", 1, case(up_again, between)),
        ("it stays above, float32", 1, case(falling[:i], between, np.float32)),
        ("it falls to the fraction, and then under it", 1, halves),
    ]
