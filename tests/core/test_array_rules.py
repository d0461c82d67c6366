"""The rules of the arrays: whose memory, which dtype, what never changes."""

import numpy as np
import pytest
from core_tools import (
    ACTIVATIONS,
    CASE,
    arrays,
    assert_identical,
    cases,
    copies,
    given,
    linears,
    one_pass,
)

import tinynet as tn


@pytest.mark.parametrize("loss", [tn.SoftmaxCrossEntropy, tn.Quadratic])
@pytest.mark.parametrize("A", ACTIVATIONS)
def test_a_float32_network_holds_nothing_but_float32(A, loss):
    """Also with float64 input and targets, and a learning rate that is a float64 scalar."""
    net, loss = tn.mlp([3, 4, 2], activation=A, dtype=np.float32, rng=0), loss()
    sgd = tn.SGD(net, lr=np.float64(0.1))
    for _ in range(2):
        targets = np.array([0, 1]) if isinstance(loss, tn.SoftmaxCrossEntropy) else np.eye(2)
        one_pass(net, loss, np.linspace(-1, 1, 6).reshape(2, 3), targets)
        sgd.step()
        sgd.lr = np.float64(0.2)
    not_floats = ("cost", "labels")
    of_the_loss = {name: a for name, a in vars(loss).items() if name not in not_floats}
    for name, array in {**arrays(net), **of_the_loss}.items():
        assert array.dtype == np.float32, name


@given(cases)
def test_every_array_has_the_networks_dtype(case):
    net, *_ = case.run()
    assert {array.dtype for array in arrays(net).values()} == {np.dtype(case.dtype)}


def test_an_upstream_gradient_of_another_dtype_is_cast():
    for layer in [tn.Linear(2, 2, dtype=np.float32), tn.Tanh()]:
        layer.forward(np.ones((1, 2), np.float32))
        assert layer.backward(np.ones((1, 2))).dtype == layer.dy.dtype == np.float32


@given(cases)
def test_every_array_is_a_plain_ndarray(case):
    net, *_ = case.run()
    for name, array in arrays(net).items():
        assert type(array) is np.ndarray
        assert array.ndim == (1 if name.endswith("b") else 2), name


@given(cases)
def test_what_leaves_a_layer_is_the_very_array_that_enters_the_next(case):
    net, loss, x, _ = case.run()
    assert net.layers[0].x is x
    assert net.layers[-1].y is loss.output
    assert net.layers[-1].dy is loss.doutput
    for lower, upper in zip(net.layers, net.layers[1:], strict=False):
        assert upper.x is lower.y
        assert lower.dy is upper.dx


@given(cases)
def test_no_array_that_was_shown_changes_within_a_pass(case):
    """After every single step of the pass, all that was there before it is as it was."""
    net, loss, x, targets = case.build()

    def shown():
        of_the_loss = {f"loss.{k}": v for k, v in vars(loss).items() if isinstance(v, np.ndarray)}
        return {**arrays(net), **of_the_loss, "input": x, "targets": targets}

    def assert_unchanged_by(step, argument):
        before, kept = shown(), copies(shown())
        result = step(argument)
        assert_identical(before, kept)
        assert all(shown()[name] is array for name, array in before.items())
        return result

    z = x
    for layer in net.layers:
        z = assert_unchanged_by(layer.forward, z)
    assert_unchanged_by(lambda output: loss.forward(output, targets), z)
    d = assert_unchanged_by(lambda _: loss.backward(), None)
    for layer in reversed(net.layers):
        d = assert_unchanged_by(layer.backward, d)


@given(cases)
def test_the_next_pass_assigns_new_arrays_and_leaves_the_old_ones(case):
    net, loss, x, targets = case.run()
    first = {name: a for name, a in arrays(net).items() if not name.endswith(("dW", "db"))}
    kept = copies(first)
    one_pass(net, loss, 0.5 * x, targets)
    assert_identical(first, kept)


def test_dW_and_db_are_the_same_memory_in_every_backward():
    net, loss, x, labels = CASE.run()
    first = [(layer.dW, layer.db) for layer in linears(net)]
    one_pass(net, loss, -x, labels)
    for layer, (dW, db) in zip(linears(net), first, strict=True):
        assert layer.dW is dW
        assert layer.db is db


def test_W_and_b_stay_the_same_objects_at_a_step():
    net, *_ = CASE.run()
    before = [(layer.W, layer.b) for layer in linears(net)]
    kept = copies(arrays(net))
    tn.SGD(net, lr=0.1).step()
    for layer, (W, b) in zip(linears(net), before, strict=True):
        assert layer.W is W
        assert layer.b is b
    assert (kept["0.W"] != net.layers[0].W).all()


def test_a_step_changes_the_parameters_and_nothing_else():
    net, *_ = CASE.run()
    kept = copies(arrays(net))
    tn.SGD(net, lr=0.1).step()
    for name, array in arrays(net).items():
        assert np.array_equal(array, kept[name]) == (not name.endswith((".W", ".b"))), name


@given(cases)
def test_the_callers_input_and_labels_are_not_changed(case):
    net, loss, x, targets = case.build()
    kept = x.copy(), targets.copy()
    for _ in range(2):
        one_pass(net, loss, x, targets)
        tn.SGD(net, lr=0.1).step()
    np.testing.assert_array_equal(x, kept[0], strict=True)
    np.testing.assert_array_equal(targets, kept[1], strict=True)


def test_the_callers_input_may_be_read_only():
    net, loss, x, labels = CASE.build()
    x.flags.writeable = labels.flags.writeable = False
    one_pass(net, loss, x, labels)


@given(cases)
def test_the_same_seed_gives_the_same_bits(case):
    ends = []
    for _ in range(2):
        net, loss, x, targets = case.build()
        sgd = tn.SGD(net, lr=0.1)
        for _ in range(3):
            one_pass(net, loss, x, targets)
            sgd.step()
        ends.append(arrays(net))
    assert_identical(*ends)


def test_nothing_touches_numpys_global_random_state():
    # The old generator is what must not be touched: it has to be named to be watched.
    before = np.random.get_state(legacy=False)  # noqa: NPY002
    for init in ["standard", "normalized", "lecun", "he", "orthogonal"]:
        net = tn.mlp([3, 4, 2], init=init, rng=0)
        tn.mlp([3, 4, 2], init=init)
        one_pass(net, tn.SoftmaxCrossEntropy(), np.ones((2, 3)), np.array([0, 1]))
        tn.SGD(net, lr=0.1).step()
    after = np.random.get_state(legacy=False)  # noqa: NPY002
    assert before["state"]["pos"] == after["state"]["pos"]
    np.testing.assert_array_equal(before["state"]["key"], after["state"]["key"])
