"""Exercise L6.1, the gradients of a linear network, as students may write them: right, or wrong."""

import numpy as np


def multiplied_out(Q, Sigma, W1, W2):
    return Q @ W1 @ W2 @ W2.T - Sigma @ W2.T, W1.T @ Q @ W1 @ W2 - W1.T @ Sigma


def loops(Q, Sigma, W1, W2):
    W, D = W1 @ W2, np.zeros(Sigma.shape)
    for i in range(len(Q)):
        for k in range(W2.shape[1]):
            D[i, k] = sum(Q[i, j] * W[j, k] for j in range(len(Q))) - Sigma[i, k]
    return np.einsum("ik,hk->ih", D, W2), np.einsum("ih,ik->hk", W1, D)


def from_data(Q, Sigma, W1, W2):
    """Make data that have this Q and Sigma, and go back through them as in lesson 2."""
    m = len(Q)
    x = np.sqrt(m) * np.linalg.cholesky(Q).T
    t = m * np.linalg.solve(x.T, Sigma)
    dy = (x @ W1 @ W2 - t) / m
    return x.T @ (dy @ W2.T), (x @ W1).T @ dy


def other_sign(Q, Sigma, W1, W2):
    D = Sigma - Q @ W1 @ W2
    return D @ W2.T, W1.T @ D


def no_q(Q, Sigma, W1, W2):
    D = W1 @ W2 - Sigma
    return D @ W2.T, W1.T @ D


def no_sigma(Q, Sigma, W1, W2):
    D = Q @ W1 @ W2
    return D @ W2.T, W1.T @ D


def twice(Q, Sigma, W1, W2):
    D = 2 * (Q @ W1 @ W2 - Sigma)
    return D @ W2.T, W1.T @ D


def q_of_all(Q, Sigma, W1, W2):
    D = Q @ (W1 @ W2 - Sigma)
    return D @ W2.T, W1.T @ D


def half_back(Q, Sigma, W1, W2):
    D = Q @ W1 @ W2 - Sigma
    return Q @ W1 - Sigma @ W2.T, W1.T @ D


def transposed(Q, Sigma, W1, W2):
    D = Q @ W1 @ W2 - Sigma
    return W2 @ D.T, W1.T @ D


def one_layer(Q, Sigma, W1, W2):
    D = Q @ W1 @ W2 - Sigma
    return D, D


RIGHT = [multiplied_out, loops, from_data]
WRONG = [
    (other_sign, "both have the other sign"),
    (no_q, "Q is missing"),
    (no_sigma, "Sigma is missing"),
    (twice, "so its gradient has no 2"),
    (q_of_all, "Q belongs to the inputs"),
    (half_back, "In dW1 all of D is multiplied by W2.T"),
    (transposed, "is it transposed?"),
    (one_layer, "expected shape"),
]
