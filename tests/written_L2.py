"""Exercise L2.1, the gradients of a Gaussian's likelihood, as students may write it."""

import numpy as np


def by_precision(x, mu, log_sigma):
    precision = np.exp(-2 * log_sigma)
    off = x - mu
    return -precision * off.mean(axis=0), 1 - precision * (off**2).mean(axis=0)


def loops(x, mu, log_sigma):
    dmu, dlog_sigma = [], []
    for k in range(len(mu)):
        sigma = np.exp(log_sigma[k])
        dmu.append(sum((mu[k] - row[k]) / sigma**2 for row in x) / len(x))
        dlog_sigma.append(sum(1 - ((row[k] - mu[k]) / sigma) ** 2 for row in x) / len(x))
    return dmu, dlog_sigma


def by_moments(x, mu, log_sigma):
    sigma = np.exp(log_sigma)
    mean, var = x.mean(axis=0), x.var(axis=0)
    return (mu - mean) / sigma**2, 1 - (var + (mean - mu) ** 2) / sigma**2


def other_sign(x, mu, log_sigma):
    sigma = np.exp(log_sigma)
    x_hat = (x - mu) / sigma
    return x_hat.mean(axis=0) / sigma, 1 - (x_hat**2).mean(axis=0)


def no_sigma(x, mu, log_sigma):
    x_hat = (x - mu) / np.exp(log_sigma)
    return -x_hat.mean(axis=0), 1 - (x_hat**2).mean(axis=0)


def natural(x, mu, log_sigma):
    x_hat = (x - mu) / np.exp(log_sigma)
    return -(x - mu).mean(axis=0), 1 - (x_hat**2).mean(axis=0)


def sums(x, mu, log_sigma):
    sigma = np.exp(log_sigma)
    x_hat = (x - mu) / sigma
    return -x_hat.sum(axis=0) / sigma, len(x) - (x_hat**2).sum(axis=0)


def mean_over_all(x, mu, log_sigma):
    sigma, n = np.exp(log_sigma), len(mu)
    x_hat = (x - mu) / sigma
    return -x_hat.mean(axis=0) / sigma / n, (1 - (x_hat**2).mean(axis=0)) / n


def by_sigma(x, mu, log_sigma):
    sigma = np.exp(log_sigma)
    x_hat = (x - mu) / sigma
    return -x_hat.mean(axis=0) / sigma, 1 / sigma - (x_hat**2).mean(axis=0) / sigma


def no_one(x, mu, log_sigma):
    sigma = np.exp(log_sigma)
    x_hat = (x - mu) / sigma
    return -x_hat.mean(axis=0) / sigma, -(x_hat**2).mean(axis=0)


def half(x, mu, log_sigma):
    sigma = np.exp(log_sigma)
    x_hat = (x - mu) / sigma
    return -x_hat.mean(axis=0) / sigma, 1 - (x_hat**2).mean(axis=0) / 2


def sigma_is_log_sigma(x, mu, log_sigma):
    x_hat = (x - mu) / log_sigma
    return -x_hat.mean(axis=0) / log_sigma, 1 - (x_hat**2).mean(axis=0)


RIGHT = [by_precision, loops, by_moments]
WRONG = [
    (other_sign, "dmu has the other sign"),
    (no_sigma, "dmu lacks 1/sigma"),
    (natural, "that is the natural step in mu"),
    (sums, "the cost is a mean over the rows, and so"),
    (mean_over_all, "but a sum over the units"),
    (by_sigma, "is the gradient by sigma"),
    (no_one, "The 1 in dlog_sigma"),
    (half, "dlog_sigma:"),
    (sigma_is_log_sigma, "numbers are not right"),
]
