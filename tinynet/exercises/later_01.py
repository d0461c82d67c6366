"""The exercises of lesson L1, batch normalization."""

import numpy as np

from tinynet.exercises.kinds import Code, Explain, Number
from tinynet.later import BatchNorm
from tinynet.layers import Linear
from tinynet.network import Network

EPS = 1e-5
LONGER = 3  # times: the weights below a norm


def _batch(rng):
    """Draw a batch and what comes down to x_hat: not as many rows as units."""
    shape = int(rng.integers(5, 9)), int(rng.integers(2, 5))
    return {"x": rng.normal(1, 2, size=shape), "dx_hat": rng.normal(size=shape)}


def _backward(x, dx_hat):
    """Let tinynet's layer do it: with gamma 1, dx_hat is dy."""
    norm = BatchNorm(x.shape[1])
    norm.forward(x)
    return norm.backward(dx_hat)


def _normalized(x, eps=EPS):
    std = np.sqrt(x.var(axis=0) + eps)
    return (x - x.mean(axis=0)) / std, std


def _cost(x, dx_hat):
    return float((dx_hat * _normalized(x)[0]).sum())


def _parts(ones, along, divided=True, axis=0, mean=np.mean):
    """Make dx with some of its parts missing or of the other sign."""

    def backward(x, dx_hat):
        x_hat, std = _normalized(x)
        dx = dx_hat - ones * mean(dx_hat, axis=axis, keepdims=True)
        dx = dx - along * x_hat * mean(dx_hat * x_hat, axis=axis, keepdims=True)
        return dx / std if divided else dx

    return backward


def _without_eps(x, dx_hat):
    x_hat, std = _normalized(x, 0)
    return (dx_hat - dx_hat.mean(axis=0) - x_hat * (dx_hat * x_hat).mean(axis=0)) / std


def _layers(rng):
    """Draw a Linear and a batch norm that has learnt, with its running statistics."""
    n_in, n_out = 4, 3
    gamma, beta, b, mean = rng.normal(size=(4, n_out))
    W, var = rng.normal(size=(n_in, n_out)), rng.uniform(0.01, 2, size=n_out)
    return {"W": W, "b": b, "gamma": gamma, "beta": beta, "mean": mean, "var": var}


def _folded(W, b, gamma, beta, mean, var):
    """Read W and b off what the two layers give for 0 and for each unit vector."""
    linear, norm = Linear(*W.shape), BatchNorm(len(b))
    linear.W[:], linear.b[:], norm.gamma[:], norm.beta[:] = W, b, gamma, beta
    norm.running_mean, norm.running_var, norm.training = mean, var, False
    net = Network([linear, norm])
    at_0 = net.forward(np.zeros((1, len(W))))
    return net.forward(np.eye(len(W))) - at_0, at_0[0]


def _by_scale(scale, bias):
    def folded(W, b, gamma, beta, mean, var):
        k = scale(gamma, var)
        return W * k, bias(k, b, beta, mean)

    return folded


def _right_scale(gamma, var):
    return gamma / np.sqrt(var + EPS)


def _right_bias(k, b, beta, mean):
    return (b - mean) * k + beta


