"""How a Linear and an activation begin. What they compute stands in test_gradients."""

import numpy as np
from own_parts import ACTIVATIONS

import tinynet as tn


def test_biases_begin_at_zero_and_weights_are_what_the_initializer_gives():
    linear = tn.Linear(3, 2, init=tn.he, rng=5)
    assert linear.b.shape == (2,)
    assert not linear.b.any()
    np.testing.assert_array_equal(linear.W, tn.he(3, 2, 5))


def test_a_linear_draws_from_standard_in_float64_by_default():
    linear = tn.Linear(3, 2, rng=5)
    np.testing.assert_array_equal(linear.W, tn.standard(3, 2, 5), strict=True)


def test_an_initializer_is_asked_for_n_in_rows_and_its_array_is_copied():
    given, asked = np.ones((3, 2)), []

    def init(*arguments):
        asked.append(arguments)
        return given

    linear = tn.Linear(3, 2, init=init, rng=7)
    linear.W += 1
    assert given.max() == 1
    assert asked == [(3, 2, 7)]


def test_every_array_is_named_and_none_before_the_first_pass():
    linear = tn.Linear(3, 2)
    assert linear.parameters == ("W", "b")
    assert [getattr(linear, name) for name in ("x", "y", "dx", "dy", "dW", "db")] == [None] * 6
    for A in ACTIVATIONS:
        assert A().parameters == ()
        assert not hasattr(A(), "W")
        assert [getattr(A(), name) for name in ("x", "y", "dx", "dy")] == [None] * 4
