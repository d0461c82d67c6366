"""Exercise L9.1, the K-FAC step of one layer, as students may write it: right, or wrong."""

import numpy as np


def by_solving(x, ds, dW, r):
    A = x.T @ x / len(x) + r * np.identity(x.shape[1])
    G = ds.T @ ds / len(ds) + r * np.identity(ds.shape[1])
    return np.linalg.solve(G, np.linalg.solve(A, dW).T).T


def by_the_kronecker_product(x, ds, dW, r):
    A = np.mean([np.outer(row, row) for row in x], axis=0) + r * np.eye(x.shape[1])
    G = np.mean([np.outer(row, row) for row in ds], axis=0) + r * np.eye(ds.shape[1])
    return np.linalg.solve(np.kron(A, G), dW.ravel()).reshape(dW.shape)


def by_eigenvectors(x, ds, dW, r):
    a, U = np.linalg.eigh(x.T @ x / len(x))
    g, V = np.linalg.eigh(ds.T @ ds / len(x))
    return U @ (U.T @ dW @ V / np.outer(a + r, g + r)) @ V.T


def sums(x, ds, dW, r):
    A, G = x.T @ x + r * np.eye(x.shape[1]), ds.T @ ds + r * np.eye(ds.shape[1])
    return np.linalg.inv(A) @ dW @ np.linalg.inv(G)


def everywhere(x, ds, dW, r):
    return np.linalg.inv(x.T @ x / len(x) + r) @ dW @ np.linalg.inv(ds.T @ ds / len(x) + r)


def not_inverted(x, ds, dW, r):
    A, G = x.T @ x / len(x) + r * np.eye(x.shape[1]), ds.T @ ds / len(x) + r * np.eye(ds.shape[1])
    return A @ dW @ G


def one_side(x, ds, dW, r):
    return np.linalg.inv(x.T @ x / len(x) + r * np.eye(x.shape[1])) @ dW


def no_damping_of_g(x, ds, dW, r):
    m = len(x)
    return np.linalg.inv(x.T @ x / m + r * np.eye(x.shape[1])) @ dW @ np.linalg.inv(ds.T @ ds / m)


def only_the_mean_row(x, ds, dW, r):
    x, ds = x.mean(axis=0), ds.mean(axis=0)
    A, G = np.outer(x, x) + r * np.eye(len(x)), np.outer(ds, ds) + r * np.eye(len(ds))
    return np.linalg.inv(A) @ dW @ np.linalg.inv(G)


RIGHT = [by_solving, by_the_kronecker_product, by_eigenvectors]
WRONG = [
    (sums, "A and G are means over the m rows"),
    (everywhere, "r belongs on the diagonal alone"),
    (not_inverted, "those are the factors"),
    (one_side, "only one side is divided"),
    (no_damping_of_g, "the damping of G is missing"),
    (only_the_mean_row, "numbers are not right"),
]
