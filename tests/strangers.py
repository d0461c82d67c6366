"""Parts as a stranger writes them, knowing the contracts alone, each in a run on a small problem.

``BUILDERS`` has one for each, and for some of ``tinynet.later``: of a seed it makes net, loss,
optimizer and source.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from own_parts import Gain

import tinynet as tn
from tinynet import later
from tinynet.later import Adam, Hinge, Momentum, WeightNorm

N_IN, HIDDEN, CLASSES = 6, 5, 3


class Run(NamedTuple):
    net: tn.Network
    loss: Any
    optimizer: tn.SGD
    source: tn.Shuffled


# ---------------------------------------------------------------------------- layers


class LayerNorm:
    """y = gamma (x - mean)/std + beta over the units of each example: no mode, no statistics."""

    parameters = ("gamma", "beta")
    axis = 1

    def __init__(self, units):
        self.gamma, self.beta = np.ones(units), np.zeros(units)

    def forward(self, x):
        self.x = x
        self.mean, var = self.statistics(x)
        self.std = np.sqrt(var + 1e-5)
        self.x_hat = (x - self.mean) / self.std
        self.y = self.gamma * self.x_hat + self.beta
        return self.y

    def statistics(self, x):
        return x.mean(self.axis, keepdims=True), x.var(self.axis, keepdims=True)

    def backward(self, dy):
        self.dy = dy
        self.dgamma = (dy * self.x_hat).sum(axis=0)
        self.dbeta = dy.sum(axis=0)
        dx_hat = dy * self.gamma
        projection = self.x_hat * (dx_hat * self.x_hat).mean(self.axis, keepdims=True)
        self.dx = (dx_hat - dx_hat.mean(self.axis, keepdims=True) - projection) / self.std
        return self.dx


class BatchNorm(LayerNorm):
    """The same over the batch; when looked at, with the running statistics."""

    buffers = ("running_mean", "running_var")
    axis = 0

    def __init__(self, units):
        super().__init__(units)
        self.n_in = self.n_out = units
        self.running_mean, self.running_var = np.zeros(units), np.ones(units)
        self.training = True

    def statistics(self, x):
        if not self.training:
            return self.running_mean, self.running_var
        mean, var = super().statistics(x)
        self.running_mean = 0.9 * self.running_mean + 0.1 * mean[0]
        self.running_var = 0.9 * self.running_var + 0.1 * var[0]
        return mean, var

    def backward(self, dy):
        dx = super().backward(dy)
        self.dx = dx if self.training else dy * self.gamma / self.std
        return self.dx


class Masked(tn.Linear):
    """Some of the weights are 0 and stay 0: the mask is part of the layer, but not learnt."""

    buffers = ("mask",)

    def __init__(self, n_in, n_out, rng):
        super().__init__(n_in, n_out, rng=rng)
        self.mask = rng.random((n_in, n_out)) < 0.7

    def forward(self, x):
        self.x = x
        self.y = x @ (self.W * self.mask) + self.b
        return self.y

    def backward(self, dy):
        super().backward(dy)
        self.dW *= self.mask
        self.dx = dy @ (self.W * self.mask).T
        return self.dx


class Warmup:
    """y = x times a factor that grows from pass to pass: a number that a run goes on with."""

    parameters = ()
    buffers = ("passes",)

    def __init__(self):
        self.passes = 0
        self.training = True

    def forward(self, x):
        self.x = x
        self.passes += self.training
        self.factor = min(1.0, 0.1 * (1 + self.passes))
        self.y = self.factor * x
        return self.y

    def backward(self, dy):
        self.dy = dy
        self.dx = self.factor * dy
        return self.dx


class Recurrent:
    """h[t] = tanh(x[t] W + h[t-1] U + b). A row is a sequence, time slowest: x[0], x[1], ..."""

    parameters = ("W", "U", "b")

    def __init__(self, steps, n_in, units, rng):
        self.steps, self.units = steps, units
        self.n_in, self.n_out = steps * n_in, steps * units
        self.W = tn.normalized(n_in, units, rng)
        self.U = tn.normalized(units, units, rng)
        self.b = np.zeros(units)

    def forward(self, x):
        self.x = x
        self.h, before = [], np.zeros((len(x), self.units))
        for x_t in np.split(x, self.steps, axis=1):
            before = np.tanh(x_t @ self.W + before @ self.U + self.b)
            self.h.append(before)
        self.y = np.concatenate(self.h, axis=1)
        return self.y

    def backward(self, dy):
        self.dy = dy
        xs, dys = np.split(self.x, self.steps, axis=1), np.split(dy, self.steps, axis=1)
        self.dW, self.dU, self.db = (np.zeros_like(P) for P in (self.W, self.U, self.b))
        self.dh, dxs, above = [None] * self.steps, [None] * self.steps, 0.0
        for t in reversed(range(self.steps)):
            self.dh[t] = dys[t] + above
            ds = self.dh[t] * (1 - self.h[t] ** 2)
            self.dW += xs[t].T @ ds
            self.dU += self.h[t - 1].T @ ds if t else 0.0
            self.db += ds.sum(axis=0)
            dxs[t] = ds @ self.W.T
            above = ds @ self.U.T
        self.dx = np.concatenate(dxs, axis=1)
        return self.dx


class Gaussian:
    """y = x, and a cost of its own: 0.1 times minus the log likelihood of a Gaussian of each unit.

    The cost pulls the layers below, too.
    """

    parameters = ("mu", "log_sigma")
    weight = 0.1

    def __init__(self, units):
        self.mu, self.log_sigma = np.zeros(units), np.zeros(units)

    def forward(self, x):
        self.x = self.y = x
        self.n = (x - self.mu) / np.exp(self.log_sigma)
        self.cost = self.weight * float((self.log_sigma + self.n**2 / 2).sum() / len(x))
        return self.y

    def backward(self, dy):
        self.dy = dy
        sigma = np.exp(self.log_sigma)
        self.dmu = -self.weight * self.n.mean(axis=0) / sigma
        self.dlog_sigma = self.weight * (1 - (self.n**2).mean(axis=0))
        self.dx = dy + self.weight * self.n / sigma / len(dy)
        return self.dx


class Batchless(Gaussian):
    """y = gamma (x - mu)/sigma + beta, mu and sigma learnt by the layer's own cost alone."""

    parameters = ("gamma", "beta", "mu", "log_sigma")
    own = ("mu", "log_sigma")

    def __init__(self, units):
        super().__init__(units)
        self.gamma, self.beta = np.ones(units), np.zeros(units)

    def forward(self, x):
        super().forward(x)
        self.y = self.gamma * self.n + self.beta
        return self.y

    def backward(self, dy):
        super().backward(dy)
        self.dgamma = (dy * self.n).sum(axis=0)
        self.dbeta = dy.sum(axis=0)
        self.dx = dy * self.gamma / np.exp(self.log_sigma)
        return self.dx


