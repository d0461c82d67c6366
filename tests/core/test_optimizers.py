"""W <- W - lr dW: to the last bit, for every parameter, at the rate that is set now."""

import hypothesis.strategies as st
import numpy as np
import pytest
from core_tools import CASE, arrays, assert_identical, cases, copies, given, linears, one_pass

import tinynet as tn


@given(cases, st.floats(1e-3, 10))
def test_a_step_is_W_minus_lr_dW_to_the_last_bit(case, lr):
    net, *_ = case.run()
    before = copies(arrays(net))
    tn.SGD(net, lr=lr).step()
    lr = case.dtype(lr)
    for k, layer in enumerate(net.layers):
        for name in layer.parameters:
            expected = before[f"{k}.{name}"] - lr * before[f"{k}.d{name}"]
            np.testing.assert_array_equal(getattr(layer, name), expected, strict=True)


def test_the_learning_rate_may_be_set_between_steps():
    net, *_ = CASE.run()
    sgd = tn.SGD(net, lr=0.5)
    sgd.step()
    W = net.layers[0].W.copy()
    sgd.lr = 0.25
    sgd.step()
    np.testing.assert_array_equal(net.layers[0].W, W - 0.25 * net.layers[0].dW)


def test_the_learning_rate_becomes_a_python_float():
    for lr in (np.float64(0.1), np.float32(0.5), 1):
        assert type(tn.SGD(tn.mlp([3, 2]), lr=lr).lr) is float


def test_making_an_optimizer_changes_nothing():
    net, *_ = CASE.run()
    kept = copies(arrays(net))
    tn.SGD(net, lr=0.1)
    assert_identical(arrays(net), kept)


def test_two_hundred_steps_learn_what_no_linear_network_can():
    """The exclusive or, with a cost from log 2 (chance) to nearly nothing."""
    x = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    labels = np.array([0, 1, 1, 0])
    net, loss = tn.mlp([2, 8, 2], rng=0), tn.SoftmaxCrossEntropy()
    sgd = tn.SGD(net, lr=1.0)
    first = one_pass(net, loss, x, labels)
    for _ in range(200):
        sgd.step()
        last = one_pass(net, loss, x, labels)
    assert first > 0.5
    assert last < 0.05
    assert (loss.p.argmax(axis=1) == labels).all()


def test_a_step_before_a_backward_pass_is_an_error_and_changes_nothing():
    net, _, x, _ = CASE.build()
    net.forward(x)
    kept = copies(arrays(net))
    with pytest.raises(ValueError, match=r"layers\[0\]\.dW: .*forward and backward come first"):
        tn.SGD(net, lr=0.1).step()
    assert_identical(arrays(net), kept)


def test_a_step_changes_no_parameter_when_the_gradient_of_one_is_missing():
    net, *_ = CASE.run()
    linears(net)[-1].db = None
    kept = copies(arrays(net))
    with pytest.raises(ValueError, match=r"layers\[2\]\.db"):
        tn.SGD(net, lr=0.1).step()
    assert_identical(arrays(net), kept)
