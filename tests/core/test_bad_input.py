"""Bad input gets an error that names the argument, what came, and what was expected.

And it gets it before anything is computed.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest
from core_tools import CASE, arrays, assert_identical, copies

import tinynet as tn

OK = np.full((2, 3), 0.5)


def forward(x, dtype=np.float64):
    return tn.mlp([3, 4, 2], rng=0, dtype=dtype).forward(x)


def with_one(number):
    """A batch in which one number is another."""
    x = OK.copy()
    x[1, 2] = number
    return x


def after_forward(layer):
    """A layer, a fresh one, that has seen OK."""
    layer.forward(OK)
    return layer


def softmax(labels, output=OK):
    return tn.SoftmaxCrossEntropy().forward(output, labels)


def quadratic(targets, output=OK):
    return tn.Quadratic().forward(output, targets)


def sgd_after_setting(lr):
    net, *_ = CASE.run()
    sgd = tn.SGD(net, lr=0.1)
    sgd.lr = lr
    sgd.step()


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


def step_with_a_wrong_gradient():
    net = tn.mlp([3, 2], rng=0)
    net.backward(np.ones_like(net.forward(OK)))
    net.layers[0].dW = np.ones(2)
    tn.SGD(net, 0.1).step()


class Bad(NamedTuple):
    """What is done, the error for it, and what the message must say."""

    call: Callable
    error: type
    name: str
    came: str
    expected: str


BAD = {
    # ------------------------------------------------------------------------ the input
    "x of the wrong width": Bad(
        lambda: forward(OK[:, :2]), ValueError, "x", "(2, 2)", "(batch, 3)"
    ),
    "x of one example": Bad(lambda: forward(OK[0]), ValueError, "x", "(3,)", "x[None, :]"),
    "x of three axes": Bad(lambda: forward(OK[None]), ValueError, "x", "(1, 2, 3)", "2-D"),
    "x of no examples": Bad(
        lambda: forward(OK[:0]), ValueError, "x", "empty array (0, 3)", "(batch, 3)"
    ),
    "x of bytes": Bad(
        lambda: forward(np.ones((2, 3), np.uint8)), TypeError, "x", "uint8", "astype(float)"
    ),
    "x of integers": Bad(lambda: forward([[1, 2, 3]]), TypeError, "x", "int", "floats"),
    "x of truth values": Bad(lambda: forward(OK > 0), TypeError, "x", "bool", "floats"),
    "x of complex numbers": Bad(lambda: forward(OK * 1j), TypeError, "x", "complex", "floats"),
    "x of words": Bad(lambda: forward([["a"] * 3]), TypeError, "x", "<U1", "floats"),
    "x with a NaN": Bad(
        lambda: forward(with_one(np.nan)), ValueError, "x", "nan at [1, 2]", "finite"
    ),
    "x with infinity": Bad(
        lambda: forward(with_one(-np.inf)), ValueError, "x", "-inf at [1, 2]", "finite"
    ),
    "x too large for float32": Bad(
        lambda: forward(with_one(1e300), np.float32),
        ValueError,
        "x",
        "inf at [1, 2] in float32",
        "fin",
    ),
    "x of another width for a Linear": Bad(
        lambda: tn.Linear(4, 2).forward(OK), ValueError, "x", "(2, 3)", "(batch, 4)"
    ),
    "x of one example for an activation": Bad(
        lambda: tn.Tanh().forward(OK[0]), ValueError, "x", "(3,)", "(batch, units)"
    ),
    "x of integers for an activation": Bad(
        lambda: tn.Tanh().forward(np.eye(3, dtype=int)), TypeError, "x", "int", "floats"
    ),
    # ------------------------------------------------------------------------ the order of calls
    "backward of a network before forward": Bad(
        lambda: tn.mlp([3, 2]).backward(OK), ValueError, "dy", "none", "forward pass before"
    ),
    "backward of a Linear before forward": Bad(
        lambda: tn.Linear(3, 3).backward(OK), ValueError, "dy", "none", "forward pass before"
    ),
    "backward of an activation before forward": Bad(
        lambda: tn.Tanh().backward(OK), ValueError, "dy", "none", "forward pass before"
    ),
    "backward of softmax before its cost": Bad(
        lambda: tn.SoftmaxCrossEntropy().backward(), ValueError, "cost", "", "forward"
    ),
    "backward of quadratic before its cost": Bad(
        lambda: tn.Quadratic().backward(), ValueError, "cost", "", "forward"
    ),
    "dy of another shape for a Linear": Bad(
        lambda: after_forward(tn.Linear(3, 4)).backward(OK), ValueError, "dy", "(2, 3)", "(2, 4)"
    ),
    "dy of another shape for an activation": Bad(
        lambda: after_forward(tn.Tanh()).backward(OK[:1]), ValueError, "dy", "(1, 3)", "(2, 3)"
    ),
    "dy of integers": Bad(
        lambda: after_forward(tn.Tanh()).backward(np.ones((2, 3), int)),
        TypeError,
        "dy",
        "int",
        "floats",
    ),
    # ------------------------------------------------------------------------ losses
    "labels above": Bad(lambda: softmax([0, 3]), ValueError, "labels", "0 to 3", "0 to 2"),
    "labels below": Bad(lambda: softmax([-1, 2]), ValueError, "labels", "-1 to 2", "0 to 2"),
    "labels of floats": Bad(
        lambda: softmax(np.zeros(2)), TypeError, "labels", "float64", "integers"
    ),
    "labels of truth values": Bad(
        lambda: softmax(np.zeros(2, bool)), TypeError, "labels", "bool", "integers"
    ),
    "labels of another length": Bad(
        lambda: softmax([0, 1, 2]), ValueError, "labels", "(3,)", "(2,)"
    ),
    "one label for two examples": Bad(lambda: softmax([0]), ValueError, "labels", "(1,)", "(2,)"),
    "labels in a column": Bad(
        lambda: softmax([[0], [1]]), ValueError, "labels", "(2, 1)", "expected shape (2,)"
    ),
    "labels that are one-hot rows": Bad(
        lambda: softmax(np.eye(2, 3, dtype=int)), ValueError, "labels", "(2, 3)", "shape (2,)"
    ),
    "output of one example": Bad(
        lambda: softmax([0], np.zeros(3)), ValueError, "output", "(3,)", "2-D"
    ),
    "output of integers": Bad(
        lambda: softmax([0], np.zeros((1, 3), int)), TypeError, "output", "int", "floats"
    ),
    "output of no examples": Bad(
        lambda: quadratic(np.zeros((0, 3)), np.zeros((0, 3))), ValueError, "output", "empty", "(ba"
    ),
    "targets of another shape": Bad(
        lambda: quadratic(OK[:, :1]), ValueError, "targets", "(2, 1)", "(2, 3)"
    ),
    "targets of integers": Bad(
        lambda: quadratic(np.zeros((2, 3), int)), TypeError, "targets", "int", "floats"
    ),
    # ------------------------------------------------------------------------ building
    "one size": Bad(lambda: tn.mlp([3]), ValueError, "sizes", "[3]", "at least two"),
    "no sizes": Bad(lambda: tn.mlp([]), ValueError, "sizes", "[]", "at least two"),
    "sizes not in a list": Bad(lambda: tn.mlp(3), TypeError, "sizes", "3", "a list such as"),
    "sizes in words": Bad(lambda: tn.mlp("32"), TypeError, "sizes", "'32'", "a list such as"),
    "a size of zero": Bad(lambda: tn.mlp([3, 0, 2]), ValueError, "sizes[1]", "0", "at least 1"),
    "a negative size": Bad(lambda: tn.mlp([3, 2, -2]), ValueError, "sizes[2]", "-2", "at least 1"),
    "a size of a float": Bad(lambda: tn.mlp([3.0, 2]), TypeError, "sizes[0]", "3.0", "whole"),
    "a size that is a truth value": Bad(
        lambda: tn.mlp([3, True]), TypeError, "sizes[1]", "True", "whole"
    ),
    "an unknown activation": Bad(
        lambda: tn.mlp([3, 2], activation="tanhh"),
        ValueError,
        "activation",
        "'tanhh'",
        "one of 'identity', 'relu', 'sigmoid', 'softsign', 'tanh'",
    ),
    "an activation that is a number": Bad(
        lambda: tn.mlp([3, 2], activation=3), TypeError, "activation", "3", "'tanh'"
    ),
    "an activation that is no name but a part of the module": Bad(
        lambda: tn.mlp([3, 2], activation="np"), ValueError, "activation", "'np'", "'tanh'"
    ),
    "an unknown initializer": Bad(
        lambda: tn.mlp([3, 2], init="xavier"),
        ValueError,
        "init",
        "'xavier'",
        "one of 'he', 'lecun', 'normalized', 'orthogonal', 'standard'",
    ),
    "an unknown initializer of the output": Bad(
        lambda: tn.mlp([3, 2], output_init="zero"), ValueError, "output_init", "'zero'", "'standa"
    ),
    "an initializer that gives another shape": Bad(
        lambda: tn.mlp([3, 2], init=lambda n_in, n_out, rng: np.ones((n_out, n_in))),
        ValueError,
        "init(n_in, n_out, rng)",
        "(2, 3)",
        "(3, 2)",
    ),
    "an initializer that gives integers": Bad(
        lambda: tn.mlp([3, 2], init=lambda *_: np.ones((3, 2), int)),
        TypeError,
        "init(n_in, n_out, rng)",
        "int",
        "floats",
    ),
    "an initializer that gives infinity": Bad(
        lambda: tn.mlp([3, 2], init=lambda *_: np.full((3, 2), np.inf)),
        ValueError,
        "init(n_in, n_out, rng)",
        "inf at [0, 0]",
        "finite",
    ),
    "a Linear with the name of an initializer": Bad(
        lambda: tn.Linear(3, 2, init="he"), TypeError, "init", "'he'", "a function"
    ),
    "a dtype of half precision": Bad(
        lambda: tn.mlp([3, 2], dtype=np.float16), TypeError, "dtype", "float16", "np.float32"
    ),
    "a dtype of integers": Bad(
        lambda: tn.Linear(3, 2, dtype=int), TypeError, "dtype", "int", "np.float64"
    ),
    "a Linear without inputs": Bad(lambda: tn.Linear(0, 2), ValueError, "n_in", "0", "at least 1"),
    "a Linear without outputs": Bad(lambda: tn.Linear(2, 0), ValueError, "n_out", "0", "at least"),
    **{
        f"{init.__name__} of {n_in} by {n_out}": Bad(
            lambda init=init, n_in=n_in, n_out=n_out: init(n_in, n_out, 0), error, name, came, what
        )
        for init in (tn.standard, tn.normalized, tn.lecun, tn.he, tn.orthogonal)
        for n_in, n_out, error, name, came, what in [
            (0, 2, ValueError, "n_in", "0", "at least 1"),
            (2, 0, ValueError, "n_out", "0", "at least 1"),
            (2, 1.5, TypeError, "n_out", "1.5", "whole number"),
        ]
    },
    "a network of no layers": Bad(lambda: tn.Network([]), ValueError, "layers", "none", "one"),
    "a layer that stands in two places": Bad(
        lambda: tn.Network([tn.Linear(2, 2), *[tn.Tanh()] * 2]),
        ValueError,
        "layers[2]",
        "Tanh()",
        "a layer of its own",
    ),
    "a parameter that no step can change in place": Bad(
        lambda: tn.Network([NumberForParameter()]), TypeError, "layers[0].gamma", "1.5", "an array"
    ),
    "a function for an activation": Bad(
        lambda: tn.mlp([3, 4, 2], activation=np.tanh), TypeError, "activation", "tanh", "a class"
    ),
    "parameters without a comma": Bad(
        lambda: tn.Network([NoComma()]), TypeError, "layers[0].parameters", "a text", '("gamma",)'
    ),
    "an activation that gives another shape": Bad(
        lambda: Summed().forward(OK), ValueError, "Summed.f(s)", "(2,)", "(2, 3)"
    ),
    "an activation that gives nothing": Bad(
        lambda: Silent().forward(OK), ValueError, "Silent.f(s)", "None", "(2, 3)"
    ),
    "a slope of another shape": Bad(
        lambda: after_forward(OneSlope()).backward(OK),
        ValueError,
        "OneSlope.slope(s)",
        "(2, 1)",
        "(2, 3)",
    ),
    "a loss for a gradient": Bad(
        lambda: after_forward(tn.Tanh()).backward(tn.Quadratic()),
        TypeError,
        "dy",
        "Quadratic()",
        "an array of floats",
    ),
    "one-hot rows for labels": Bad(
        lambda: softmax(np.eye(2, 3)), TypeError, "labels", "(2, 3)", "labels.argmax(axis=1)"
    ),
    "a gradient of another shape than its parameter": Bad(
        step_with_a_wrong_gradient, ValueError, "layers[0].dW", "(2,)", "(3, 2)"
    ),
    "a list for a network": Bad(lambda: tn.SGD([], 0.1), TypeError, "net", "[]", "Network"),
    "a learning rate for each layer": Bad(
        lambda: tn.SGD(tn.mlp([3, 2]), np.ones(2)), TypeError, "lr", "(2,)", "a number"
    ),
    "a word for a seed": Bad(lambda: tn.mlp([3, 2], rng="a"), TypeError, "rng", "'a'", "a seed"),
    "a negative seed": Bad(lambda: tn.standard(3, 2, -1), ValueError, "rng", "-1", "a seed"),
    "x of rows of different lengths": Bad(
        lambda: forward([[1.0, 2.0], [3.0]]), ValueError, "x", "[3.0]", "an array"
    ),
    "no dtype": Bad(
        lambda: tn.mlp([3, 2], dtype=None), TypeError, "dtype", "None", "np.float32 or np.float64"
    ),
    "a network of one layer that is not in a list": Bad(
        lambda: tn.Network(tn.Tanh()), TypeError, "layers", "Tanh()", "a list of layers"
    ),
    "a network with a class in place of a layer": Bad(
        lambda: tn.Network([tn.Linear(3, 2), tn.Tanh]), TypeError, "layers[1]", "Tanh", "a layer"
    ),
    "a network with a function in place of a layer": Bad(
        lambda: tn.Network([np.tanh]), TypeError, "layers[0]", "tanh", "with forward, backward"
    ),
    "layers of widths that do not meet": Bad(
        lambda: tn.Network([tn.Linear(3, 4), tn.Tanh(), tn.Linear(5, 2)]),
        ValueError,
        "layers[2]",
        "Linear(5, 2",
        "takes the 4 units",
    ),
    # ------------------------------------------------------------------------ learning rates
    **{
        f"a learning rate of {lr}": Bad(
            lambda lr=lr: tn.SGD(tn.mlp([3, 2]), lr=lr),
            ValueError,
            "lr",
            str(lr),
            "positive, finite",
        )
        for lr in (0.0, -0.1, np.nan, np.inf)
    },
    **{
        f"a learning rate of {lr!r}": Bad(
            lambda lr=lr: tn.SGD(tn.mlp([3, 2]), lr=lr),
            TypeError,
            "lr",
            repr(lr),
            "expected a number",
        )
        for lr in ("0.1", None, True, [0.1])
    },
    "a learning rate set to infinity": Bad(
        lambda: sgd_after_setting(np.inf), ValueError, "lr", "inf", "positive, finite"
    ),
    "a learning rate set to a word": Bad(
        lambda: sgd_after_setting("0.1"), TypeError, "lr", "'0.1'", "expected a number"
    ),
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_the_error_names_the_argument_and_what_came_and_what_was_expected(bad):
    with pytest.raises(bad.error) as caught:
        bad.call()
    message = str(caught.value)
    assert type(caught.value) is bad.error
    assert message.startswith(f"{bad.name}: expected ")
    assert bad.came in message
    assert bad.expected in message
    assert len(message.splitlines()) == 1


@pytest.mark.parametrize(
    "x", [OK[:, :2], OK[0], OK[:0], OK > 0, with_one(np.nan)], ids=lambda x: f"{x.dtype}{x.shape}"
)
def test_bad_input_is_refused_before_anything_is_computed(x):
    net, *_ = CASE.run()
    shown, kept = arrays(net), copies(arrays(net))
    with pytest.raises((TypeError, ValueError)):
        net.forward(x)
    assert_identical(arrays(net), kept)
    assert all(array is shown[name] for name, array in arrays(net).items())


@pytest.mark.parametrize("labels", [[0, 9, 0, 0, 0], [0.0] * 5, [0]])
def test_bad_labels_leave_the_loss_as_it_was(labels):
    net, loss, x, _ = CASE.run()
    kept = dict(vars(loss))
    with pytest.raises((TypeError, ValueError)):
        loss.forward(net.forward(x), labels)
    assert all(vars(loss)[name] is value for name, value in kept.items())


def test_a_bad_upstream_gradient_leaves_the_layers_as_they_were():
    net, *_ = CASE.run()
    kept = copies(arrays(net))
    with pytest.raises(ValueError, match="^dy: "):
        net.backward(np.ones((5, 3)))
    assert_identical(arrays(net), kept)


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


def test_a_message_stays_short_however_much_came():
    with pytest.raises(TypeError) as caught:
        tn.SGD(tn.mlp([3, 2]), lr=list(range(1000)))
    assert len(str(caught.value)) < 120
