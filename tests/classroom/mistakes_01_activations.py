"""Mistakes planted in the reference of assignment 1.

Each is ``(name, old, new)``: ``old`` stands once in the solution.
"""

SIGMOID = "e = np.exp(-np.abs(s))\n    return np.where(s >= 0, 1, e) / (1 + e)"
SIGMOID_SLOPE = "e = np.exp(-np.abs(s))\n    return e / (1 + e) ** 2"
TANH_SLOPE = "return 1 - np.tanh(s) ** 2"
SOFTSIGN = "return s / (1 + np.abs(s))"
SOFTSIGN_SLOPE = "return 1 / (1 + np.abs(s)) ** 2"
RELU = "return np.maximum(s, 0)"
RELU_SLOPE = "return (s > 0).astype(s.dtype)"
BACKWARD = "return dy * slope(x)"

MISTAKES = {
    "1.1": [
        ("overflow at -1000", SIGMOID, "return 1 / (1 + np.exp(-s))"),
        ("overflow at 1000", SIGMOID, "return np.exp(s) / (1 + np.exp(s))"),
        ("no absolute value", SIGMOID, SIGMOID.replace("-np.abs(s)", "-s")),
        ("the wrong sign", SIGMOID, SIGMOID.replace("1, e", "e, 1")),
        ("right for negative s only", SIGMOID, SIGMOID.replace("np.where(s >= 0, 1, e)", "e")),
        ("from -1 to 1", SIGMOID, "return np.tanh(s)"),
        ("tanh of s, not of s/2", SIGMOID, "return (1 + np.tanh(s)) / 2"),
        ("a batch of one loses its axis", SIGMOID, "return 0.5 + np.tanh(s / 2).squeeze() / 2"),
        ("s is clipped in place", SIGMOID, "np.clip(s, -30, 30, out=s)\n    " + SIGMOID),
        ("clipped so much that it shows", SIGMOID, "s = np.clip(s, -3, 3)\n    " + SIGMOID),
    ],
    "1.2": [
        ("overflow at -1000", SIGMOID_SLOPE, "e = np.exp(-s)\n    return e / (1 + e) ** 2"),
        ("not squared", SIGMOID_SLOPE, SIGMOID_SLOPE.replace(" ** 2", "")),
        ("the wrong sign", SIGMOID_SLOPE, SIGMOID_SLOPE.replace("return e", "return -e")),
        (
            "the slope at y = sigmoid(s)",
            SIGMOID_SLOPE,
            "s = (1 + np.tanh(s / 2)) / 2\n    " + SIGMOID_SLOPE,
        ),
        ("s is taken for y", SIGMOID_SLOPE, "return s * (1 - s)"),
        ("y (1 + y)", SIGMOID_SLOPE, "y = (1 + np.tanh(s / 2)) / 2\n    return y * (1 + y)"),
        (
            "a batch of one loses its axis",
            SIGMOID_SLOPE,
            "return (1 - np.tanh(s / 2).squeeze() ** 2) / 4",
        ),
        ("s loses its sign in place", SIGMOID_SLOPE, SIGMOID_SLOPE.replace("(s)", "(s, out=s)")),
    ],
    "1.3": [
        ("s is taken for y", TANH_SLOPE, "return 1 - s**2"),
        ("the slope at y = tanh(s)", TANH_SLOPE, "return 1 - np.tanh(np.tanh(s)) ** 2"),
        ("not squared", TANH_SLOPE, "return 1 - np.tanh(s)"),
        ("the wrong sign", TANH_SLOPE, "return np.tanh(s) ** 2 - 1"),
        ("that of the sigmoid", TANH_SLOPE, "return np.tanh(s) * (1 - np.tanh(s))"),
        ("overflow of cosh", TANH_SLOPE, "return 1 / np.cosh(s) ** 2"),
        ("s becomes y in place", TANH_SLOPE, "return 1 - np.tanh(s, out=s) ** 2"),
        ("a batch of one loses its axis", TANH_SLOPE, "return 1 - np.tanh(s).squeeze() ** 2"),
    ],
    "1.4": [
        ("no absolute value", SOFTSIGN, "return s / (1 + s)"),
        ("the square, not the size", SOFTSIGN, "return s / (1 + s**2)"),
        ("that of relu(s) only", SOFTSIGN, "return np.maximum(s, 0) / (1 + np.abs(s))"),
        ("from 0 to 1", SOFTSIGN, "return (1 + s / (1 + np.abs(s))) / 2"),
        ("the size over the batch", SOFTSIGN, "return s / (1 + np.abs(s).max(axis=0))"),
        ("s is divided in place", SOFTSIGN, "s /= 1 + np.abs(s)\n    return s"),
        ("a batch of one loses its axis", SOFTSIGN, "return (s / (1 + np.abs(s))).squeeze()"),
    ],
    "1.5": [
        ("not squared", SOFTSIGN_SLOPE, "return 1 / (1 + np.abs(s))"),
        ("no absolute value", SOFTSIGN_SLOPE, "return 1 / (1 + s) ** 2"),
        ("1 + s^2", SOFTSIGN_SLOPE, "return 1 / (1 + s**2)"),
        ("it changes sign with s", SOFTSIGN_SLOPE, "return np.sign(s) / (1 + np.abs(s)) ** 2"),
        ("|s| derived as s", SOFTSIGN_SLOPE, "return (1 + np.abs(s) - s) / (1 + np.abs(s)) ** 2"),
        ("divides by s", SOFTSIGN_SLOPE, "return (s / (1 + np.abs(s)) / s) ** 2"),
        (
            "the slope at y = softsign(s)",
            SOFTSIGN_SLOPE,
            "y = s / (1 + np.abs(s))\n    return 1 / (1 + np.abs(y)) ** 2",
        ),
        (
            "s loses its sign in place",
            SOFTSIGN_SLOPE,
            "s[s < 0] *= -1\n    return 1 / (1 + s) ** 2",
        ),
    ],
    "1.6": [
        ("the wrong side", RELU, "return np.minimum(s, 0)"),
        ("the size", RELU, "return np.abs(s)"),
        ("leaky", RELU, "return np.maximum(s, 0.01 * s)"),
        ("the largest of all", RELU, "return np.maximum(s.max(), 0) * np.ones_like(s)"),
        ("the slope", RELU, "return (s > 0) * 1.0"),
        ("s is cut in place", RELU, "s[s < 0] = 0\n    return s"),
        ("a batch of one loses its axis", RELU, "return np.maximum(s, 0).squeeze()"),
    ],
    "1.7": [
        ("the function", RELU_SLOPE, "return np.maximum(s, 0)"),
        ("1 where s is 0", RELU_SLOPE, "return (s >= 0).astype(s.dtype)"),
        ("one half where s is 0", RELU_SLOPE, "return np.heaviside(s, 0.5)"),
        ("divides by s", RELU_SLOPE, "return np.maximum(s, 0) / s"),
        ("the wrong side", RELU_SLOPE, "return (s < 0).astype(s.dtype)"),
        ("-1 where s is negative", RELU_SLOPE, "return np.sign(s)"),
        ("s is overwritten", RELU_SLOPE, "s[:] = s > 0\n    return s"),
    ],
    "1.8": [
        ("the slope at y", BACKWARD, "return dy * slope(y)"),
        ("the slope at dy", BACKWARD, "return dy * slope(dy)"),
        ("no dy", BACKWARD, "return slope(x)"),
        ("no slope", BACKWARD, "return dy.copy()"),
        ("the function, not the slope", BACKWARD, "return dy * y"),
        ("a matrix product", BACKWARD, "return dy @ slope(x).T"),
        ("a mean over the batch", BACKWARD, "return dy * slope(x) / len(x)"),
        ("a mean at the slope", BACKWARD, "return dy * slope(x).mean(axis=0)"),
        ("a wrong sign", BACKWARD, "return -dy * slope(x)"),
        ("divided", BACKWARD, "return dy / slope(x)"),
        ("dy is overwritten", BACKWARD, "dy *= slope(x)\n    return dy"),
    ],
}
