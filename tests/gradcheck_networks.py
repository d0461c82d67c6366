"""Right networks and planted mistakes, which the gradient check must tell apart.

A mistake is a line that runs after the right backward pass of a layer, called ``layer``, and
spoils some of its gradients: those named beside it, and no other.
"""

import numpy as np
from own_parts import ACTIVATIONS, Gain, small_net
from strangers import (
    Batchless,
    BatchNorm,
    Dropout,
    Gaussian,
    LayerNorm,
    Recurrent,
    Residual,
    WeightNorm,
)

import tinynet as tn

INPUTS = {
    "N(0, 1)": lambda rng, shape: rng.normal(0, 1, shape),
    "0 to 1": lambda rng, shape: rng.uniform(0, 1, shape),
    "0 to 255": lambda rng, shape: rng.uniform(0, 255, shape),
    "0.01 N(0, 1)": lambda rng, shape: rng.normal(0, 0.01, shape),
    "100 N(0, 1)": lambda rng, shape: rng.normal(0, 100, shape),
}


def right_network(inputs, seed, widest=20):
    """A network with 1 to 4 hidden layers, and 1 to 10 examples of these inputs."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, widest + 1, 2 + rng.integers(1, 5))
    net = small_net(ACTIVATIONS[seed % len(ACTIVATIONS)], [int(n) for n in sizes], rng=rng)
    return net, INPUTS[inputs](rng, (rng.integers(1, 11), sizes[0]))


# ---------------------------------------------------------------------------- mistakes

LAYERS = {
    "linear": lambda n, rng: tn.Linear(n, n, rng=rng),
    "bend": lambda n, rng: [tn.Tanh, tn.Sigmoid, tn.Softsign][rng.integers(3)](),
    "gain": lambda n, rng: Gain(n),
    "batch norm": lambda n, rng: BatchNorm(n),
    "layer norm": lambda n, rng: LayerNorm(n),
    "dropout": lambda n, rng: Dropout(0.3, rng.integers(100)),
    "weight norm": lambda n, rng: WeightNorm(n, n, rng=rng),
    "recurrent": lambda n, rng: Recurrent(2, n // 2, n // 2, rng),
    "residual": lambda n, rng: Residual([tn.Linear(n, n, rng=rng), tn.Tanh()]),
    "cost": lambda n, rng: Gaussian(n),
    "own cost": lambda n, rng: Batchless(n),
}

MISTAKES = [
    ("linear", "dW", "layer.dW *= 1 + 1e-4"),
    ("linear", "dW", "layer.dW *= -1"),
    ("linear", "dW", "layer.dW *= 0"),
    ("linear", "dW", "layer.dW /= len(dy)"),
    ("linear", "dW", "layer.dW = layer.dW.T.copy()"),
    ("linear", "dW", "layer.dW = layer.dW.astype(np.float16)"),
    ("linear", "dW", "layer.dW = layer.dW.clip(-0.1, 0.1)"),
    ("linear", "dW", "layer.dW = layer.dW + 1e-3 * layer.W"),
    ("linear", "dW", "layer.dW = layer.x[1:].T @ dy[1:]"),
    ("linear", "dW", "layer.dW = layer.y.T @ dy"),
    ("linear", "dW", "layer.dW[0, -1] *= 1.05"),
    ("linear", "dW", "layer.dW[0, 0] = np.nan"),
    ("linear", "dW", "layer.dW[-1, -1] = np.inf"),
    (
        "linear",
        "dW",
        "layer.sum = layer.dW + getattr(layer, 'sum', 0); layer.dW = layer.sum.copy()",
    ),
    ("linear", "dW", "layer.dW *= 1 + (len(dy) == 1)"),
    ("linear of 50", "dW", "layer.dW[:, 7] *= 1.01"),
    ("linear of 50", "db", "layer.db[7] *= 1.01"),
    ("linear of 50", "dx", "layer.dx[:, 7] *= 1.01"),
    ("linear", "db", "layer.db *= 0"),
    ("linear", "db", "layer.db = dy.mean(axis=0)"),
    ("linear", "db", "layer.db = dy[0].copy()"),
    ("linear", "db", "layer.db[:] = dy.sum()"),
    ("linear", "db", "layer.db[-1] = -np.inf"),
    ("linear", "db", "layer.db = layer.db * (len(dy) > 1)"),
    ("linear", "dx", "layer.dx *= 1 + 1e-4"),
    ("linear", "dx", "layer.dx = dy @ layer.W"),
    ("linear", "dx", "layer.dx = layer.dx / len(dy)"),
    ("linear", "dx", "layer.dx = layer.dx[::-1].copy()"),
    ("linear", "dx", "layer.dx[0, 0] = np.nan"),
    ("linear", "dx", "layer.dx = layer.sum = layer.dx + getattr(layer, 'sum', 0)"),
    ("linear", "dx", "layer.dx = layer.dx * (1 + (len(dy) == 1))"),
    ("linear", "dW db dx", "dy *= 1.5"),  # what came from above is changed in place
    ("bend", "dx", "layer.dx = dy * layer.slope(layer.y)"),
    ("bend", "dx", "layer.dx = dy * layer.slope(dy)"),
    ("bend", "dx", "layer.dx = dy * (1 - layer.y)"),
    ("bend", "dx", "layer.dx = layer.slope(layer.x)"),
    ("bend", "dx", "layer.dx = dy"),
    ("bend", "dx", "layer.dx = dy * layer.slope(layer.x[:1])"),
    ("gain", "dgamma", "layer.dgamma = (dy * layer.x).mean(axis=0)"),
    ("gain", "dx", "layer.dx = dy"),
    ("batch norm", "dx", "layer.dx = layer.dx + (dy * layer.gamma).mean(axis=0) / layer.std"),
    ("batch norm", "dx", "d = dy - dy.mean(axis=0); layer.dx = layer.gamma * d / layer.std"),
    ("batch norm", "dx", "layer.dx = dy * layer.gamma / layer.std"),
    ("batch norm", "dgamma", "layer.dgamma = (dy * layer.x).sum(axis=0)"),
    ("layer norm", "dx", "layer.dx = layer.dx - layer.dx.mean(axis=0)"),
    ("dropout", "dx", "layer.dx = dy * (layer.mask > 0)"),
    ("dropout", "dx", "layer.dx = dy * (layer.mask == 0)"),
    ("weight norm", "dV", "layer.dV = layer.dW * layer.g / np.linalg.norm(layer.V, axis=0)"),
    ("weight norm", "dg", "layer.dg = (layer.dW * layer.V).sum(axis=0)"),
    ("recurrent", "dU", "layer.dU = layer.dU + 1e-3 * layer.U"),
    ("recurrent", "db", "layer.db = layer.dh[-1].sum(axis=0)"),
    ("residual", "dx", "layer.dx = layer.dx - dy"),
    ("cost", "dmu", "layer.dmu = layer.dmu * len(dy)"),
    ("cost", "dx", "layer.dx = dy"),
    ("own cost", "dx", "layer.dx = layer.dx + 0.1 * layer.n / len(dy)"),
    ("own cost", "dmu", "layer.dmu = layer.dmu - layer.dbeta"),
]


def planted(kind, line, seed):
    """A network with a mistake in layer 1, and 2 to 6 examples."""
    rng = np.random.default_rng(seed)
    kind, _, wide = kind.partition(" of ")
    n = int(wide or 2 * rng.integers(2, 4))
    layer = LAYERS[kind](n, rng)
    layer.__class__ = mistaken(type(layer), line)
    first, bend, last = small_net(ACTIVATIONS[seed % 5], (3, n, 2), rng=rng).layers
    return tn.Network([first, layer, bend, last]), rng.normal(size=(rng.integers(2, 7), 3))


def mistaken(right, line):
    """A subclass of a layer, with a line more at the end of its backward pass."""

    def backward(self, dy):
        self.dx = right.backward(self, dy)
        exec(line, {"np": np, "layer": self, "dy": dy})
        return self.dx

    return type(right.__name__, (right,), {"backward": backward})
