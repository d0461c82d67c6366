"""Exercise L1.1, dx below a batch norm, as students may write it: right, or wrong."""

import numpy as np

EPS = 1e-5


def by_parts(x, dx_hat):
    """Three ways from x to x_hat, added up."""
    m, centred = len(x), x - x.mean(axis=0)
    std = np.sqrt(x.var(axis=0) + EPS)
    dvar = (dx_hat * centred).sum(axis=0) * -0.5 * std**-3
    dmean = -(dx_hat / std).sum(axis=0) - 2 * dvar * centred.mean(axis=0)
    return dx_hat / std + dvar * 2 * centred / m + dmean / m


def loops(x, dx_hat):
    dx = np.zeros(x.shape)
    m = len(x)
    for k in range(x.shape[1]):
        std = (((x[:, k] - x[:, k].mean()) ** 2).sum() / m + EPS) ** 0.5
        x_hat = (x[:, k] - x[:, k].mean()) / std
        for e in range(m):
            dx[e, k] = dx_hat[e, k]
            dx[e, k] -= sum(dx_hat[:, k]) / m + x_hat[e] * sum(dx_hat[:, k] * x_hat) / m
            dx[e, k] /= std
    return dx


def by_jacobian(x, dx_hat):
    m, columns = len(x), []
    for one, from_above in zip(x.T, dx_hat.T, strict=True):
        std = np.sqrt(one.var() + EPS)
        x_hat = (one - one.mean()) / std
        J = (np.eye(m) - np.ones((m, m)) / m - np.outer(x_hat, x_hat) / m) / std
        columns.append(J @ from_above)
    return np.stack(columns, axis=1)


def sums_over_m(x, dx_hat):
    m = len(x)
    std = (x.var(axis=0) + EPS) ** 0.5
    x_hat = (x - x.mean(axis=0)) / std
    return (m * dx_hat - dx_hat.sum(0) - x_hat * (dx_hat * x_hat).sum(0)) / (m * std)


def constants(x, dx_hat):
    return dx_hat / np.sqrt(x.var(axis=0) + EPS)


def no_stretch(x, dx_hat):
    return (dx_hat - dx_hat.mean(axis=0)) / np.sqrt(x.var(axis=0) + EPS)


def no_shift(x, dx_hat):
    std = np.sqrt(x.var(axis=0) + EPS)
    x_hat = (x - x.mean(axis=0)) / std
    return (dx_hat - x_hat * (dx_hat * x_hat).mean(axis=0)) / std


def added(x, dx_hat):
    std = np.sqrt(x.var(axis=0) + EPS)
    x_hat = (x - x.mean(axis=0)) / std
    return (dx_hat - dx_hat.mean(axis=0) + x_hat * (dx_hat * x_hat).mean(axis=0)) / std


def not_divided(x, dx_hat):
    x_hat = (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + EPS)
    return dx_hat - dx_hat.mean(axis=0) - x_hat * (dx_hat * x_hat).mean(axis=0)


def sums(x, dx_hat):
    std = np.sqrt(x.var(axis=0) + EPS)
    x_hat = (x - x.mean(axis=0)) / std
    return (dx_hat - dx_hat.sum(axis=0) - x_hat * (dx_hat * x_hat).sum(axis=0)) / std


def no_eps(x, dx_hat):
    std = x.std(axis=0)
    x_hat = (x - x.mean(axis=0)) / std
    return (dx_hat - dx_hat.mean(axis=0) - x_hat * (dx_hat * x_hat).mean(axis=0)) / std


def by_variance(x, dx_hat):
    var = x.var(axis=0) + EPS
    x_hat = (x - x.mean(axis=0)) / np.sqrt(var)
    return (dx_hat - dx_hat.mean(axis=0) - x_hat * (dx_hat * x_hat).mean(axis=0)) / var


def over_all(x, dx_hat):
    std = np.sqrt(x.var() + EPS)
    x_hat = (x - x.mean()) / std
    return (dx_hat - dx_hat.mean() - x_hat * (dx_hat * x_hat).mean()) / std


RIGHT = [by_parts, loops, by_jacobian, sums_over_m]
WRONG = [
    (constants, "that takes mean and std for constants"),
    (no_stretch, "the part along x_hat is still in it"),
    (no_shift, "the part along the ones is still in it"),
    (added, "the part along x_hat is taken off, not added"),
    (not_divided, "the division by std is missing"),
    (sums, "those are sums where means belong"),
    (no_eps, "the 1e-5 under the root is missing"),
    (by_variance, "numbers are not right"),
    (over_all, "numbers are not right"),
]