class Leaky(tn.Activation):
    """An activation with a number. (It forgets Activation's ``__init__``.)"""

    def __init__(self, alpha=0.1):
        self.alpha = alpha

    def f(self, s):
        return np.where(s > 0, s, self.alpha * s)

    def slope(self, s):
        return np.where(s > 0, 1.0, self.alpha)


class FilledGain(Gain):
    """Its gradient is written into memory that is there from the beginning."""

    def __init__(self, units):
        super().__init__(units)
        self.dgamma = np.zeros(units)

    def backward(self, dy):
        self.dy = dy
        self.dgamma[:] = (dy * self.x).sum(axis=0)
        self.dx = dy * self.gamma
        return self.dx


class Gated:
    """y = value gate: holds layers without being a network, and hands out all their arrays."""

    parameters = ("Wv", "bv", "Wg", "bg")

    def __init__(self, n_in, n_out, rng):
        self.n_in, self.n_out = n_in, n_out
        self.value, self.gate = tn.Linear(n_in, n_out, rng=rng), tn.Linear(n_in, n_out, rng=rng)
        self.bend = tn.Sigmoid()
        self.Wv, self.bv, self.Wg, self.bg = self.value.W, self.value.b, self.gate.W, self.gate.b

    def forward(self, x):
        self.x = x
        self.open = self.bend.forward(self.gate.forward(x))
        self.y = self.value.forward(x) * self.open
        return self.y

    def backward(self, dy):
        self.dy = dy
        dx = self.value.backward(dy * self.open)
        self.dx = dx + self.gate.backward(self.bend.backward(dy * self.value.y))
        self.dWv, self.dbv = self.value.dW, self.value.db
        self.dWg, self.dbg = self.gate.dW, self.gate.db
        return self.dx


