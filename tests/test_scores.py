"""Error rate, confusion and mean cost, and what a network scores that knows only frequencies."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from own_parts import Gain, batch_for, one_pass, small_net, untouched

import tinynet as tn
from tinynet.looking import scores


def softmax_cost(output, labels):
    """The mean of -log P(label), one example after another."""
    return np.mean(
        [
            math.log(sum(math.exp(o) for o in row)) - row[label]
            for row, label in zip(output.astype(float), labels, strict=True)
        ]
    )


def output_of(net, x):
    """All examples in one pass."""
    return net.view().forward(x)


# ---------------------------------------------------------------------------- chance


def test_chance_on_shapesets_exact_frequencies_is_2110_millinats_and_an_error_of_five_sixths():
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


def test_chance_of_one_class_alone_is_certain():
    assert tn.chance(np.array([2, 2]), 3) == (0, 0)


def test_chance_of_equal_classes_is_log_of_their_number():
    assert tn.chance(np.arange(7), 7).cost == pytest.approx(math.log(7))


@pytest.mark.parametrize(
    ("labels", "classes", "error", "message"),
    [
        ([0.0, 1.0], 2, TypeError, "labels"),
        ([0, 2], 2, ValueError, "labels.*0 to 1"),
        ([-1, 0], 2, ValueError, "labels"),
        ([], 2, TypeError, "labels"),
        (np.zeros(0, int), 2, ValueError, "labels"),
        ([[0, 1]], 2, ValueError, "labels"),
        ([0, 1], 0, ValueError, "classes"),
        ([0, 1], 2.0, TypeError, "classes"),
    ],
)
def test_chance_refuses(labels, classes, error, message):
    with pytest.raises(error, match=message):
        tn.chance(np.array(labels), classes)


# ---------------------------------------------------------------------------- many examples


@settings(max_examples=30, deadline=None)
@given(examples=st.integers(1, 25), block=st.integers(1, 10), dtype=st.sampled_from("fd"))
def test_error_rate_and_mean_cost_do_not_depend_on_the_blocks(examples, block, dtype):
    net = small_net(dtype=np.dtype(dtype).type)
    x, labels = batch_for(net, examples)
    wanted_error = np.mean(output_of(net, x).argmax(axis=1) != labels)
    wanted_cost = softmax_cost(output_of(net, x), labels)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scores, "BLOCK", block)
        assert tn.error_rate(net, x, labels) == pytest.approx(wanted_error)
        cost = tn.mean_cost(net, tn.SoftmaxCrossEntropy(), x, labels)
    assert cost == pytest.approx(wanted_cost, rel=1e-5 if dtype == "f" else 1e-12)


@pytest.mark.parametrize("examples", [999, 1000, 1001, 2001])
def test_error_rate_and_mean_cost_hold_at_the_true_block_size(examples):
    net = small_net()
    x, labels = batch_for(net, examples)
    output = output_of(net, x)
    assert tn.error_rate(net, x, labels) == np.mean(output.argmax(axis=1) != labels)
    cost = tn.mean_cost(net, tn.SoftmaxCrossEntropy(), x, labels)
    assert cost == pytest.approx(softmax_cost(output, labels), rel=1e-12)


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


@settings(max_examples=30, deadline=None)
@given(examples=st.integers(1, 25), block=st.integers(1, 10), dtype=st.sampled_from("fd"))
def test_confusion_counts_each_pair_of_true_and_said_class_by_itself(examples, block, dtype):
    net = small_net(sizes=(3, 5, 4), dtype=np.dtype(dtype).type)
    x, labels = batch_for(net, examples)
    wanted = np.zeros((4, 4), int)
    for row, label in zip(output_of(net, x), labels, strict=True):
        wanted[label, max(range(4), key=row.__getitem__)] += 1
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scores, "BLOCK", block)
        np.testing.assert_array_equal(tn.confusion(net, x, labels), wanted, strict=True)


def test_the_diagonal_of_confusion_is_what_error_rate_calls_right():
    net = small_net(sizes=(3, 5, 4))
    x, labels = batch_for(net, 2001)
    counts = tn.confusion(net, x, labels)
    assert counts.sum() == 2001
    np.testing.assert_array_equal(counts.sum(axis=1), np.bincount(labels, minlength=4))
    assert 1 - np.trace(counts) / 2001 == pytest.approx(tn.error_rate(net, x, labels), abs=1e-12)


def test_all_right_is_0_and_all_wrong_is_1():
    net = small_net()
    x, _ = batch_for(net)
    right = output_of(net, x).argmax(axis=1)
    assert tn.error_rate(net, x, right) == 0
    assert tn.error_rate(net, x, 1 - right) == 1


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
        (np.ones((4, 3)), np.zeros(4), TypeError, "labels: expected integers"),
        (np.ones((4, 3)), np.full(4, 2), ValueError, "labels: expected 0 to 1"),
        (np.ones((4, 3)), np.zeros((4, 1), int), ValueError, "labels: expected shape"),
    ],
)
def test_scores_refuse(x, labels, error, message):
    with pytest.raises(error, match=message):
        tn.error_rate(small_net(), x, labels)
    with pytest.raises(error, match=message):
        tn.confusion(small_net(), x, labels)
    with pytest.raises(error, match=message):
        tn.mean_cost(small_net(), tn.SoftmaxCrossEntropy(), x, labels)


def test_a_wrong_label_in_the_last_block_is_refused_too():
    labels = np.zeros(1001, int)
    labels[-1] = 2
    with pytest.raises(ValueError, match="labels: expected 0 to 1"):
        tn.error_rate(small_net(), np.ones((1001, 3)), labels)


def test_an_output_that_is_not_finite_is_wrong_whatever_its_largest_entry():
    net = tn.mlp([2, 3], rng=0)
    net.layers[0].b[:] = np.nan
    with np.errstate(invalid="ignore"):
        assert tn.error_rate(net, np.ones((4, 2)), np.zeros(4, int)) == 1
        assert tn.confusion(net, np.ones((4, 2)), np.zeros(4, int)).tolist() == [[0] * 3] * 3
