"""What people hand in by mistake: the error names the argument and says what to write."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tinynet as tn
from tinynet._internal.progress import Silent

RNG = np.random.default_rng(0)
NET = tn.mlp([4, 5, 3], rng=0)
X, LABELS = RNG.normal(size=(6, 4)), np.array([0, 1, 2] * 2)
OUTPUT = NET.view().forward(X)
MASKED = np.ma.masked_array(X, mask=X > 1)


def cost(labels, output=OUTPUT):
    return tn.SoftmaxCrossEntropy().forward(output, labels)


def quadratic(targets, output=OUTPUT[:, :1]):
    return tn.Quadratic().forward(output, targets)


def train(x, targets, net=NET, **keywords):
    net = tn.mlp([4, 5, 3], rng=0) if net is NET else net
    source, loss = tn.Shuffled(x, targets, rng=0), tn.SoftmaxCrossEntropy()
    tn.train(net, loss, tn.SGD(net, 0.1), source, 40, batch=2, progress=Silent, **keywords)


def broken(array, place, value):
    array = array.copy()
    array[place] = value
    return array


HINTS = {
    "one-hot rows": (lambda: cost(np.eye(3)[LABELS]), "labels", "labels.argmax(axis=1)"),
    "whole one-hot": (lambda: cost(np.eye(3, dtype=int)[LABELS]), "labels", "argmax(axis=1)"),
    "a column": (lambda: cost(LABELS[:, None]), "labels", "labels[:, 0]"),
    "names": (lambda: cost(np.array(list("abcabc"))), "labels", "return_inverse=True)[1]"),
    "floats": (lambda: cost(LABELS.astype(float)), "labels", "labels.astype(int)"),
    "true or false": (lambda: cost(LABELS > 0), "labels", "labels.astype(int)"),
    "from 1 on": (lambda: cost(LABELS + 1), "labels: expected 0 to 2, got 1 to 3", "labels - 1"),
    "one output": (lambda: cost(LABELS > 9, OUTPUT[:, :1]), "output", "two outputs"),
    "targets in a row": (lambda: quadratic(X[:, 0]), "targets", "targets[:, None]"),
    "targets turned": (lambda: quadratic(X[:, :1].T), "targets", "targets.T"),
    "NaN in targets": (lambda: quadratic(broken(X[:, :1], 2, np.nan)), "targets", "nan at [2, 0]"),
    "images": (lambda: NET.forward(np.ones((6, 2, 2))), "x", "x.reshape(len(x), -1)"),
    "one example": (lambda: NET.forward(X[0]), "x", "x[None, :]"),
    "columns": (lambda: NET.forward(X.T), "x: expected a 2-D array (batch, 4)", "x.T"),
    "bytes": (lambda: NET.forward(np.ones((6, 4), np.uint8)), "x", "x / 255"),
    "integers": (lambda: NET.forward(np.ones((6, 4), int)), "x", "x.astype(float)"),
    "a mask": (lambda: NET.forward(MASKED), "x", "x.filled(0)"),
    "a mask in the data": (lambda: tn.Shuffled(MASKED, LABELS, rng=0), "x", "x.filled(0)"),
    "a mask over labels": (lambda: cost(np.ma.array(LABELS)), "labels", "labels.filled(0)"),
    "ragged rows": (lambda: cost([[0, 1], [2]]), "labels", "array"),
    "targets of another table": (lambda: tn.Shuffled(X, X[:4].T[:, :5], rng=0), "targets", "6"),
    "a row with NaN": (lambda: train(broken(X, (3, 2), np.nan), LABELS), "source.x[3, 2]", "nan"),
    "a label too many": (lambda: train(X, broken(LABELS, 4, 7)), "source.targets[4]", "0 to 2"),
    "another's monitor": (
        lambda: train(X, LABELS, watch=tn.Monitor(NET, X, LABELS)), "watch", "net",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HINTS)
def test_the_error_says_what_to_write(name):
    call, argument, hint = HINTS[name]
    with pytest.raises((TypeError, ValueError)) as error:
        call()
    assert str(error.value).startswith(argument)
    assert hint in str(error.value)


def test_a_table_is_looked_through_before_the_first_update():
    seen = []
    x = RNG.normal(size=(2500, 4))
    with pytest.raises(ValueError, match=r"source\.targets\[2345\]"):
        train(x, broken(np.zeros(2500, int), 2345, 3), watch=seen.append, every=1)
    assert seen == []


# ---------------------------------------------------------------------------- classes


@given(st.integers(1, 6), st.integers(2, 5), st.integers(0, 10**6))
def test_predict_gives_the_class_of_the_largest_output(n, classes, seed):
    rng = np.random.default_rng(seed)
    net, x = tn.mlp([3, classes], rng=rng), rng.normal(size=(n, 3))
    said = tn.predict(net, x)
    assert said.dtype == int
    output = net.forward(x)
    assert said.tolist() == [max(range(classes), key=row.__getitem__) for row in output.tolist()]
    assert tn.error_rate(net, x, said) == 0


def test_predict_gives_the_sign_of_one_output():
    net, x = tn.mlp([3, 1], rng=0), RNG.normal(size=(1200, 3))
    np.testing.assert_array_equal(tn.predict(net, x), (x @ net.layers[0].W)[:, 0] > 0)


@given(st.integers(1, 5), st.integers(2, 5), st.sampled_from([np.float32, np.float64]))
def test_softmax_gives_the_probabilities_of_the_cost(n, classes, dtype):
    output = (10 * RNG.normal(size=(n, classes))).astype(dtype)
    p = tn.softmax(output)
    assert p.dtype == dtype
    loss = tn.SoftmaxCrossEntropy()
    loss.forward(output, np.zeros(n, int))
    np.testing.assert_allclose(p, loss.p, rtol=1e-6)
    np.testing.assert_allclose(tn.softmax(output + dtype(500)), p, rtol=1e-3, atol=1e-6)


# ---------------------------------------------------------------------------- a second run


def test_a_second_run_of_a_network_goes_on_where_the_first_ended(tmp_path):
    net, source = tn.mlp([4, 5, 3], rng=0), tn.Shuffled(X, LABELS, rng=0)
    sgd, loss = tn.SGD(net, 0.1), tn.SoftmaxCrossEntropy()
    monitor = tn.Monitor(net, X, LABELS)

    def run(updates, every, **keywords):
        tn.train(
            net, loss, sgd, source, updates, watch=monitor, every=every, progress=Silent, **keywords
        )

    run(20, 10)
    run(20, 10, checkpoint=tmp_path / "run.npz")
    run(30, 10, checkpoint=tmp_path / "run.npz")  # goes on with the second one
    run(10, [5, 10])  # does not look at its start
    assert monitor["updates"].tolist() == [0, 10, 20, 30, 40, 50, 55, 60]
    assert len(set(monitor["test_cost"])) == 8


def test_a_last_layer_that_is_an_activation_is_no_hidden_layer():
    net = tn.Network([*tn.mlp([4, 5, 3], rng=0).layers, tn.Sigmoid()])
    monitor = tn.Monitor(net, X, LABELS)
    monitor(0)
    assert monitor["z_std"].shape == (1, 1)
    assert monitor["ds_std"].shape == (1, 2)