# ---------------------------------------------------------------------------- networks


class Residual(tn.Network):
    def forward(self, x):
        return x + super().forward(x)

    def backward(self, dy):
        return dy + super().backward(dy)


class Tied(tn.Network):
    """An auto-encoder of one matrix: the code is tanh(x W + b), what comes out is code W^T + c."""

    parameters = ("c",)

    def __init__(self, n_in, n_code, rng):
        super().__init__([tn.Linear(n_in, n_code, rng=rng), tn.Tanh()])
        self.c = np.zeros(n_in)

    def forward(self, x):
        self.code = super().forward(x)
        return self.code @ self.layers[0].W.T + self.c

    def backward(self, dy):
        self.dc = dy.sum(axis=0)
        dx = super().backward(dy @ self.layers[0].W)
        self.layers[0].dW += dy.T @ self.code
        return dx


# ---------------------------------------------------------------------------- an optimizer


class Noisy(tn.SGD):
    """Looks at all gradients at once and at the parameters; carries a number and a Generator."""

    buffers = ("usual", "rng")

    def __init__(self, net, lr, rng):
        super().__init__(net, lr)
        self.usual, self.rng = 1.0, np.random.default_rng(rng)

    def changes(self, gradients):
        norm = float(np.sqrt(sum((gradient**2).sum() for gradient in gradients.values())))
        self.usual = 0.9 * self.usual + 0.1 * norm
        clip = min(1.0, 2 * self.usual / norm)
        for name, parameter in self.net.named_parameters().items():
            noise = 0.01 * self.rng.standard_normal(parameter.shape)
            yield name, -self.lr * (clip * gradients[name] + 0.001 * parameter + noise)


# ---------------------------------------------------------------------------- runs


def data():
    """Sixty examples, and the classes that a linear map would give them: separable."""
    rng = np.random.default_rng(7)
    x = rng.standard_normal((60, N_IN))
    return x, (x @ rng.standard_normal((N_IN, CLASSES))).argmax(axis=1)


def run(net, *, loss=None, optimizer=tn.SGD, lr=0.3, targets=None, rng=0):
    x, labels = data()
    if not isinstance(net, tn.Network):
        net = tn.Network(net)
    source = tn.Shuffled(x, labels if targets is None else targets, rng=rng)
    return Run(net, loss or tn.SoftmaxCrossEntropy(), optimizer(net, lr), source)


def between(*layers, rng, width=HIDDEN, **keywords):
    """A run of Linear, these layers, Tanh, Linear."""
    first, last = tn.Linear(N_IN, HIDDEN, rng=rng), tn.Linear(width, CLASSES, rng=rng)
    return run([first, *layers, tn.Tanh(), last], **keywords)


def plain(rng, activation="tanh", linear=tn.Linear, classes=CLASSES, **keywords):
    net = tn.mlp([N_IN, HIDDEN, classes], activation=activation, linear=linear, rng=rng)
    return run(net, **keywords)


