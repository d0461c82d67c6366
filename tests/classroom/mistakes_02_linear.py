"""Mistakes planted in the reference of assignment 2.

Each is ``(name, old, new)``: ``old`` stands once in the solution.
"""

MISTAKES = {
    "2.1": [
        ("no bias", "return x @ W + b", "return x @ W"),
        ("the bias is subtracted", "return x @ W + b", "return x @ W - b"),
        ("W is transposed where it fits", "return x @ W + b", "return x @ W.T + b"),
        ("the input is shifted in place", "return x @ W + b", "x += 1e-3; return x @ W + b"),
        ("biases are for examples", "return x @ W + b", "return x @ W + b[: len(x), None]"),
    ],
}
