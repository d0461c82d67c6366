"""Bad input gets an error that names the argument, what came, and what was expected.

And it gets it before anything is computed.
"""

import numpy as np
import pytest
from core_tools import CASE, INITIALIZERS
from own_parts import Gain, Sine

import tinynet as tn

OK = np.full((2, 3), 0.5)
INTEGERS = np.ones((2, 3), int)


def forward(x, dtype=np.float64):
    return tn.mlp([3, 4, 2], rng=0, dtype=dtype).forward(x)


def with_one(number):
    """A batch in which one number is another."""
    x = OK.copy()
    x[1, 2] = number
    return x


def backward(layer, dy):
    """Backward through a layer, a fresh one, that has seen OK."""
    layer.forward(OK)
    return layer.backward(dy)


def softmax(labels, output=OK):
    return tn.SoftmaxCrossEntropy().forward(output, labels)


def quadratic(targets, output=OK):
    return tn.Quadratic().forward(output, targets)


def init_gives(W):
    return tn.mlp([3, 2], init=lambda n_in, n_out, rng: W)


def sgd(lr):
    return tn.SGD(tn.mlp([3, 2]), lr)


def sgd_after_setting(lr):
    net, *_ = CASE.run()
    sgd = tn.SGD(net, lr=0.1)
    sgd.lr = lr
    sgd.step()


def step_with_a_wrong_gradient():
    net = tn.mlp([3, 2], rng=0)
    net.backward(np.ones_like(net.forward(OK)))
    net.layers[0].dW = np.ones(2)
    tn.SGD(net, 0.1).step()


class NumberForParameter:
    """A layer whose parameter is a number: a step would change a copy of it."""

    parameters = ("gamma",)
    gamma = 1.5
    forward = backward = None


class NoComma(NumberForParameter):
    parameters = "gamma"


class Summed(tn.Tanh):
    def f(self, s):
        return s.sum(axis=1)


class Silent(tn.Tanh):
    def f(self, s):
        np.tanh(s)


class OneSlope(tn.Tanh):
    def slope(self, s):
        return s[:, :1]


V, T = ValueError, TypeError

