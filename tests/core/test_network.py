"""A list of layers, and how mlp fills it."""

import numpy as np
import pytest
from core_tools import (
    ACTIVATIONS,
    CASE,
    INITIALIZERS,
    arrays,
    assert_identical,
    cases,
    copies,
    given,
    linears,
    one_pass,
)

import tinynet as tn


def test_mlp_is_linear_activation_linear_and_ends_with_a_linear():
    net = tn.mlp([5, 4, 3, 2], activation="sigmoid")
    assert [type(layer).__name__ for layer in net.layers] == (
        ["Linear", "Sigmoid", "Linear", "Sigmoid", "Linear"]
    )
    assert [layer.W.shape for layer in linears(net)] == [(5, 4), (4, 3), (3, 2)]


def test_two_sizes_are_one_linear_layer():
    assert [repr(layer) for layer in tn.mlp([5, 2]).layers] == ["Linear(5, 2, float64): W b"]


def test_mlp_is_tanh_and_normalized_and_float64_when_nothing_is_said():
    said = tn.mlp([3, 4, 2], activation="tanh", init="normalized", dtype=np.float64, rng=3)
    assert repr(tn.mlp([3, 4, 2])) == repr(said)
    assert_identical(arrays(tn.mlp([3, 4, 2], rng=3)), arrays(said))


@pytest.mark.parametrize("A", ACTIVATIONS)
def test_an_activation_is_known_by_its_name_in_small_letters_or_given_as_a_class(A):
    assert type(tn.mlp([3, 4, 2], activation=A.__name__.lower()).layers[1]) is A
    assert type(tn.mlp([3, 4, 2], activation=A).layers[1]) is A


@pytest.mark.parametrize("init", INITIALIZERS)
def test_an_initializer_is_known_by_its_name_or_given_as_a_function(init):
    by_name, by_function = (tn.mlp([3, 2], init=i, rng=0) for i in (init.__name__, init))
    np.testing.assert_array_equal(by_name.layers[0].W, init(3, 2, np.random.default_rng(0)))
    np.testing.assert_array_equal(by_function.layers[0].W, by_name.layers[0].W)


def test_weights_are_drawn_from_one_source_from_the_first_layer_to_the_last():
    net = tn.mlp([4, 3, 2], init="he", rng=6)
    rng = np.random.default_rng(6)
    np.testing.assert_array_equal(net.layers[0].W, tn.he(4, 3, rng))
    np.testing.assert_array_equal(net.layers[2].W, tn.he(3, 2, rng))


def test_output_init_is_for_the_last_linear_alone():
    net = tn.mlp([3, 3, 3, 3], init="orthogonal", output_init="standard", rng=0)
    is_orthogonal = [np.allclose(layer.W.T @ layer.W, np.eye(3)) for layer in linears(net)]
    assert is_orthogonal == [True, True, False]


def test_init_is_for_the_last_linear_too_where_output_init_is_not_given():
    net = tn.mlp([3, 3, 3], init="orthogonal", rng=0)
    assert [np.allclose(layer.W.T @ layer.W, np.eye(3)) for layer in linears(net)] == [True] * 2


def test_sizes_may_be_a_tuple_or_an_array():
    for sizes in [(3, 4, 2), np.array([3, 4, 2])]:
        assert repr(tn.mlp(sizes)) == repr(tn.mlp([3, 4, 2]))


def test_layers_is_a_plain_list_of_the_layers_that_were_given():
    given_layers = [tn.Linear(3, 4), tn.Tanh(), tn.Linear(4, 2)]
    net = tn.Network(tuple(given_layers))
    assert type(net.layers) is list
    assert all(mine is theirs for mine, theirs in zip(net.layers, given_layers, strict=True))


def test_the_network_gives_what_its_last_and_its_first_layer_give():
    net, loss, x, labels = CASE.build()
    output = net.forward(x)
    assert output is net.layers[-1].y
    loss.forward(output, labels)
    assert net.backward(loss.backward()) is net.layers[0].dx


def test_the_dtype_is_that_of_the_parameters():
    assert tn.mlp([3, 2]).dtype == np.float64
    assert tn.mlp([3, 2], dtype=np.float32).dtype == np.float32
    assert tn.Network([tn.Tanh(), tn.Linear(3, 2, dtype=np.float32)]).dtype == np.float32
    assert tn.Network([tn.Tanh()]).dtype == np.float64


def test_a_network_may_begin_with_an_activation():
    output = tn.Network([tn.Softsign()]).forward(np.array([[1.0, -3.0]]))
    np.testing.assert_allclose(output, [[0.5, -0.75]])


def test_one_class_one_unit_and_a_batch_of_one_are_legal():
    net, loss = tn.mlp([1, 1, 1], rng=0), tn.SoftmaxCrossEntropy()
    assert one_pass(net, loss, np.ones((1, 1)), np.array([0])) == 0
    tn.SGD(net, lr=0.1).step()
    assert net.layers[0].dW.shape == (1, 1)
    net, loss = tn.mlp([1, 1, 1], rng=0), tn.Quadratic()
    assert one_pass(net, loss, np.ones((1, 1)), np.full((1, 1), 5.0)) > 0
    assert net.layers[0].dW[0, 0] != 0


# ---------------------------------------------------------------------------- view


@given(cases)
def test_passes_of_a_view_leave_every_array_of_the_last_pass_as_it_was(case):
    net, loss, x, targets = case.run()
    shown, kept = arrays(net), copies(arrays(net))
    one_pass(net.view(), type(loss)(), x * 0.5, targets)
    assert_identical(arrays(net), kept)
    assert all(array is shown[name] for name, array in arrays(net).items())


@given(cases)
def test_a_view_computes_the_same_as_its_network(case):
    net, loss, x, targets = case.run()
    view = net.view()
    one_pass(view, loss, x, targets)
    assert_identical(arrays(view), arrays(net))


def test_a_view_has_the_same_parameters_in_the_same_memory():
    net, *_ = CASE.run()
    for mine, theirs in zip(linears(net), linears(net.view()), strict=True):
        assert theirs is not mine
        assert theirs.W is mine.W
        assert theirs.b is mine.b


def test_a_view_made_before_any_pass_works_as_well():
    net, loss, x, labels = CASE.build()
    one_pass(net.view(), loss, x, labels)
    assert all(getattr(net.layers[0], name) is None for name in ("x", "y", "dx", "dy", "dW"))
