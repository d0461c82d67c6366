"""Exercise 6.1, softmax and its gradient, as students may write it: right, or wrong."""

import numpy as np


def with_eye(output, labels):
    shifted = output - output.max(axis=1, keepdims=True)
    p = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    return p, (p - np.eye(output.shape[1])[labels]) / output.shape[0]


def by_the_logarithm(output, labels):
    p = np.exp(output - np.logaddexp.reduce(output, axis=1)[:, None])
    doutput = p / len(p)
    doutput[np.arange(len(p)), labels] -= 1 / len(p)
    return [p, doutput]


def loops(output, labels):
    m, classes = output.shape
    p, doutput = np.empty((m, classes)), np.empty((m, classes))
    for e in range(m):
        for k in range(classes):
            p[e, k] = 1 / np.exp(output[e] - output[e, k]).sum()
            doutput[e, k] = (p[e, k] - (k == labels[e])) / m
    return p, doutput


def softmax(output):
    exps = np.exp(output - output.max(axis=1, keepdims=True))
    return exps / exps.sum(axis=1, keepdims=True)


def one_hot(output, labels):
    return np.arange(output.shape[1]) == labels[:, None]


def no_mean(output, labels):
    p = softmax(output)
    return p, p - one_hot(output, labels)


def wrong_axis(output, labels):
    exps = np.exp(output - output.max(axis=0))
    p = exps / exps.sum(axis=0)
    return p, (p - one_hot(output, labels)) / len(labels)


def no_one_hot(output, labels):
    p = softmax(output)
    return p, p / len(labels)


def other_sign(output, labels):
    p = softmax(output)
    return p, (one_hot(output, labels) - p) / len(labels)


def overflows(output, labels):
    with np.errstate(over="ignore", invalid="ignore"):
        p = np.exp(output) / np.exp(output).sum(axis=1, keepdims=True)
    return p, (p - one_hot(output, labels)) / len(labels)


def one_largest(output, labels):
    with np.errstate(invalid="ignore"):
        exps = np.exp(output - output.max())
        p = exps / exps.sum(axis=1, keepdims=True)
    return p, (p - one_hot(output, labels)) / len(labels)


def all_entries(output, labels):
    p = softmax(output)
    return p, (p - one_hot(output, labels)) / p.size


def in_place(output, labels):
    output -= output.max(axis=1, keepdims=True)
    p = softmax(output)
    return p, (p - one_hot(output, labels)) / len(labels)


def labels_as_numbers(output, labels):
    p = softmax(output)
    return p, (p - labels[:, None]) / len(labels)


RIGHT = [with_eye, by_the_logarithm, loops]
WRONG = [
    (no_mean, "doutput lacks the 1/m"),
    (wrong_axis, "p sums to 1 down each column"),
    (no_one_hot, "one_hot is missing"),
    (other_sign, "doutput has the other sign"),
    (overflows, "p: expected finite numbers, got nan"),
    (one_largest, "p: expected finite numbers, got nan"),
    (all_entries, "divided by all its entries"),
    (in_place, "output was changed in place"),
    (labels_as_numbers, "numbers are not right"),
]
