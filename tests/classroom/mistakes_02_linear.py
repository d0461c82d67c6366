"""Mistakes planted in the reference of assignment 2.

Each is ``(name, old, new)``: ``old`` stands once in the solution.
"""

Y = "return x @ W + b"
DB = "return dy.sum(axis=0)"
DW = "return x.T @ dy"
DX = "return dy @ W.T"
SHARES = 'return np.einsum("el,ek->elk", x, dy)'

MISTAKES = {
    "2.1": [
        ("no bias", Y, "return x @ W"),
        ("the bias is subtracted", Y, "return x @ W - b"),
        ("W is transposed where it fits", Y, "return x @ W.T + b"),
        (
            "W is transposed where it is square",
            Y,
            "return x @ (W.T if len(W) == len(b) else W) + b",
        ),
        ("W and x in the other order where it fits", Y, "return W @ x + b"),
        ("a mean over the inputs", Y, "return x @ W / len(W) + b"),
        ("x is shifted in place", Y, "x += 1e-3\n    return x @ W + b"),
        ("biases are for examples", Y, "return x @ W + b[: len(x), None]"),
        ("b takes all in, in place", Y, "y = x @ W + b\n    b += y[0]\n    return y"),
        ("a batch of one loses its axis", Y, "return (x @ W).squeeze() + b"),
    ],
    "2.2": [
        ("a mean over the batch, again", DB, "return dy.mean(axis=0)"),
        ("the wrong axis", DB, "return dy.sum(axis=1)"),
        ("the wrong axis where it is square", DB, "return dy.sum(axis=int(len(dy) == len(dy.T)))"),
        ("no axis", DB, "return dy.sum()"),
        ("an axis too many", DB, "return dy.sum(axis=0, keepdims=True)"),
        ("the wrong sign", DB, "return -dy.sum(axis=0)"),
        ("the first example only", DB, "return dy[0]"),
        ("wrong in a batch of one", DB, "return dy.squeeze().sum(axis=0)"),
        ("added up in place", DB, "dy[0] += dy[1:].sum(axis=0)\n    return dy[0]"),
    ],
    "2.3": [
        ("a mean over the batch, again", DW, "return x.T @ dy / len(x)"),
        ("transposed", DW, "return dy.T @ x"),
        (
            "transposed where it is square",
            DW,
            "return x.T @ dy if x.shape != dy.shape else dy.T @ x",
        ),
        ("x is not transposed where it fits", DW, "return (x if len(x) == len(x.T) else x.T) @ dy"),
        ("the outer product of sums", DW, "return np.outer(x.sum(axis=0), dy.sum(axis=0))"),
        ("the last example only", DW, "return np.outer(x[-1], dy[-1])"),
        ("the wrong sign", DW, "return -x.T @ dy"),
        ("dy with its mean taken off", DW, "return x.T @ (dy - dy.mean(axis=0))"),
        ("wrong in a batch of one", DW, "return x.squeeze().T @ dy.squeeze()"),
        ("dy is divided in place", DW, "dW = x.T @ dy\n    dy /= len(dy) + 1\n    return dW"),
    ],
    "2.4": [
        ("a mean over the batch, again", DX, "return dy @ W.T / len(dy)"),
        ("W is not transposed where it fits", DX, "return dy @ W"),
        (
            "W is not transposed where it is square",
            DX,
            "return dy @ (W if len(W) == len(W.T) else W.T)",
        ),
        ("transposed", DX, "return W @ dy.T"),
        ("transposed where it is square", DX, "return W @ dy.T if dy.size == W.size else dy @ W.T"),
        ("the wrong sign", DX, "return -dy @ W.T"),
        ("of the sum over the batch", DX, "return np.zeros((len(dy), 1)) + dy.sum(axis=0) @ W.T"),
        ("wrong in a batch of one", DX, "return dy.squeeze() @ W.T"),
        ("W is changed in place", DX, "dx = dy @ W.T\n    W *= 2\n    return dx"),
    ],
    "2.5": [
        ("each transposed", SHARES, 'return np.einsum("el,ek->ekl", x, dy)'),
        (
            "each transposed where it is square",
            SHARES,
            'return np.einsum("el,ek->ekl" if x.shape == dy.shape else "el,ek->elk", x, dy)',
        ),
        ("examples come last", SHARES, 'return np.einsum("el,ek->lke", x, dy)'),
        ("added up", SHARES, 'return np.einsum("el,ek->lk", x, dy)'),
        ("a mean over the batch, again", SHARES, "return x[:, :, None] * dy[:, None, :] / len(x)"),
        ("each its own cost's", SHARES, "return x[:, :, None] * dy[:, None, :] * len(x)"),
        ("the wrong sign", SHARES, 'return -np.einsum("el,ek->elk", x, dy)'),
        ("every pair of examples", SHARES, 'return np.einsum("el,fk->elk", x, dy)'),
        (
            "a batch of one loses its axis",
            SHARES,
            'return np.einsum("el,ek->elk", x, dy).squeeze()',
        ),
        (
            "dy is overwritten",
            SHARES,
            "dWs = x[:, :, None] * dy[:, None]\n    dy[:] = 0\n    return dWs",
        ),
    ],
}
