"""One Linear and one Activation by themselves, each equation with loops."""

import numpy as np
import pytest
from core_tools import ACTIVATIONS, DTYPES, assert_same_numbers

import tinynet as tn


@pytest.fixture(params=DTYPES)
def linear(request):
    """A Linear of 3 inputs and 2 outputs after a pass of 4 examples, biases not 0."""
    rng = np.random.default_rng(1)
    layer = tn.Linear(3, 2, rng=rng, dtype=request.param)
    layer.b[:] = [0.25, -0.5]
    layer.forward(rng.uniform(-1, 1, (4, 3)).astype(request.param))
    layer.backward(rng.uniform(-1, 1, (4, 2)).astype(request.param))
    return layer


def test_y_is_the_weighted_sum_of_what_enters_and_the_bias(linear):
    for e in range(4):
        for k in range(2):
            s = sum(float(linear.x[e, j]) * linear.W[j, k] for j in range(3)) + linear.b[k]
            assert_same_numbers("y", linear.y[e, k], s)


def test_dW_is_the_sum_over_the_batch_of_what_entered_times_dy(linear):
    for j in range(3):
        for k in range(2):
            total = sum(float(linear.x[e, j]) * linear.dy[e, k] for e in range(4))
            assert_same_numbers("dW", linear.dW[j, k], total)


def test_db_is_the_sum_over_the_batch_of_dy(linear):
    for k in range(2):
        assert_same_numbers("db", linear.db[k], sum(float(linear.dy[e, k]) for e in range(4)))


def test_dx_is_dy_carried_back_over_every_weight(linear):
    for e in range(4):
        for j in range(3):
            total = sum(float(linear.dy[e, k]) * linear.W[j, k] for k in range(2))
            assert_same_numbers("dx", linear.dx[e, j], total)


def test_what_forward_and_backward_give_is_what_the_layer_keeps():
    for layer in [tn.Linear(3, 3, rng=0), *(A() for A in ACTIVATIONS)]:
        x, dy = np.full((2, 3), 0.5), np.full((2, 3), 0.25)
        assert layer.forward(x) is layer.y
        assert layer.backward(dy) is layer.dx
        assert layer.x is x
        assert layer.dy is dy


def test_every_gradient_has_the_shape_and_dtype_of_what_it_is_the_gradient_of(linear):
    for name in ("x", "y", "W", "b"):
        value, gradient = getattr(linear, name), getattr(linear, "d" + name)
        assert gradient.shape == value.shape
        assert gradient.dtype == value.dtype


def test_biases_begin_at_zero_and_weights_are_what_the_initializer_gives():
    linear = tn.Linear(3, 2, init=tn.he, rng=5)
    assert linear.b.shape == (2,)
    assert not linear.b.any()
    np.testing.assert_array_equal(linear.W, tn.he(3, 2, 5))


def test_the_weights_are_the_layers_own_and_not_the_initializers_array():
    given = np.ones((3, 2))
    linear = tn.Linear(3, 2, init=lambda n_in, n_out, rng: given)
    linear.W += 1
    assert given.max() == 1


def test_a_linear_draws_from_standard_in_float64_when_nothing_is_said():
    linear = tn.Linear(3, 2, rng=5)
    np.testing.assert_array_equal(linear.W, tn.standard(3, 2, 5), strict=True)


def test_an_initializer_is_asked_for_n_in_rows_and_n_out_columns():
    asked = []

    def init(n_in, n_out, rng):
        asked.append((n_in, n_out, rng))
        return np.zeros((n_in, n_out))

    tn.Linear(3, 2, init=init, rng=7)
    assert asked == [(3, 2, 7)]


def test_every_array_is_named_and_none_before_the_first_pass():
    linear = tn.Linear(3, 2)
    assert [getattr(linear, name) for name in ("x", "y", "dx", "dy", "dW", "db")] == [None] * 6
    for A in ACTIVATIONS:
        assert [getattr(A(), name) for name in ("x", "y", "dx", "dy")] == [None] * 4


def test_parameters_names_what_is_learnt():
    assert tn.Linear(3, 2).parameters == ("W", "b")
    for A in ACTIVATIONS:
        assert A().parameters == ()
        assert not hasattr(A(), "W")


@pytest.mark.parametrize("A", ACTIVATIONS)
def test_an_activation_bends_each_number_and_multiplies_its_gradient_by_the_slope(A):
    rng = np.random.default_rng(2)
    x, dy = rng.uniform(-2, 2, (3, 4)), rng.uniform(-2, 2, (3, 4))
    layer = A()
    layer.forward(x)
    layer.backward(dy)
    for e, k in np.ndindex(3, 4):
        s = x[e : e + 1, k]
        np.testing.assert_allclose(layer.y[e, k], layer.f(s)[0], rtol=1e-14)
        np.testing.assert_allclose(layer.dx[e, k], layer.slope(s)[0] * dy[e, k], rtol=1e-14)
