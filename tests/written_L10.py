"""Exercise L10.1, the gradients of a denoising auto-encoder, as students may write it."""

import numpy as np


def sigmoid(s):
    return 1 / (1 + np.exp(-s))


def loops(clean, seen, W, b, V, c):
    dW, dV, m = np.zeros(W.shape), np.zeros(V.shape), len(clean)
    for wanted, x in zip(clean, seen, strict=True):
        h = sigmoid(x @ W + b)
        error = sigmoid(h @ V + c) - wanted
        dV += np.outer(h, error) / m
        dW += np.outer(x, (V @ error) * h * (1 - h)) / m
    return dW, dV


def by_tanh(clean, seen, W, b, V, c):
    """The sigmoid as (1 + tanh(s/2))/2, the mean taken last."""
    h = (1 + np.tanh((seen @ W + b) / 2)) / 2
    error = (1 + np.tanh((h @ V + c) / 2)) / 2 - clean
    dh = error.dot(V.T)
    return seen.T.dot(dh * (h - h**2)) / len(seen), h.T.dot(error) / len(seen)


def through_the_logs(clean, seen, W, b, V, c):
    """The derivative of each log, and then of the sigmoid."""
    h = sigmoid(seen @ W + b)
    p = sigmoid(h @ V + c)
    dp = -(clean / p - (1 - clean) / (1 - p)) / clean.shape[0]
    do = dp * p * (1 - p)
    return seen.T @ (do @ V.T * h * (1 - h)), h.T @ do


def einsum(clean, seen, W, b, V, c):
    h = sigmoid(np.einsum("ml,lk->mk", seen, W) + b)
    do = (sigmoid(np.einsum("mk,kl->ml", h, V) + c) - clean) / len(h)
    ds = np.einsum("ml,kl->mk", do, V) * h * (1 - h)
    return np.einsum("ml,mk->lk", seen, ds), np.einsum("mk,ml->kl", h, do)


def wrong(fed="seen", wanted="clean", top=False, slope=True, over=len, sign=1):
    def gradients(clean, seen, W, b, V, c):
        arrays = {"clean": clean, "seen": seen}
        h = sigmoid(seen @ W + b)
        p = sigmoid(h @ V + c)
        do = sign * (p - arrays[wanted]) / over(clean)
        if top:
            do = do * p * (1 - p)
        ds = do @ V.T
        if slope:
            ds = ds * h * (1 - h)
        return arrays[fed].T @ ds, h.T @ do

    return gradients


def no_way_back_through_V(clean, seen, W, b, V, c):
    h = sigmoid(seen @ W + b)
    do = (sigmoid(h @ V + c) - clean) / len(clean)
    return seen.T @ (do @ W * h * (1 - h)), h.T @ do


RIGHT = [loops, by_tanh, through_the_logs, einsum]
WRONG = [
    (wrong(fed="clean"), "What came into the first layer is seen"),
    (wrong(wanted="seen"), "Clean is wanted"),
    (wrong(slope=False), "The slope of the sigmoid"),
    (wrong(top=True), "with this cost it cancels"),
    (wrong(over=lambda clean: 1), "the mean needs 1/m"),
    (wrong(over=np.size), "they are added up"),
    (wrong(sign=-1), "the sign is not"),
    (no_way_back_through_V, "dW"),
]
