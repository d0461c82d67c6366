"""The rules of the arrays: whose memory, which dtype, what never changes."""

import numpy as np
import pytest
from core_tools import LOSSES, arrays, cases, copies, given, linears
from own_parts import ACTIVATIONS, assert_identical, one_pass

import tinynet as tn


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("A", ACTIVATIONS)
def test_a_float32_network_holds_nothing_but_float32(A, loss):
    """Also with float64 input and targets, and a learning rate that is a float64 scalar."""
    net, loss = tn.mlp([3, 4, 2], activation=A, dtype=np.float32, rng=0), loss()
    sgd = tn.SGD(net, lr=np.float64(0.1))
    for _ in range(2):
        targets = np.array([0, 1]) if isinstance(loss, tn.SoftmaxCrossEntropy) else np.eye(2)
        one_pass(net, np.linspace(-1, 1, 6).reshape(2, 3), targets, loss)
        sgd.step()
        sgd.lr = np.float64(0.2)
    not_floats = ("cost", "labels")
    of_the_loss = {name: a for name, a in vars(loss).items() if name not in not_floats}
    for name, array in {**arrays(net), **of_the_loss}.items():
        assert array.dtype == np.float32, name


def test_an_upstream_gradient_of_another_dtype_is_cast():
    for layer in [tn.Linear(2, 2, dtype=np.float32), tn.Tanh()]:
        layer.forward(np.ones((1, 2), np.float32))
        assert layer.backward(np.ones((1, 2))).dtype == layer.dy.dtype == np.float32


@given(cases)
def test_every_array_is_a_plain_ndarray_of_the_networks_dtype(case):
    net, *_ = case.run()
    for name, array in arrays(net).items():
        assert type(array) is np.ndarray
        assert array.dtype == case.dtype
        assert array.ndim == (1 if name.endswith(("b", "gamma")) else 2), name


@given(cases)
def test_what_leaves_a_layer_is_the_very_array_that_enters_the_next(case):
    net, loss, x, targets = case.build()
    assert net.forward(x) is net.layers[-1].y
    loss.forward(net.layers[-1].y, targets)
    assert loss.backward() is loss.doutput
    assert net.backward(loss.doutput) is net.layers[0].dx
    assert net.layers[0].x is x
    assert loss.output is net.layers[-1].y
    assert (loss.targets if case.loss is tn.Quadratic else loss.labels) is targets
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
def test_the_next_pass_writes_into_dW_and_db_and_leaves_all_other_arrays_of_the_last(case):
    net, loss, x, targets = case.run()
    gradients = [(layer.dW, layer.db) for layer in linears(net)]
    first = {name: a for name, a in arrays(net).items() if not name.endswith(("dW", "db"))}
    kept = copies(first)
    one_pass(net, 0.5 * x, targets, loss)
    assert_identical(first, kept)
    for layer, (dW, db) in zip(linears(net), gradients, strict=True):
        assert layer.dW is dW
        assert layer.db is db


@given(cases)
def test_a_step_changes_the_parameters_in_place_and_nothing_else(case):
    net, *_ = case.run()
    before, kept = arrays(net), copies(arrays(net))
    tn.SGD(net, lr=0.1).step()
    parameters = net.named_parameters()
    for name, array in arrays(net).items():
        assert array is before[name]
        if name not in parameters:
            np.testing.assert_array_equal(array, kept[name], err_msg=name)
        elif np.abs(net.named_gradients()[name]).max() > 1e-3:
            assert (array != kept[name]).any(), name


@given(cases)
def test_the_callers_input_and_labels_may_be_read_only(case):
    net, loss, x, targets = case.build()
    x.flags.writeable = targets.flags.writeable = False
    for _ in range(2):
        one_pass(net, x, targets, loss)
        tn.SGD(net, lr=0.1).step()


@given(cases)
def test_the_same_seed_gives_the_same_bits(case):
    ends = []
    for _ in range(2):
        net, loss, x, targets = case.build()
        sgd = tn.SGD(net, lr=0.1)
        for _ in range(3):
            one_pass(net, x, targets, loss)
            sgd.step()
        ends.append(arrays(net))
    assert_identical(*ends)
