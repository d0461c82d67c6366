"""Exercise L3.1, the alignment of a representation, as students may write it: right, or wrong."""

import numpy as np


def by_hstack(z, y):
    phi = np.hstack([z, np.ones((len(z), 1))])
    phi = phi / np.sqrt((phi**2).sum(axis=1))[:, None]
    U, s, _ = np.linalg.svd(phi, full_matrices=False)
    return s, (y @ U) ** 2


def ones_first(z, y):
    """Where the ones stand does not matter."""
    phi = np.insert(z, 0, 1.0, axis=1)
    phi = np.array([row / np.linalg.norm(row) for row in phi])
    U, s, _ = np.linalg.svd(phi, full_matrices=False)
    return s, np.array([(u @ y) ** 2 for u in U.T])


def by_eigenvectors(z, y):
    """Phi Phi^T has the same patterns, and the squares of the singular values."""
    phi = np.column_stack([z, np.ones(len(z))])
    phi = phi / np.linalg.norm(phi, axis=1)[:, None]
    squares, U = np.linalg.eigh(phi @ phi.T)
    largest = slice(None, -phi.shape[1] - 1, -1)
    return np.sqrt(squares[largest]), (U.T @ y)[largest] ** 2


def svd(phi, y, **keywords):
    U, s, _ = np.linalg.svd(phi, **keywords)
    return s, (U.T @ y) ** 2


def no_ones(z, y):
    return svd(z / np.linalg.norm(z, axis=1)[:, None], y, full_matrices=False)


def no_scaling(z, y):
    return svd(np.column_stack([z, np.ones(len(z))]), y, full_matrices=False)


def scaled(z):
    phi = np.column_stack([z, np.ones(len(z))])
    return phi / np.linalg.norm(phi, axis=1)[:, None]


def ones_later(z, y):
    phi = np.column_stack([z / np.linalg.norm(z, axis=1)[:, None], np.ones(len(z))])
    return svd(phi, y, full_matrices=False)


def centred(z, y):
    return svd(scaled(z - z.mean(axis=0)), y, full_matrices=False)


def all_patterns(z, y):
    return svd(scaled(z), y)


def no_square(z, y):
    s, d = svd(scaled(z), y, full_matrices=False)
    return s, np.sqrt(d)


def shares(z, y):
    s, d = svd(scaled(z), y, full_matrices=False)
    return s, d / d.sum()


def of_s_squared(z, y):
    s, d = svd(scaled(z), y, full_matrices=False)
    return s**2, d


def right_vectors(z, y):
    _, s, Vt = np.linalg.svd(scaled(z), full_matrices=False)
    return s, (Vt @ y) ** 2


def only_d(z, y):
    return svd(scaled(z), y, full_matrices=False)[1]


RIGHT = [by_hstack, ones_first, by_eigenvectors]
WRONG = [
    (no_ones, "the column of ones is missing"),
    (no_scaling, "the rows are not scaled"),
    (ones_later, "the ones came after the scaling"),
    (centred, "the mean was taken off"),
    (all_patterns, "write full_matrices=False"),
    (no_square, "a square is missing"),
    (shares, "d are shares here"),
    (of_s_squared, "s: "),
    (right_vectors, "ValueError: matmul"),
    (only_d, "expected return s, d"),
]
