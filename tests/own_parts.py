"""What tests of several files share: parts of one's own, small networks, a way to see changes."""

import contextlib

import numpy as np

import tinynet as tn
from tinynet._internal.progress import Silent

ACTIVATIONS = [tn.Sigmoid, tn.Tanh, tn.Softsign, tn.ReLU, tn.Identity]


class Sine(tn.Activation):
    """A new activation: f and slope, and nothing else."""

    def f(self, s):
        return np.sin(s)

    def slope(self, s):
        return np.cos(s)


class Gain:
    """A layer with a parameter gamma, y = gamma x: a plain class without f and slope."""

    parameters = ("gamma",)

    def __init__(self, units, dtype=np.float64):
        self.gamma = np.linspace(0.5, 1.5, units).astype(dtype)
        self.dgamma = None

    def forward(self, x):
        self.x = x
        self.y = self.gamma * x
        return self.y

    def backward(self, dy):
        self.dy = dy
        self.dgamma = (dy * self.x).sum(axis=0)
        self.dx = dy * self.gamma
        return self.dx


class Gate:
    """A layer that mixes units and gives half as many: y = a b, with a and b the halves of x."""

    parameters = ()

    def __init__(self, n_in):
        self.n_in, self.n_out = n_in, n_in // 2

    def forward(self, x):
        self.x = x
        a, b = np.split(x, 2, axis=1)
        self.y = a * b
        return self.y

    def backward(self, dy):
        self.dy = dy
        a, b = np.split(self.x, 2, axis=1)
        self.dx = np.concatenate([dy * b, dy * a], axis=1)
        return self.dx


class Bare:
    """A layer that keeps nothing at all: y = 2 x."""

    parameters = ()

    def forward(self, x):
        return 2 * x

    def backward(self, dy):
        return 2 * dy


class Signs:
    """A source of one's own: inputs of 3 units, labelled by the sign of their sum."""

    def __init__(self, seed=0):
        self.rng = np.random.default_rng(seed)

    def draw(self, n):
        x = self.rng.uniform(-1, 1, (n, 3))
        return x, (x.sum(axis=1) > 0).astype(int)

    @property
    def state(self):
        return {"rng": self.rng.bit_generator.state}

    @state.setter
    def state(self, state):
        self.rng.bit_generator.state = state["rng"]


def telling_bar():
    """A progress bar, and the list of what it is made of and of all that it counts."""
    told = []

    class Bar(Silent):
        def __init__(self, **keywords):
            told.append(keywords)

        def update(self, n=1):
            told.append(n)

    return Bar, told


def small_net(activation=tn.Tanh, sizes=(3, 5, 4, 2), dtype=np.float64, rng=0):
    """A network whose biases are not 0."""
    rng = np.random.default_rng(rng)
    net = tn.mlp(list(sizes), activation=activation, rng=rng, dtype=dtype)
    for layer in net.layers[::2]:
        layer.b[:] = rng.uniform(-0.5, 0.5, layer.b.shape)
    return net


def own_net(dtype=np.float64):
    """Linear, Gain, Sine, Linear, Gate, Linear: 3 units in, 2 out."""
    first, second = small_net(sizes=(3, 4, 6), dtype=dtype).layers[::2]
    last = tn.Linear(3, 2, rng=1, dtype=dtype)
    return tn.Network([first, Gain(4, dtype), Sine(), second, Gate(6), last])


def batch_for(net, examples=5, rng=1):
    """Inputs, and labels for as many outputs as there are."""
    rng = np.random.default_rng(rng)
    x = rng.uniform(-1, 1, (examples, net.layers[0].n_in)).astype(net.dtype)
    return x, rng.integers(0, net.layers[-1].n_out, examples)


def one_pass(net, x, targets, loss=None):
    """Forward and backward; gives the loss, which has the cost."""
    loss = loss or tn.SoftmaxCrossEntropy()
    loss.forward(net.forward(x), targets)
    net.backward(loss.backward())
    return loss


def assert_identical(these, those):
    """The same names and the same bits."""
    assert these.keys() == those.keys()
    for name, array in these.items():
        np.testing.assert_array_equal(array, those[name], err_msg=name, strict=True)


def assert_same_bits(net, other):
    assert_identical(net.named_parameters(), other.named_parameters())


def _bytes(thing):
    return {n: a.tobytes() for n, a in vars(thing).items() if isinstance(a, np.ndarray)}


@contextlib.contextmanager
def untouched(*things):
    """Each attribute of these objects must stay the same object, with the same bytes."""
    things = [part for t in things for part in (t.layers if isinstance(t, tn.Network) else [t])]
    kept = [(dict(vars(thing)), _bytes(thing)) for thing in things]
    yield
    for thing, (attributes, contents) in zip(things, kept, strict=True):
        assert vars(thing).keys() == attributes.keys(), thing
        changed = [n for n, value in vars(thing).items() if value is not attributes[n]]
        assert not changed, f"{thing}: other objects"
        assert _bytes(thing) == contents, f"{thing}: other bytes"


def bits(thing, place="", seen=None):
    """Every array, Generator, number and text that hangs on an object, by where it hangs."""
    seen = {} if seen is None else seen
    if isinstance(thing, np.ndarray):
        return {place: (thing.shape, thing.dtype.str, thing.tobytes())}
    if isinstance(thing, np.random.Generator):
        return {place: repr(thing.bit_generator.state)}
    if hasattr(thing, "get_children"):  # axes: what is drawn on them
        return {place: len(thing.get_children())}
    for older in ("getstate", "get_state"):  # of random.Random and numpy.random.RandomState
        if hasattr(thing, older):
            return {place: repr(getattr(thing, older)())}
    if isinstance(thing, dict):
        parts = thing.items()
    elif isinstance(thing, (list, tuple)):
        parts = enumerate(thing)
    elif hasattr(thing, "__dict__") and not isinstance(thing, type) and id(thing) not in seen:
        seen[id(thing)] = thing
        parts = vars(thing).items()
    elif isinstance(thing, (bool, int, float, str, type(None), np.generic)):
        return {place: repr(thing)}
    else:
        return {place: type(thing).__name__}
    found = {place: type(thing).__name__}
    for key, part in parts:
        found |= bits(part, f"{place}.{key}", seen)
    return found


@contextlib.contextmanager
def global_rng_untouched():
    """Nothing may draw from NumPy's old generator, which has to be named here to be watched."""
    before = np.random.get_state()  # noqa: NPY002
    yield
    np.testing.assert_equal(np.random.get_state(), before)  # noqa: NPY002
