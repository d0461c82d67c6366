"""Exercise 2.1, dW, db and dx of a layer, as students may write it: right, or wrong."""

import numpy as np


def one_line_each(x, W, b, dy):
    return x.T @ dy, dy.sum(axis=0), dy @ W.T


def loops(x, W, b, dy):
    dW, db, dx = np.zeros(W.shape), np.zeros(b.shape), np.zeros(x.shape)
    for e in range(x.shape[0]):
        for k in range(W.shape[1]):
            db[k] += dy[e, k]
            for i in range(W.shape[0]):
                dW[i, k] += x[e, i] * dy[e, k]
                dx[e, i] += dy[e, k] * W[i, k]
    return dW, db, dx


def einsum(x, W, b, dy):
    dW = np.einsum("el,ek->lk", x, dy)
    return dW, np.ones(len(dy)) @ dy, np.einsum("ek,lk->el", dy, W)


def outer_products(x, W, b, dy):
    dW = sum(np.outer(row, above) for row, above in zip(x, dy, strict=True))
    return dW, sum(dy), (W @ dy.T).T


def mean_over_the_batch(x, W, b, dy):
    m = len(x)
    return x.T @ dy / m, dy.sum(axis=0) / m, dy @ W.T / m


def mean_in_dW(x, W, b, dy):
    return x.T @ dy / len(dy), dy.sum(axis=0), dy @ W.T


def mean_in_db(x, W, b, dy):
    return x.T @ dy, np.mean(dy, axis=0), dy @ W.T


def mean_of_parameters(x, W, b, dy):
    return x.T @ dy / len(dy), np.mean(dy, axis=0), dy @ W.T


def W_not_turned(x, W, b, dy):
    return x.T @ dy, dy.sum(axis=0), dy @ W


def dW_turned(x, W, b, dy):
    return dy.T @ x, dy.sum(axis=0), dy @ W.T


def sum_over_neurons(x, W, b, dy):
    return x.T @ dy, dy.sum(axis=1), dy @ W.T


def sum_of_all(x, W, b, dy):
    return x.T @ dy, dy.sum(), dy @ W.T


def nothing_turned(x, W, b, dy):
    return x @ dy, dy.sum(axis=0), dy @ W.T


def b_in_dx(x, W, b, dy):
    return x.T @ dy, dy.sum(axis=0), dy @ W.T + 1


def downhill(x, W, b, dy):
    return -x.T @ dy, -dy.sum(axis=0), -dy @ W.T


def another_order(x, W, b, dy):
    return dy @ W.T, x.T @ dy, dy.sum(axis=0)


RIGHT = [one_line_each, loops, einsum, outer_products]
WRONG = [
    (mean_over_the_batch, "all three are divided by the batch size"),
    (mean_in_dW, "dW is m times too small"),
    (mean_in_db, "db is a mean over the examples"),
    (mean_of_parameters, "dW and db are means over the examples"),
    (W_not_turned, "dx sums over the wrong index of W"),
    (dW_turned, "dW is transposed"),
    (sum_over_neurons, "db: expected shape"),
    (sum_of_all, "db: expected shape"),
    (nothing_turned, "ValueError: matmul"),
    (b_in_dx, "dx:"),
    (downhill, "dW: has the other sign"),
    (another_order, "dW: expected shape"),
]
