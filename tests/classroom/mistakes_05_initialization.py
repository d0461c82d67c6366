"""Mistakes planted in the reference of assignment 5.

Each is ``(name, old, new)``: ``old`` stands once in the solution.
"""

STANDARD = 'if init == "standard":\n        return np.sqrt(1 / n_in)'
NORMALIZED = "return np.sqrt(6 / (n_in + n_out))"
DRAW = "return rng.uniform(-a, a, size=(n_in, n_out))"
FORWARD = "gains = sizes[:-2] * variances[:-1]"
UP = "return z_square * np.cumprod(np.append(1, gains))"
BACKWARD = "gains = sizes[2:] * variances[1:]"
DOWNWARD = "downward = np.cumprod(np.append(1, gains[::-1]))"
DOWN = "return ds_square * downward[::-1]"
MEAN = "return np.array([np.mean(z**2) for z in zs])"
FACTORS = "return np.array([[W.shape[0] * W.var(), W.shape[1] * W.var()] for W in Ws])"
UNDER = "under = np.flatnonzero(z_squares < fraction * z_squares[0])"
FOUND = "return int(under[0]) if len(under) else -1"

MISTAKES = {
    "5.1": [
        ("the names are swapped", 'if init == "standard":', 'if init == "normalized":'),
        ("no root for standard", "return np.sqrt(1 / n_in)", "return 1 / n_in"),
        ("fan-out for fan-in", "return np.sqrt(1 / n_in)", "return np.sqrt(1 / n_out)"),
        (
            "the bound that gives variance 1/n",
            "return np.sqrt(1 / n_in)",
            "return np.sqrt(3 / n_in)",
        ),
        ("fan-in twice", NORMALIZED, "return np.sqrt(6 / (n_in + n_in))"),
        ("the variance, not the bound", NORMALIZED, "return np.sqrt(2 / (n_in + n_out))"),
        ("the mean size is forgotten", NORMALIZED, "return np.sqrt(3 / (n_in + n_out))"),
        ("no root for normalized", NORMALIZED, "return 6 / (n_in + n_out)"),
        ("a sum of roots", NORMALIZED, "return 6**0.5 / (n_in**0.5 + n_out**0.5)"),
    ],
    "5.2": [
        ("the transpose", DRAW, "return rng.uniform(-a, a, size=(n_out, n_in))"),
        ("no negative weights", DRAW, "return rng.uniform(0, a, size=(n_in, n_out))"),
        ("a is taken for the width", DRAW, "return rng.uniform(-a / 2, a / 2, size=(n_in, n_out))"),
        ("a is taken for the std", DRAW, "return rng.normal(0, a, size=(n_in, n_out))"),
        (
            "Gaussian with the right variance",
            DRAW,
            "return rng.normal(0, a / 3**0.5, size=(n_in, n_out))",
        ),
        ("two values only", DRAW, "return rng.choice([-a, a], size=(n_in, n_out))"),
        (
            "the same row again and again",
            DRAW,
            "return np.tile(rng.uniform(-a, a, size=n_out), (n_in, 1))",
        ),
        (
            "a global source",
            DRAW,
            "return np.random.uniform(-a, a, size=(n_in, n_out))",
        ),
        (
            "a source of its own",
            DRAW,
            "return np.random.default_rng(0).uniform(-a, a, size=(n_in, n_out))",
        ),
    ],
    "5.3": [
        ("fan-out for fan-in", FORWARD, "gains = sizes[1:-1] * variances[:-1]"),
        ("the weights of the layer above", FORWARD, "gains = sizes[:-2] * variances[1:]"),
        ("roots", FORWARD, "gains = np.sqrt(sizes[:-2] * variances[:-1])"),
        ("variances are overwritten", FORWARD, "variances *= sizes[:-1]; gains = variances[:-1]"),
        ("the first layer's for all", FORWARD, "gains = sizes[0] * variances[:-1]"),
        ("the input is left out", UP, "return np.cumprod(np.append(1, gains))"),
        ("starts after the first layer", UP, "return z_square * np.cumprod(gains)"),
        (
            "the input is multiplied twice",
            UP,
            "return z_square * np.cumprod(np.append(z_square, gains))",
        ),
        ("a sum", UP, "return z_square * np.cumsum(np.append(1, gains))"),
        ("upside down", UP, "return z_square * np.cumprod(np.append(1, gains))[::-1]"),
        ("no product", UP, "return z_square * np.append(1, gains)"),
    ],
    "5.4": [
        ("fan-in for fan-out", BACKWARD, "gains = sizes[1:-1] * variances[1:]"),
        ("one layer off", BACKWARD, "gains = sizes[1:-1] * variances[:-1]"),
        ("the weights of the layer below", BACKWARD, "gains = sizes[2:] * variances[:-1]"),
        ("variances are overwritten", BACKWARD, "variances *= sizes[1:]; gains = variances[1:]"),
        ("the first gain on top", DOWNWARD, "downward = np.cumprod(np.append(1, gains))"),
        (
            "eq 6 word for word",
            DOWNWARD,
            "downward = np.cumprod(np.append(sizes[1] * variances[0], gains[::-1]))",
        ),
        ("a sum", DOWNWARD, "downward = np.cumsum(np.append(1, gains[::-1]))"),
        ("upside down", DOWN, "return ds_square * downward"),
        ("the end is left out", DOWN, "return downward[::-1]"),
        ("a root of the end", DOWN, "return ds_square**0.5 * downward[::-1]"),
    ],
    "5.5": [
        ("the variance: the mean is taken off", MEAN, "return np.array([np.var(z) for z in zs])"),
        ("a root", MEAN, "return np.array([np.sqrt(np.mean(z**2)) for z in zs])"),
        ("a sum", MEAN, "return np.array([np.sum(z**2) for z in zs])"),
        ("the square of the mean", MEAN, "return np.array([np.mean(z) ** 2 for z in zs])"),
        ("a sum over units", MEAN, "return np.array([np.sum(z**2) / len(z) for z in zs])"),
        ("the first example alone", MEAN, "return np.array([np.mean(z[0] ** 2) for z in zs])"),
        ("a mean over examples alone", MEAN, "return [np.mean(z**2, axis=0) for z in zs][0]"),
        ("the input is left out", MEAN, "return np.array([np.mean(z**2) for z in zs[1:]])"),
        (
            "squares are kept in place",
            MEAN,
            "return np.array([np.mean(np.square(z, out=z)) for z in zs])",
        ),
    ],
    "5.6": [
        (
            "the columns are swapped",
            FACTORS,
            "return np.array([[W.shape[1] * W.var(), W.shape[0] * W.var()] for W in Ws])",
        ),
        (
            "fan-in for both",
            FACTORS,
            "return np.array([[len(W) * W.var(), len(W) * W.var()] for W in Ws])",
        ),
        (
            "std for variance",
            FACTORS,
            "return np.array([[W.shape[0] * W.std(), W.shape[1] * W.std()] for W in Ws])",
        ),
        (
            "the variance of a column",
            FACTORS,
            "return np.array([[W.shape[0] * W[:, 0].var(), W.shape[1] * W.var()] for W in Ws])",
        ),
        (
            "sums for means",
            FACTORS,
            "return np.array([[(W**2).sum(), (W**2).sum()] for W in Ws])",
        ),
        (
            "a column a layer",
            FACTORS,
            "return np.array([[W.shape[0] * W.var(), W.shape[1] * W.var()] for W in Ws]).T",
        ),
        (
            "divided by one less",
            FACTORS,
            "return np.array([[n * W.var(ddof=1) for n in W.shape] for W in Ws])",
        ),
        (
            "W is changed in place",
            FACTORS,
            "return np.array([[n * np.square(W, out=W).mean() for n in W.shape] for W in Ws])",
        ),
    ],
    "5.7": [
        (
            "at the fraction counts as under it",
            UNDER,
            "under = np.flatnonzero(z_squares <= fraction * z_squares[0])",
        ),
        ("not relative to the input", UNDER, "under = np.flatnonzero(z_squares < fraction)"),
        (
            "relative to the layer below",
            UNDER,
            "under = np.flatnonzero(z_squares[1:] < fraction * z_squares[:-1])",
        ),
        (
            "the root of the fraction",
            UNDER,
            "under = np.flatnonzero(z_squares < fraction**2 * z_squares[0])",
        ),
        (
            "the input does not count",
            UNDER,
            "under = np.flatnonzero(z_squares[1:] < fraction * z_squares[0])",
        ),
        ("above for under", UNDER, "under = np.flatnonzero(z_squares > fraction * z_squares[0])"),
        (
            "in place",
            UNDER,
            "z_squares /= z_squares[0]; under = np.flatnonzero(z_squares < fraction)",
        ),
        ("the last for the first", FOUND, "return int(under[-1]) if len(under) else -1"),
        (
            "how many for the first",
            FOUND,
            "return len(z_squares) - len(under) if len(under) else -1",
        ),
        (
            "the last layer if none is",
            FOUND,
            "return int(under[0]) if len(under) else len(z_squares)",
        ),
    ],
}