def Dropout(p, rng):  # noqa: N802
    return later.Dropout(p, rng=rng)


def dropouts_of_one_generator(rng):
    shared = np.random.default_rng(rng.integers(100))
    return between(Dropout(0.1, shared), tn.Linear(5, 5, rng=rng), Dropout(0.1, shared), rng=rng)


def nested(rng):
    inner = Residual([tn.Linear(5, 5, rng=rng), Dropout(0.1, rng.integers(100))])
    outer = Residual([tn.Linear(5, 5, rng=rng), tn.Network([BatchNorm(5), inner, tn.Tanh()])])
    return between(outer, rng=rng)


def costs_one_above_the_other(rng):
    block = Residual([tn.Linear(5, 5, rng=rng), Batchless(5), Gaussian(5)])
    return between(Gaussian(5), block, rng=rng, lr=0.05)


def frozen(rng):
    built = between(tn.Tanh(), tn.Linear(5, 5, rng=rng), rng=rng)
    layer = built.net.layers[0]
    layer.parameters, layer.buffers = (), ("W", "b")
    return built._replace(optimizer=tn.SGD(built.net, 0.3))


def auto_encoder(rng):
    x = data()[0]
    x = np.tanh(x[:, :2] @ np.linspace(-1, 1, 2 * N_IN).reshape(2, N_IN))
    built = run([Tied(N_IN, 2, rng)], loss=tn.Quadratic(), lr=0.2)
    return built._replace(source=tn.Shuffled(x, x, rng=0))


def hinge(rng):
    labels = (data()[1] == 0).astype(int)
    return plain(rng, classes=1, loss=Hinge(), lr=0.1, targets=labels)


def noisy(rng):
    return plain(rng, optimizer=lambda net, lr: Noisy(net, lr, rng.integers(100)))


BUILDERS: dict[str, Callable[[np.random.Generator], Run]] = {
    "batch norm": lambda rng: between(BatchNorm(5), rng=rng),
    "layer norm": lambda rng: between(LayerNorm(5), rng=rng),
    "dropout": lambda rng: between(Dropout(0.2, rng.integers(100)), rng=rng),
    "weight norm": lambda rng: plain(rng, linear=WeightNorm),
    "momentum": lambda rng: plain(rng, optimizer=Momentum, lr=0.05),
    "Adam": lambda rng: plain(rng, optimizer=Adam, lr=0.02),
    "hinge": hinge,
    "residual": lambda rng: between(Residual([tn.Linear(5, 5, rng=rng), tn.Tanh()]), rng=rng),
    "recurrent": lambda rng: run([Recurrent(3, 2, 4, rng), tn.Linear(12, CLASSES, rng=rng)]),
    "cost": lambda rng: between(Gaussian(5), rng=rng, lr=0.1),
    "own cost": lambda rng: between(Batchless(5), rng=rng, lr=0.1),
    "auto-encoder": auto_encoder,
    # smaller ones
    "Leaky": lambda rng: plain(rng, activation=partial(Leaky, 0.2)),
    "gain": lambda rng: between(Gain(5), rng=rng),
    "filled gain": lambda rng: between(FilledGain(5), rng=rng),
    "noisy optimizer": noisy,
    "holds layers": lambda rng: between(Gated(5, 4, rng), rng=rng, width=4),
    "frozen": frozen,
    "no bias": lambda rng: plain(rng, linear=partial(tn.Linear, bias=False)),
    "nested": nested,
    "mask": lambda rng: between(tn.Tanh(), Masked(5, 5, rng), rng=rng),
    "warm-up": lambda rng: between(Warmup(), rng=rng),
    "one Generator": dropouts_of_one_generator,
    "two costs": costs_one_above_the_other,
}


def build(name, seed=0):
    """A run of the part with that name; another seed starts with other numbers."""
    return BUILDERS[name](np.random.default_rng(seed))