EXERCISES = {
    "L1.1": Code(
        right=_backward,
        draw=_batch,
        gives=("dx",),
        cost=_cost,
        hints=(
            "First x_hat and std, as in the forward pass, with axis=0. What two things are taken"
            " off dx_hat, column by column?",
            "The part of a vector v along w is w (v . w)/(w . w). For the ones that is the mean of"
            " v; for x_hat it is x_hat times the mean of v x_hat. Divide what is left by std.",
        ),
        solution="""
def backward(x, dx_hat):
    std = np.sqrt(x.var(axis=0) + 1e-5)
    x_hat = (x - x.mean(axis=0)) / std
    shifts = dx_hat.mean(axis=0)
    stretches = x_hat * (dx_hat * x_hat).mean(axis=0)
    return (dx_hat - shifts - stretches) / std
""",
        wrong={
            "that takes mean and std for constants. They are made of x, too.": _parts(0, 0),
            "the part along x_hat is still in it: the std is made of x, too.": _parts(1, 0),
            "the part along the ones is still in it: the mean is made of x, too.": _parts(0, 1),
            "the part along x_hat is taken off, not added.": _parts(1, -1),
            "the division by std is missing.": _parts(1, 1, divided=False),
            "those are sums where means belong: the ones have the squared length m.": _parts(
                1, 1, mean=np.sum
            ),
            "mean and std go over the rows, axis 0, and so do these two.": _parts(1, 1, axis=1),
            "the 1e-5 under the root is missing.": _without_eps,
        },
    ),
    "L1.2": Number(
        right=lambda: [1 / LONGER, 1 / LONGER**2],
        hints=(
            "What becomes of x_hat if x is three times as large? And of std?",
            "dx is divided by std, and dW is made of the same z and that dx. A step is lr dW; W is"
            " three times as large.",
        ),
        solution="""
x = z W is three times as large, and so are its mean and its std: x_hat stays, and with it the cost.
dx is divided by std, so it is 1/3 of what it was, and dW = z.T @ dx as well.
A step as a share of W is lr dW / W: 1/3 divided by 3.
So longer weights learn more slowly, as if by a smaller rate, and no output tells.
[0.3333, 0.1111]
""",
        wrong={
            "dW becomes smaller: dx is divided by the std, which has grown.": [LONGER, 1],
            "the first is right. W itself is three times as large, too.": [1 / LONGER, 1 / LONGER],
            "the output stays, but the gradient does not: dx is divided by std.": [1, 1 / LONGER],
        },
    ),
    "L1.3": Code(
        right=_folded,
        draw=_layers,
        gives=("W", "b"),
        hints=(
            "Write y out: gamma (z W + b - mean)/sqrt(var + 1e-5) + beta. What multiplies z?",
            "Call gamma/sqrt(var + 1e-5) the scale: W is multiplied by it, column by column, and"
            " b is (b - mean) scale + beta.",
        ),
        solution="""
def folded(W, b, gamma, beta, mean, var):
    scale = gamma / np.sqrt(var + 1e-5)
    return W * scale, (b - mean) * scale + beta
""",
        wrong={
            "the 1e-5 under the root is missing.": _by_scale(
                lambda gamma, var: gamma / np.sqrt(var), _right_bias
            ),
            "x is divided by the std, the root of the variance.": _by_scale(
                lambda gamma, var: gamma / (var + EPS), _right_bias
            ),
            "gamma is missing from the scale.": _by_scale(
                lambda gamma, var: 1 / np.sqrt(var + EPS), _right_bias
            ),
            "W is right. b goes through the norm as well: it is scaled like z W.": _by_scale(
                _right_scale, lambda k, b, beta, mean: b - mean * k + beta
            ),
            "W is right. In b the mean is missing.": _by_scale(
                _right_scale, lambda k, b, beta, mean: b * k + beta
            ),
            "W is right. In b beta is missing.": _by_scale(
                _right_scale, lambda k, b, beta, mean: (b - mean) * k
            ),
            "W is right. beta is added last: it is not scaled.": _by_scale(
                _right_scale, lambda k, b, beta, mean: (b - mean + beta) * k
            ),
        },
    ),
    "L1.4": Explain(
        solution="""
Behind the noise every unit has another mean and another scale at each update, more unsteady than
without any norm, and the network learns better than that one all the same. What it has in common
with the quiet one is the smooth cost, so that is the better reason.
""",
        hints=(
            "What does the noise do to what the next layer gets, from one update to the next?",
            "Which of the two reasons, steady means or a smooth cost, holds for the noisy network?",
        ),
        says=(
            "that the noise makes mean and scale unsteady, and it learns well nevertheless?",
            "that its cost is as smooth as that of the quiet one?",
        ),
    ),
}
