"""What a variables pane shows: one line each, at any moment, and nothing is computed for it."""

import numpy as np
import pytest
from own_parts import Bare, one_pass

import tinynet as tn


@pytest.fixture
def parts():
    net = tn.mlp([3, 4, 2], rng=0)
    return net, tn.SoftmaxCrossEntropy(), tn.SGD(net, lr=0.01)


X, LABELS = np.ones((5, 3)), np.array([0, 1, 1, 0, 1])


def test_before_after_forward_and_after_backward(parts):
    net, loss, sgd = parts

    def shown(arrays):
        assert [repr(layer) for layer in net.layers] == [
            f"Linear(3, 4, float64): W b{arrays[0]}",
            f"Tanh({arrays[1]}",
            f"Linear(4, 2, float64): W b{arrays[0]}",
        ]

    shown(["", "): no arrays yet"])
    assert repr(net) == "Network(3-4-2, Linear Tanh Linear, float64)"
    assert repr(loss) == "SoftmaxCrossEntropy(): no cost yet"
    assert repr(tn.Quadratic()) == "Quadratic(): no cost yet"
    assert repr(sgd) == f"SGD(lr=0.01, net={net})"

    loss.forward(net.forward(np.zeros((5, 3))), LABELS)
    shown([" x y, batch 5", "4, float64): x y, batch 5"])
    assert repr(net).endswith("float64): y on 3 of 3 layers, dx on 0")
    # log 2, and the entropy of 2/5 and 3/5
    assert repr(loss) == "SoftmaxCrossEntropy(cost 0.6931, chance 0.673): output labels p"

    net.backward(loss.backward())
    shown([" x y dy dW db dx, batch 5", "4, float64): x y dy dx, batch 5"])
    assert repr(net).endswith("float64): y on 3 of 3 layers, dx on 3")
    assert repr(loss).endswith("chance 0.673): output labels p doutput")


def test_in_the_middle_of_a_pass(parts):
    net, _, _ = parts
    first, tanh, last = net.layers
    last.forward(tanh.forward(first.forward(X)))
    last.backward(np.ones((5, 2)))
    assert repr(net).endswith(": y on 3 of 3 layers, dx on 1")


def test_quadratic_shows_what_the_mean_target_costs():
    loss = tn.Quadratic()
    loss.forward(np.zeros((2, 1)), np.array([[1.0], [3.0]]))
    assert repr(loss) == "Quadratic(cost 2.5, chance 0.5): output targets"


def test_float32_and_layers_of_ones_own():
    net = tn.Network([tn.Linear(3, 2, dtype=np.float32), Bare()])
    assert repr(net.layers[0]) == "Linear(3, 2, float32): W b"
    assert repr(net) == "Network(3-2, Linear Bare, float32)"
    assert repr(tn.Network([Bare()])) == "Network(Bare, float64)"


KINDS = [tn.Linear, tn.Tanh, tn.Network, tn.SoftmaxCrossEntropy, tn.Quadratic, tn.SGD]


@pytest.mark.parametrize("kind", KINDS)
def test_an_object_that_is_still_being_made_has_a_repr(kind):
    """As a debugger shows it at the first line of __init__."""
    assert repr(kind.__new__(kind)).startswith(kind.__name__)


def test_what_is_not_finite_is_shown_without_a_warning():
    loss = tn.Quadratic()
    loss.forward(np.zeros((2, 1)), np.ones((2, 1)))
    loss.targets = np.array([[np.inf], [1.0]])
    assert repr(loss) == "Quadratic(cost 0.5, chance nan): output targets"


class Unread(np.ndarray):
    """An array that may be asked for its shape and dtype only."""

    def refuse(self, *_, **__):
        raise AssertionError("a repr reads the numbers of an array")

    __array_ufunc__ = __array_function__ = __getitem__ = __iter__ = __repr__ = __str__ = refuse


def test_the_repr_of_a_large_network_is_one_line_and_reads_no_number():
    net = tn.mlp([1024, *[1000] * 5, 9], rng=0, dtype=np.float32)
    one_pass(net, np.ones((10, 1024), np.float32), np.arange(10) % 9)
    things = [net, *net.layers, tn.SGD(net, lr=0.01)]
    texts = [repr(thing) for thing in things]
    for layer in net.layers:
        for name, value in list(vars(layer).items()):
            if isinstance(value, np.ndarray):
                setattr(layer, name, value.view(Unread))
    assert [repr(thing) for thing in things] == texts
    assert all("\n" not in text and len(text) < 200 for text in texts)
