"""Exercise L8.1, one layer of the mean field, as students may write it: right, or wrong."""

import numpy as np


def tables(q, c, sigma, u, bell):
    weights = np.outer(bell, bell)
    first, second = np.meshgrid(u, u, indexing="ij")
    z = np.tanh(q**0.5 * first)
    other = np.tanh(q**0.5 * (c * first + (1 - c**2) ** 0.5 * second))
    after = sigma**2 * (weights * z**2).sum()
    return after, sigma**2 * (weights * z * other).sum() / after


def loops(q, c, sigma, u, bell):
    square = product = 0.0
    for a, p in zip(u, bell, strict=True):
        z = np.tanh(np.sqrt(q) * a)
        square += p * z**2
        inner = np.tanh(np.sqrt(q) * (c * a + np.sqrt(1 - c**2) * u))
        product += p * z * (bell * inner).sum()
    return sigma**2 * square, product / square


def by_angle(q, c, sigma, u, bell):
    angle = np.arccos(c)
    v = np.cos(angle) * u[:, None] + np.sin(angle) * u[None]
    z, other = np.tanh(np.sqrt(q) * u), np.tanh(np.sqrt(q) * v)
    square = np.einsum("i,i,i", bell, z, z)
    return sigma**2 * square, np.einsum("i,j,i,ij", bell, bell, z, other) / square


def no_root(q, c, sigma, u, bell):
    return tables(q**2, c, sigma, u, bell)


def root_of_1_minus_c(q, c, sigma, u, bell):
    z = np.tanh(q**0.5 * u)
    other = np.tanh(q**0.5 * (c * u[:, None] + (1 - c) ** 0.5 * u))
    after = sigma**2 * (bell @ z**2)
    return after, sigma**2 * (bell * z) @ other @ bell / after


def old_q(q, c, sigma, u, bell):
    after, correlation = tables(q, c, sigma, u, bell)
    return after, correlation * after / q


def covariance(q, c, sigma, u, bell):
    after, correlation = tables(q, c, sigma, u, bell)
    return after, correlation * after


def no_sigma(q, c, sigma, u, bell):
    return tables(q, c, 1, u, bell)


def sigma_once(q, c, sigma, u, bell):
    return tables(q, c, sigma**0.5, u, bell)


def linear(q, c, sigma, u, bell):
    return sigma**2 * q, c


RIGHT = [tables, loops, by_angle]
WRONG = [
    (no_root, "q is a variance"),
    (root_of_1_minus_c, "it takes sqrt(1 - c^2)"),
    (old_q, "not by the old one"),
    (covariance, "That is the covariance"),
    (no_sigma, "sigma is missing"),
    (sigma_once, "sigma is a std"),
    (linear, "q: is not right"),
]
