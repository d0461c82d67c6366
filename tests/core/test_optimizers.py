"""P <- P - lr dP: to the last bit, for every parameter, at the rate that is set now."""

import hypothesis.strategies as st
import numpy as np
import pytest
from core_tools import CASE, cases, copies, given
from own_parts import one_pass, untouched

import tinynet as tn


@given(cases, st.floats(1e-3, 10), st.floats(1e-3, 10))
def test_a_step_is_P_minus_lr_dP_to_the_last_bit_at_the_rate_that_is_set(case, lr, other_lr):
    net, *_ = case.run()
    sgd = tn.SGD(net, lr)
    for rate in (lr, other_lr):
        before = copies(net.named_parameters())
        sgd.lr = rate
        sgd.step()
        for name, parameter in net.named_parameters().items():
            expected = before[name] - case.dtype(rate) * net.named_gradients()[name]
            np.testing.assert_array_equal(parameter, expected, strict=True)


def test_the_learning_rate_becomes_a_python_float():
    for lr in (np.float64(0.1), np.float32(0.5), 1):
        assert type(tn.SGD(tn.mlp([3, 2]), lr=lr).lr) is float


def test_two_hundred_steps_learn_what_no_linear_network_can():
    """The exclusive or, with a cost from log 2 (chance) to nearly nothing."""
    x = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    labels = np.array([0, 1, 1, 0])
    net = tn.mlp([2, 8, 2], rng=0)
    sgd = tn.SGD(net, lr=1.0)
    first = one_pass(net, x, labels).cost
    for _ in range(200):
        sgd.step()
        loss = one_pass(net, x, labels)
    assert first > 0.5
    assert loss.cost < 0.05
    assert (loss.p.argmax(axis=1) == labels).all()


@pytest.mark.parametrize("missing", ["0.dW", "2.db"])
def test_a_step_without_one_of_the_gradients_is_an_error_that_names_it_and_changes_nothing(missing):
    net, *_ = CASE.run()
    place, name = missing.split(".")
    setattr(net.named_layers()[place], name, None)
    message = rf"layers\[{place}\]\.{name}: .*forward and backward come first"
    with untouched(net), pytest.raises(ValueError, match=message):
        tn.SGD(net, lr=0.1).step()
