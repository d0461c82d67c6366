"""Error rate, confusion and mean cost, and what a network scores that knows only frequencies."""

import math

import numpy as np
import pytest
from by_hand import cost_by_hand
from hypothesis import given, settings
from hypothesis import strategies as st
from own_parts import Gain, batch_for, one_pass, small_net, untouched

import tinynet as tn
from tinynet.looking import scores


def output_of(net, x):
    """All examples in one pass."""
    return net.view().forward(x)


# ---------------------------------------------------------------------------- chance


def test_chance_on_shapeset_is_2110_millinats_and_an_error_of_five_sixths():
    one_object, two_different, two_equal = [0, 1, 2] * 3, [3, 4, 5] * 2, [6, 7, 8]
    labels = np.array(one_object + two_different + two_equal)  # of 18: 1/6, 1/9 and 1/18
    cost, error = tn.chance(labels, 9)
    assert round(cost, 3) == 2.110
    assert error == pytest.approx(5 / 6)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 4), min_size=1, max_size=30))
def test_chance_is_the_cost_and_error_of_the_best_answer_that_ignores_the_input(labels):
    frequency = {label: labels.count(label) / len(labels) for label in labels}
    found = tn.chance(np.array(labels), 5)
    assert found.cost == pytest.approx(np.mean([-math.log(frequency[k]) for k in labels]))
    assert found.error == pytest.approx(
        min(np.mean([label != guess for label in labels]) for guess in range(5))
    )


@pytest.mark.parametrize(
    ("labels", "classes", "error", "message"),
    [
        ([0, 2], 2, ValueError, "labels.*0 to 1"),
        ([], 2, TypeError, "labels"),
        (np.zeros(0, int), 2, ValueError, "labels"),
        ([0, 1], 0, ValueError, "classes"),
        ([0, 1], 2.0, TypeError, "classes"),
    ],
)
def test_chance_refuses(labels, classes, error, message):
    with pytest.raises(error, match=message):
        tn.chance(np.array(labels), classes)


# ---------------------------------------------------------------------------- many examples


def assert_scores_are_those_of_one_pass(net, examples):
    x, labels = batch_for(net, examples)
    output = output_of(net, x)
    counts = np.zeros((4, 4), int)
    for row, label in zip(output, labels, strict=True):
        counts[label, max(range(4), key=row.__getitem__)] += 1
    np.testing.assert_array_equal(tn.confusion(net, x, labels), counts, strict=True)
    assert tn.error_rate(net, x, labels) == (examples - np.trace(counts)) / examples
    cost = tn.mean_cost(net, tn.SoftmaxCrossEntropy(), x, labels)
    rel = 1e-5 if net.dtype == np.float32 else 1e-12
    assert cost == pytest.approx(cost_by_hand(output.astype(float), labels), rel=rel)


@settings(max_examples=30, deadline=None)
@given(examples=st.integers(1, 25), block=st.integers(1, 10), dtype=st.sampled_from("fd"))
def test_error_confusion_and_mean_cost_do_not_depend_on_the_blocks(examples, block, dtype):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scores, "BLOCK", block)
        net = small_net(sizes=(3, 5, 4), dtype=np.dtype(dtype).type)
        assert_scores_are_those_of_one_pass(net, examples)


@pytest.mark.parametrize("examples", [999, 1000, 1001, 2001])
def test_error_confusion_and_mean_cost_hold_at_the_true_block_size(examples):
    assert_scores_are_those_of_one_pass(small_net(sizes=(3, 5, 4)), examples)


def test_mean_cost_takes_any_loss():
    net = small_net()
    x, _ = batch_for(net, 1500)
    targets = np.random.default_rng(2).normal(size=(1500, 2))
    wanted = ((output_of(net, x) - targets) ** 2).sum() / 2 / 1500
    assert tn.mean_cost(net, tn.Quadratic(), x, targets) == pytest.approx(wanted, rel=1e-12)


def test_no_more_than_a_block_goes_through_the_network_at_once():
    seen = []

    class Spy(Gain):
        def forward(self, x):
            seen.append(len(x))
            return super().forward(x)

    net = tn.Network([Spy(2)])
    tn.error_rate(net, np.ones((2500, 2)), np.zeros(2500, int))
    assert seen == [1000, 1000, 500]


def test_scores_leave_the_last_pass_of_network_and_loss_as_it_was():
    net = small_net()
    loss = one_pass(net, *batch_for(net))
    x, labels = batch_for(net, 7, rng=2)
    with untouched(net, loss):
        tn.error_rate(net, x, labels)
        tn.confusion(net, x, labels)
        tn.mean_cost(net, loss, x, labels)


@pytest.mark.parametrize(
    ("x", "labels", "error", "message"),
    [
        (np.ones((4, 3), int), np.zeros(4, int), TypeError, "x: expected floats"),
        (np.ones((4, 2)), np.zeros(4, int), ValueError, "x: .*3"),
        (np.ones(3), np.zeros(3, int), ValueError, "x: .*2-D"),
        (np.ones((0, 3)), np.zeros(0, int), ValueError, "x: .*empty"),
        (np.full((4, 3), np.nan), np.zeros(4, int), ValueError, "x: .*finite"),
        (np.ones((4, 3)), np.zeros(3, int), ValueError, "expected 4"),
        (np.ones((4, 3)), 0, ValueError, "expected 4"),
        (np.ones((4, 3)), np.zeros(4), TypeError, "s: expected integers"),
        (np.ones((4, 3)), np.full(4, 2), ValueError, "s: expected 0 to 1"),
        (np.ones((4, 3)), np.zeros((4, 1), int), ValueError, "s: expected shape"),
        (np.ones((1001, 3)), np.arange(1001) // 500, ValueError, "s: expected 0 to 1"),
    ],
)
def test_scores_refuse(x, labels, error, message):
    """Also in the last block."""
    loss = tn.SoftmaxCrossEntropy()
    for score, *more in ((tn.error_rate,), (tn.confusion,), (tn.mean_cost, loss)):
        with pytest.raises(error, match=message):
            score(small_net(), *more, x, labels)


def test_an_output_that_is_not_finite_is_wrong_whatever_its_largest_entry():
    net = tn.mlp([2, 3], rng=0)
    net.layers[0].b[:] = np.nan
    with np.errstate(invalid="ignore"):
        assert tn.error_rate(net, np.ones((4, 2)), np.zeros(4, int)) == 1
        assert tn.confusion(net, np.ones((4, 2)), np.zeros(4, int)).tolist() == [[0] * 3] * 3
