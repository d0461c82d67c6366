"""An activation and a layer written here, not in tinynet, work wherever its own do."""

import numpy as np
import pytest
from core_tools import (
    arrays,
    assert_identical,
    assert_near_differences,
    centred_differences,
    copies,
    one_pass,
)

import tinynet as tn


class Sine(tn.Activation):
    """A new activation: f and slope, and nothing else."""

    def f(self, s):
        return np.sin(s)

    def slope(self, s):
        return np.cos(s)


class Gain:
    """A layer with a parameter gamma, y = gamma * x: a plain class, no base."""

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


@pytest.fixture
def net():
    return tn.Network([tn.Linear(3, 4, rng=0), Gain(4), Sine(), tn.Linear(4, 2, rng=1)])


@pytest.fixture
def batch():
    return np.random.default_rng(2).uniform(-1, 1, (5, 3)), np.array([0, 1, 1, 0, 1])


def test_their_parameters_and_all_others_have_the_gradient_of_centred_differences(net, batch):
    one_pass(net, tn.SoftmaxCrossEntropy(), *batch)
    checked = []
    for k, layer in enumerate(net.layers):
        for name in layer.parameters:

            def cost(value, layer=layer, name=name):
                view = net.view()
                setattr(view.layers[net.layers.index(layer)], name, value)
                return tn.SoftmaxCrossEntropy().forward(view.forward(batch[0]), batch[1])

            slow = centred_differences(cost, getattr(layer, name))
            assert_near_differences(f"{k}.d{name}", getattr(layer, "d" + name), slow)
            checked.append(name)
    assert checked == ["W", "b", "gamma", "W", "b"]


def test_sgd_steps_their_parameters_too(net, batch):
    one_pass(net, tn.SoftmaxCrossEntropy(), *batch)
    gamma, before = net.layers[1].gamma, net.layers[1].gamma.copy()
    tn.SGD(net, lr=0.1).step()
    assert net.layers[1].gamma is gamma
    np.testing.assert_array_equal(gamma, before - 0.1 * net.layers[1].dgamma)


def test_a_step_without_their_gradient_is_an_error_that_names_it(net):
    net.layers = net.layers[1:]
    with pytest.raises(ValueError, match=r"layers\[0\]\.dgamma"):
        tn.SGD(net, lr=0.1).step()


def test_a_view_shares_them_and_leaves_the_arrays_of_the_last_pass(net, batch):
    one_pass(net, tn.SoftmaxCrossEntropy(), *batch)
    kept = copies(arrays(net))
    view = net.view()
    one_pass(view, tn.SoftmaxCrossEntropy(), 2 * batch[0], batch[1])
    assert view.layers[1].gamma is net.layers[1].gamma
    assert_identical(arrays(net), kept)


def test_mlp_takes_a_new_activation_class_and_a_new_initializer():
    net = tn.mlp([3, 4, 2], activation=Sine, init=lambda n_in, n_out, rng: np.ones((n_in, n_out)))
    assert repr(net.layers[1]).startswith("Sine(")
    np.testing.assert_allclose(net.forward(np.ones((1, 3))), np.full((1, 2), 4 * np.sin(3)))


def test_a_network_of_float32_parts_stays_float32(batch):
    net = tn.Network([Gain(3, np.float32), Sine(), tn.Linear(3, 2, dtype=np.float32)])
    one_pass(net, tn.SoftmaxCrossEntropy(), *batch)
    assert {array.dtype for array in arrays(net).values()} == {np.dtype(np.float32)}


def test_an_activation_without_slope_cannot_be_made():
    class Half(tn.Activation):
        def f(self, s):
            return s / 2

    with pytest.raises(TypeError, match="slope"):
        Half()


def test_layers_of_widths_that_do_not_meet_are_refused_over_those_that_have_no_width():
    with pytest.raises(ValueError, match=r"layers\[3\]: .*the 4 units"):
        tn.Network([tn.Linear(3, 4), Gain(4), Sine(), tn.Linear(5, 2)])
