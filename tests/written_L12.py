"""Exercise L12.1, what one step adds to y, as students may write it: right, or wrong."""

import numpy as np


def by_weights(x, dy, lr):
    return x @ (-lr * x.T @ dy) - lr * dy.sum(axis=0)


def by_gram(x, dy, lr):
    return -lr * (x @ x.T + 1) @ dy


def with_a_column_of_ones(x, dy, lr):
    x = np.column_stack([x, np.ones(len(x))])
    return -lr * x @ (x.T @ dy)


def loops(x, dy, lr):
    added = np.zeros(dy.shape)
    for a in range(len(x)):
        for b in range(len(x)):
            added[a] -= lr * (x[a] @ x[b] + 1) * dy[b]
    return added


def no_bias(x, dy, lr):
    return -lr * x @ (x.T @ dy)


def uphill(x, dy, lr):
    return lr * (x @ x.T + 1) @ dy


def each_alone(x, dy, lr):
    return -lr * ((x**2).sum(axis=1, keepdims=True) + 1) * dy


def no_rate(x, dy, lr):
    return -(x @ x.T + 1) @ dy


def mean(x, dy, lr):
    return -lr * (x @ x.T + 1) @ dy / len(x)


def own_bias(x, dy, lr):
    return -lr * (x @ x.T @ dy + dy)


def change_of_w(x, dy, lr):
    return -lr * x.T @ dy


RIGHT = [by_weights, by_gram, with_a_column_of_ones, loops]
WRONG = [
    (no_bias, "the biases have moved too"),
    (uphill, "a step goes against the gradient"),
    (each_alone, "every example has moved W"),
    (no_rate, "the rate is missing"),
    (mean, "the loss has taken the mean already"),
    (own_bias, "db is the sum of dy over all rows"),
    (change_of_w, "shape"),
]