# What is done, the error for it, the argument, what came, and what was expected.
BAD = [
    # the input
    (lambda: forward(OK[:, :2]), V, "x", "(2, 2)", "(batch, 3)"),
    (lambda: forward(OK[0]), V, "x", "(3,)", "x[None, :]"),
    (lambda: forward(OK[:0]), V, "x", "empty array (0, 3)", "(batch, 3)"),
    (lambda: forward(INTEGERS), T, "x", "int", "astype(float)"),
    (lambda: forward([[1.0, 2.0], [3.0]]), T, "x", "[3.0]", "an array"),
    (lambda: forward(with_one(np.nan)), V, "x", "nan at [1, 2]", "finite"),
    (lambda: forward(with_one(1e300), np.float32), V, "x", "inf at [1, 2] in float32", "finite"),
    (lambda: tn.Tanh().forward(OK[0]), V, "x", "(3,)", "(batch, units)"),
    # the way back
    (lambda: tn.Linear(3, 3).backward(OK), V, "dy", "none", "forward pass before"),
    (lambda: tn.Tanh().backward(OK), V, "dy", "none", "forward pass before"),
    (lambda: tn.SoftmaxCrossEntropy().backward(), V, "cost", "", "forward"),
    (lambda: tn.Quadratic().backward(), V, "cost", "", "forward"),
    (lambda: backward(tn.Linear(3, 4), OK), V, "dy", "(2, 3)", "(2, 4)"),
    (lambda: backward(tn.Tanh(), OK[:1]), V, "dy", "(1, 3)", "(2, 3)"),
    (lambda: backward(tn.Tanh(), INTEGERS), T, "dy", "int", "floats"),
    (lambda: backward(tn.Tanh(), tn.Quadratic()), T, "dy", "Quadratic()", "an array of floats"),
    # losses
    (lambda: softmax([0, 3]), V, "labels", "0 to 3", "0 to 2"),
    (lambda: softmax([-1, 2]), V, "labels", "-1 to 2", "0 to 2"),
    (lambda: softmax(np.zeros(2)), T, "labels", "float64", "integers"),
    (lambda: softmax([0]), V, "labels", "(1,)", "(2,)"),
    (lambda: softmax([[0], [1]]), V, "labels", "(2, 1)", "expected shape (2,)"),
    (lambda: softmax(np.eye(2, 3)), T, "labels", "(2, 3)", "labels.argmax(axis=1)"),
    (lambda: softmax([0], np.zeros(3)), V, "output", "(3,)", "2-D"),
    (lambda: softmax([0], np.zeros((1, 1))), V, "output", "one", "each class"),
    (lambda: quadratic(OK[:0], OK[:0]), V, "output", "empty", "(batch"),
    (lambda: quadratic(OK[:, :1]), V, "targets", "(2, 1)", "(2, 3)"),
    (lambda: quadratic(with_one(np.nan)), V, "targets", "nan at [1, 2]", "finite"),
    # sizes and dtypes
    (lambda: tn.mlp([3]), V, "sizes", "[3]", "at least two"),
    (lambda: tn.mlp(3), T, "sizes", "3", "a list such as"),
    (lambda: tn.mlp([3, 0, 2]), V, "sizes[1]", "0", "at least 1"),
    (lambda: tn.mlp([3.0, 2]), T, "sizes[0]", "3.0", "whole"),
    (lambda: tn.mlp([3, True]), T, "sizes[1]", "True", "whole"),
    (lambda: tn.Linear(0, 2), V, "n_in", "0", "at least 1"),
    (lambda: tn.Linear(2, 0), V, "n_out", "0", "at least 1"),
    *[(lambda init=init: init(0, 2, 0), V, "n_in", "0", "at least 1") for init in INITIALIZERS],
    *[(lambda init=init: init(2, 0, 0), V, "n_out", "0", "at least 1") for init in INITIALIZERS],
    (lambda: tn.mlp([3, 2], dtype=np.float16), T, "dtype", "float16", "np.float32"),
    (lambda: tn.mlp([3, 2], dtype=None), T, "dtype", "None", "np.float32 or np.float64"),
    (lambda: tn.standard(3, 2, -1), V, "rng", "-1", "a seed"),
    # activations and initializers
    (
        *(lambda: tn.mlp([3, 2], activation="tanhh"), V, "activation", "'tanhh'"),
        "one of 'identity', 'relu', 'sigmoid', 'softsign', 'tanh'",
    ),
    (lambda: tn.mlp([3, 2], activation="np"), V, "activation", "'np'", "'tanh'"),
    (lambda: tn.mlp([3, 4, 2], activation=np.tanh), T, "activation", "tanh", "a class"),
    (lambda: Summed().forward(OK), V, "Summed.f(s)", "(2,)", "(2, 3)"),
    (lambda: Silent().forward(OK), V, "Silent.f(s)", "None", "(2, 3)"),
    (lambda: backward(OneSlope(), OK), V, "OneSlope.slope(s)", "(2, 1)", "(2, 3)"),
    (
        *(lambda: tn.mlp([3, 2], init="xavier"), V, "init", "'xavier'"),
        "one of 'he', 'lecun', 'normalized', 'orthogonal', 'standard'",
    ),
    (lambda: init_gives(OK), V, "init(n_in, n_out, rng)", "(2, 3)", "(3, 2)"),
    (lambda: init_gives(INTEGERS.T), T, "init(n_in, n_out, rng)", "int", "floats"),
    (lambda: init_gives(np.inf + OK.T), V, "init(n_in, n_out, rng)", "inf at [0, 0]", "finite"),
    # networks
    (lambda: tn.Network([]), V, "layers", "none", "one"),
    (lambda: tn.Network([tn.Linear(2, 2), *[tn.Tanh()] * 2]), V, "layers[2]", "Tanh()", "its own"),
    (lambda: tn.Network([NumberForParameter()]), T, "layers[0].gamma", "1.5", "an array"),
    (lambda: tn.Network([NoComma()]), T, "layers[0].parameters", "a string", '("gamma",)'),
    (lambda: tn.Network(tn.Tanh()), T, "layers", "Tanh()", "a list of layers"),
    (lambda: tn.Network([tn.Linear(3, 2), tn.Tanh]), T, "layers[1]", "Tanh", "a layer"),
    (lambda: tn.Network([np.tanh]), T, "layers[0]", "tanh", "with forward, backward"),
    (
        lambda: tn.Network([tn.Linear(3, 4), Gain(4), Sine(), tn.Linear(5, 2)]),
        *(V, "layers[3]", "Linear(5, 2", "takes the 4 units"),
    ),
    # steps
    (lambda: tn.SGD([], 0.1), T, "net", "[]", "Network"),
    (step_with_a_wrong_gradient, V, "layers[0].dW", "(2,)", "(3, 2)"),
    (lambda: sgd(0.0), V, "lr", "0.0", "positive, finite"),
    (lambda: sgd(np.inf), V, "lr", "inf", "positive, finite"),
    (lambda: sgd(True), T, "lr", "True", "expected a number"),
    (lambda: sgd_after_setting(np.inf), V, "lr", "inf", "positive, finite"),
]


@pytest.mark.parametrize(("call", "error", "name", "came", "expected"), BAD)
def test_the_error_names_the_argument_and_what_came_and_what_was_expected(
    call, error, name, came, expected
):
    with pytest.raises(error) as caught:
        call()
    message = str(caught.value)
    assert type(caught.value) is error
    assert message.startswith(f"{name}: expected ")
    assert came in message
    assert expected in message
    assert len(message.splitlines()) == 1


def test_an_activation_without_slope_cannot_be_made():
    class Half(tn.Activation):
        def f(self, s):
            return s / 2

    with pytest.raises(TypeError, match="slope"):
        Half()


@pytest.mark.parametrize(
    "wrong",
    [{"sizes": [3, 4, 0]}, {"activation": "no"}, {"output_init": "no"}, {"dtype": np.float16}],
    ids=str,
)
def test_a_bad_setting_is_refused_before_anything_is_drawn(wrong):
    rng = np.random.default_rng(0)
    before = rng.bit_generator.state
    with pytest.raises((TypeError, ValueError)):
        tn.mlp(**{"sizes": [3, 4, 2], "rng": rng, **wrong})
    assert rng.bit_generator.state == before


def test_a_message_stays_short_for_a_long_value():
    with pytest.raises(TypeError) as caught:
        sgd(list(range(1000)))
    assert len(str(caught.value)) < 120
