"""Exercise L7.1, the lengths of the examples' own gradients, as students may write it."""

import numpy as np


def by_outer_products(x, dy):
    m = len(x)
    found = []
    for k in range(m):
        dW, db = np.outer(x[k], m * dy[k]), m * dy[k]
        found.append(np.sqrt((dW**2).sum() + (db**2).sum()))
    return np.array(found)


def with_a_one(x, dy):
    x_1 = np.column_stack([x, np.ones(len(x))])
    return len(x) * np.linalg.norm(x_1, axis=1) * np.linalg.norm(dy, axis=1)


def by_the_diagonal(x, dy):
    return len(x) * np.sqrt(np.diag((x @ x.T + 1) * (dy @ dy.T)))


def einsum(x, dy):
    g = np.einsum("ki,kj->kij", np.hstack([x, np.ones_like(x[:, :1])]), dy)
    return list(len(x) * np.sqrt((g**2).sum(axis=(1, 2))))


def no_b(x, dy):
    return len(x) * np.linalg.norm(x, axis=1) * np.linalg.norm(dy, axis=1)


def no_m(x, dy):
    return np.sqrt((1 + (x**2).sum(1)) * (dy**2).sum(1))


def squares(x, dy):
    return len(x) ** 2 * (1 + (x**2).sum(1)) * (dy**2).sum(1)


def lengths_added(x, dy):
    of_b = len(x) * np.linalg.norm(dy, axis=1)
    return of_b + of_b * np.linalg.norm(x, axis=1)


def root_of_m(x, dy):
    return np.sqrt(len(x) * (1 + (x**2).sum(1)) * (dy**2).sum(1))


def side_by_side(x, dy):
    return len(x) * np.linalg.norm(np.hstack([x, dy]), axis=1)


def of_the_mean(x, dy):
    return np.linalg.norm(x.T @ dy)


RIGHT = [by_outer_products, with_a_one, by_the_diagonal, einsum]
WRONG = [
    (no_b, "that is W alone"),
    (no_m, "dy is that of the mean cost"),
    (squares, "those are the squares"),
    (lengths_added, "add their squares"),
    (root_of_m, "m belongs under the root"),
    (side_by_side, "an outer product's length is the product"),
    (of_the_mean, "expected shape"),
]
