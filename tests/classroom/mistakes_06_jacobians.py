"""Mistakes planted in the reference of assignment 6.

Each is ``(name, old, new)``: ``old`` stands once in the solution.
"""

S = "    s = z @ W + b\n"  # two tasks have this line: it is taken with the one below
SLOPE = "    slope = 1 - np.tanh(s) ** 2\n"
ONE = "return slope[:, None] * W.T"
SLOPES = "    slopes = 1 - np.tanh(s) ** 2\n"
BATCH = "return slopes[:, :, None] * W.T"
LOWEST = "J = Js[0]"
LOOP = "for upper in Js[1:]:"
TIMES = "J = upper @ J"
ALL = "return J\n    ### END SOLUTION"
UP = "up = f(z + h * v)"
DOWN = "down = f(z - h * v)"
DIFFERENCE = "return (up - down) / (2 * h)"
VALUES = "values = np.linalg.svd(J, compute_uv=False)"
THREE = "return values.mean(axis=1), values.max(axis=1), values.min(axis=1)"
N_VAR = "n_var = len(W) * W.var()"
RMS = "rms = np.sqrt((slopes**2).mean(axis=1))"
LAW = "return 8 / (3 * np.pi) * np.sqrt(n_var) * rms"

MISTAKES = {
    "6.1": [
        ("no bias", S + SLOPE, "    s = z @ W\n" + SLOPE),
        ("W is transposed where it fits", S + SLOPE, "    s = z @ W.T + b\n" + SLOPE),
        ("the bias is subtracted", S + SLOPE, "    s = z @ W - b\n" + SLOPE),
        ("the bias is added in place", S + SLOPE, "    b += z @ W; s = b\n" + SLOPE),
        ("the slope is no square", SLOPE, "    slope = 1 - np.tanh(s)\n"),
        ("the activation for the slope", SLOPE, "    slope = np.tanh(s)\n"),
        ("the slope at tanh(s)", SLOPE, "    slope = 1 - np.tanh(np.tanh(s)) ** 2\n"),
        ("a sign", SLOPE, "    slope = np.tanh(s) ** 2 - 1\n"),
        ("the transpose", ONE, "return W * slope"),
        ("slopes for the inputs, where it fits", ONE, "return W.T * slope"),
        ("no slope", ONE, "return W.T"),
        ("W is not transposed, where it fits", ONE, "return slope[:, None] * W"),
    ],
    "6.2": [
        ("no bias", S + SLOPES, "    s = z @ W\n" + SLOPES),
        ("W is transposed where it fits", S + SLOPES, "    s = z @ W.T + b\n" + SLOPES),
        ("biases are for examples", S + SLOPES, "    s = z @ W + b[: len(z), None]\n" + SLOPES),
        ("z is shifted in place", S + SLOPES, "    s = z @ W + b\n    z += s.mean()\n" + SLOPES),
        ("the slope is no square", SLOPES, "    slopes = 1 - np.tanh(s)\n"),
        (
            "the slope at the mean",
            SLOPES,
            "    slopes = 0 * s + 1 - np.tanh(s.mean(axis=0)) ** 2\n",
        ),
        ("divided by m", SLOPES, "    slopes = (1 - np.tanh(s) ** 2) / len(s)\n"),
        ("the transpose", BATCH, "return slopes[:, None, :] * W"),
        ("slopes for the inputs, where it fits", BATCH, "return slopes[:, None, :] * W.T"),
        ("examples and units are swapped", BATCH, "return slopes.T[:, :, None] * W.T"),
        ("examples last", BATCH, "return (slopes[:, :, None] * W.T).transpose(1, 2, 0)"),
        ("the mean over the batch", BATCH, "return slopes.mean(axis=0)[:, None] * W.T"),
        ("one example is no batch", BATCH, "return np.squeeze(slopes[:, :, None] * W.T)"),
    ],
    "6.3": [
        ("starts at the top", LOWEST, "J = Js[-1]"),
        ("starts with the transpose", LOWEST, "J = Js[0].T"),
        ("the lowest counts twice", LOOP, "for upper in Js:"),
        ("the top is left out", LOOP, "for upper in Js[1:-1]:"),
        ("from the top down", LOOP, "for upper in Js[:0:-1]:"),
        ("the other order", TIMES, "J = J @ upper"),
        ("entry by entry, where it fits", TIMES, "J = upper * J"),
        ("transposes", TIMES, "J = upper.T @ J"),
        ("a sum, where it fits", TIMES, "J = upper + J"),
        ("in place, where it fits", TIMES, "J[:] = upper @ J"),
        ("gives the transpose", ALL, "return J.T\n    ### END SOLUTION"),
    ],
    "6.4": [
        ("not up", UP, "up = f(z)"),
        ("twice as far up", UP, "up = f(z + 2 * h * v)"),
        ("all units alike", UP, "up = f(z + h)"),
        ("v is left out below", DOWN, "down = f(z - h)"),
        ("not down", DOWN, "down = f(z)"),
        ("a sign", DOWN, "down = f(z + h * v)"),
        ("z is moved in place", DOWN, "z -= h * v; down = f(z)"),
        ("h for 2 h", DIFFERENCE, "return (up - down) / h"),
        ("h is forgotten", DIFFERENCE, "return (up - down) / 2"),
        ("upside down", DIFFERENCE, "return (down - up) / (2 * h)"),
        ("per length of v", DIFFERENCE, "return (up - down) / (2 * h * np.linalg.norm(v))"),
        ("a column a unit", DIFFERENCE, "return np.outer(up - down, 1 / (2 * h * v))"),
        ("to one side only", DIFFERENCE, "return (up - f(z)) / h"),
        ("the second derivative", DIFFERENCE, "return (up - 2 * f(z) + down) / h**2"),
    ],
    "6.5": [
        ("eigenvalues of J^T J", VALUES, "values = np.linalg.svd(J, compute_uv=False) ** 2"),
        (
            "zeros that are none",
            VALUES,
            "values = np.sqrt(abs(np.linalg.eigvalsh(J.swapaxes(1, 2) @ J)))",
        ),
        (
            "examples for units",
            VALUES,
            "values = np.linalg.svd(J.swapaxes(0, 1), compute_uv=False)",
        ),
        (
            "of the mean J",
            VALUES,
            "values = np.linalg.svd(J.mean(axis=0) + 0 * J, compute_uv=False)",
        ),
        ("of the lengths of rows", VALUES, "values = np.linalg.norm(J, axis=2)"),
        ("the rms", THREE, "return (values**2).mean(1) ** 0.5, values.max(1), values.min(1)"),
        ("the sum", THREE, "return values.sum(1), values.max(1), values.min(1)"),
        ("the wrong axis", THREE, "return values.mean(0), values.max(0), values.min(0)"),
        ("over all examples", THREE, "return values.mean(), values.max(), values.min()"),
        ("another order", THREE, "return values.mean(1), values.min(1), values.max(1)"),
        ("the second for the smallest", THREE, "return values.mean(1), values[:, 0], values[:, 1]"),
    ],
    "6.6": [
        ("n is left out", N_VAR, "n_var = W.var()"),
        ("std for variance", N_VAR, "n_var = len(W) * W.std()"),
        ("the variance of a row", N_VAR, "n_var = len(W) * W[0].var()"),
        ("divided by one less", N_VAR, "n_var = len(W) * W.var(ddof=1)"),
        ("W is scaled in place", N_VAR, "W *= 1.5; n_var = len(W) * W.var() / 2.25"),
        ("the mean slope", RMS, "rms = slopes.mean(axis=1)"),
        ("no root", RMS, "rms = (slopes**2).mean(axis=1)"),
        ("a sum", RMS, "rms = np.sqrt((slopes**2).sum(axis=1))"),
        ("the wrong axis", RMS, "rms = np.sqrt((slopes**2).mean(axis=0))"),
        ("one for all examples", RMS, "rms = np.sqrt((slopes**2).mean()) + 0 * slopes[:, 0]"),
        ("std for rms", RMS, "rms = slopes.std(axis=1)"),
        ("8 pi / 3", LAW, "return 8 / 3 * np.pi * np.sqrt(n_var) * rms"),
        ("the rms of the values", LAW, "return np.sqrt(n_var) * rms"),
        ("n Var W without its root", LAW, "return 8 / (3 * np.pi) * n_var * rms"),
    ],
}
