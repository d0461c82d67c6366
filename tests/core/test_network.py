"""A list of layers, and how mlp fills it."""

import numpy as np
import pytest
from core_tools import CASE, INITIALIZERS, arrays, cases, given, linears
from own_parts import ACTIVATIONS, assert_identical, assert_same_bits, one_pass, untouched

import tinynet as tn


def test_mlp_is_linear_activation_linear_and_ends_with_a_linear():
    net = tn.mlp([5, 4, 3, 2], activation="sigmoid")
    assert [type(layer).__name__ for layer in net.layers] == (
        ["Linear", "Sigmoid", "Linear", "Sigmoid", "Linear"]
    )
    assert [layer.W.shape for layer in linears(net)] == [(5, 4), (4, 3), (3, 2)]
    assert [repr(layer) for layer in tn.mlp([5, 2]).layers] == ["Linear(5, 2, float64): W b"]


def test_mlp_is_tanh_and_normalized_and_float64_by_default():
    said = tn.mlp([3, 4, 2], activation="tanh", init="normalized", dtype=np.float64, rng=3)
    for sizes in ([3, 4, 2], (3, 4, 2), np.array([3, 4, 2])):
        assert repr(tn.mlp(sizes)) == repr(said)
    assert_same_bits(tn.mlp([3, 4, 2], rng=3), said)


@pytest.mark.parametrize("A", ACTIVATIONS)
def test_an_activation_is_known_by_its_name_in_small_letters_or_given_as_a_class(A):
    for activation in (A, A.__name__.lower()):
        assert type(tn.mlp([3, 4, 2], activation=activation).layers[1]) is A


@pytest.mark.parametrize("init", INITIALIZERS)
def test_an_initializer_is_known_by_its_name_or_given_as_a_function(init):
    by_name, by_function = (tn.mlp([3, 2], init=i, rng=0) for i in (init.__name__, init))
    np.testing.assert_array_equal(by_name.layers[0].W, init(3, 2, np.random.default_rng(0)))
    assert_same_bits(by_function, by_name)


def test_weights_are_drawn_from_one_source_from_the_first_layer_to_the_last():
    net = tn.mlp([4, 3, 2], init="he", rng=6)
    rng = np.random.default_rng(6)
    np.testing.assert_array_equal(net.layers[0].W, tn.he(4, 3, rng))
    np.testing.assert_array_equal(net.layers[2].W, tn.he(3, 2, rng))


@pytest.mark.parametrize("output_init", ["standard", None])
def test_output_init_is_for_the_last_linear_alone_and_by_default_init(output_init):
    net = tn.mlp([3, 3, 3, 3], init="orthogonal", output_init=output_init, rng=0)
    is_orthogonal = [np.allclose(layer.W.T @ layer.W, np.eye(3)) for layer in linears(net)]
    assert is_orthogonal == [True, True, output_init is None]


def test_layers_is_a_plain_list_of_the_layers_that_were_given():
    given_layers = [tn.Linear(3, 4), tn.Tanh(), tn.Linear(4, 2)]
    net = tn.Network(tuple(given_layers))
    assert type(net.layers) is list
    assert all(mine is theirs for mine, theirs in zip(net.layers, given_layers, strict=True))


def test_the_dtype_is_that_of_the_parameters():
    assert tn.mlp([3, 2]).dtype == np.float64
    assert tn.mlp([3, 2], dtype=np.float32).dtype == np.float32
    assert tn.Network([tn.Tanh(), tn.Linear(3, 2, dtype=np.float32)]).dtype == np.float32
    assert tn.Network([tn.Tanh()]).dtype == np.float64


def test_a_network_may_begin_with_an_activation():
    output = tn.Network([tn.Softsign()]).forward(np.array([[1.0, -3.0]]))
    np.testing.assert_allclose(output, [[0.5, -0.75]])


# ---------------------------------------------------------------------------- view


@given(cases)
def test_a_view_computes_the_same_on_the_same_parameters_and_leaves_its_network_alone(case):
    net, loss, x, targets = case.run()
    view = net.view()
    with untouched(net):
        one_pass(view, x, targets, loss)
        assert_identical(arrays(view), arrays(net))
        one_pass(view, x * 0.5, targets, loss)
    for name, parameter in net.named_parameters().items():
        assert view.named_parameters()[name] is parameter
    assert all(mine is not theirs for mine, theirs in zip(net.layers, view.layers, strict=True))


def test_a_view_made_before_any_pass_works_as_well():
    net, loss, x, labels = CASE.build()
    with untouched(net):
        one_pass(net.view(), x, labels, loss)
