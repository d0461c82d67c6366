"""Exercise L5.1, dropout forward and back, as students may write it: right, or wrong."""

import numpy as np


def by_where(x, r, p, dy):
    kept = r >= p
    return np.where(kept, x / (1 - p), 0), np.where(kept, dy / (1 - p), 0)


def by_index(x, r, p, dy):
    y, dx = x / (1 - p), dy / (1 - p)
    y[r < p] = 0
    dx[r < p] = 0
    return y, dx


def loops(x, r, p, dy):
    y, dx = np.zeros(x.shape), np.zeros(x.shape)
    for k in range(len(x)):
        for j in range(x.shape[1]):
            if r[k, j] > p:
                y[k, j] = x[k, j] / (1 - p)
                dx[k, j] = dy[k, j] / (1 - p)
    return y, dx


def no_scale(x, r, p, dy):
    mask = r >= p
    return mask * x, mask * dy


def scale_on_one_way(x, r, p, dy):
    mask = r >= p
    return mask * x / (1 - p), mask * dy


def gradient_of_all(x, r, p, dy):
    return (r >= p) * x / (1 - p), dy


def kept_with_chance_p(x, r, p, dy):
    mask = (r < p) / p
    return mask * x, mask * dy


def by_p(x, r, p, dy):
    mask = (r >= p) / p
    return mask * x, mask * dy


def times_what_is_kept(x, r, p, dy):
    mask = (r >= p) * (1 - p)
    return mask * x, mask * dy


def other_mask_on_the_way_back(x, r, p, dy):
    again = np.random.default_rng(5).random(x.shape)
    return (r >= p) * x / (1 - p), (again >= p) * dy / (1 - p)


def times_x(x, r, p, dy):
    mask = (r >= p) / (1 - p)
    return mask * x, mask * x * dy


def whole_rows(x, r, p, dy):
    mask = (r[:, :1] >= p) / (1 - p)
    return mask * x, mask * dy


def only_y(x, r, p, dy):
    return (r >= p) / (1 - p) * x


RIGHT = [by_where, by_index, loops]
WRONG = [
    (no_scale, "what is kept must be made 1/(1 - p) larger"),
    (scale_on_one_way, "the gradient of what was kept is 1/(1 - p) larger too"),
    (gradient_of_all, "the mask is missing on the way back"),
    (kept_with_chance_p, "p is the chance to be dropped"),
    (by_p, "and not by p"),
    (times_what_is_kept, "here what is kept is divided by it"),
    (other_mask_on_the_way_back, "dx: "),
    (times_x, "dx: "),
    (whole_rows, "y: "),
    (only_y, "expected return y, dx"),
]
