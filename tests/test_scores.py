"""Error rate, confusion and mean cost, and what a network scores that knows only frequencies."""

import math

import numpy as np
import pytest
from by_hand import cost_by_hand
from hypothesis import given, settings
from hypothesis import strategies as st
from own_parts import Gain, batch_for, small_net

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


@settings(max_examples=30)
@given(st.lists(st.integers(0, 4), min_size=1, max_size=30))
def test_chance_is_the_cost_and_error_of_the_best_answer_that_ignores_the_input(labels):
    frequency = {label: labels.count(label) / len(labels) for label in labels}
    found = tn.chance(np.array(labels), 5)
    assert found.cost == pytest.approx(np.mean([-math.log(frequency[k]) for k in labels]))
    assert found.error == pytest.approx(
        min(np.mean([label != guess for label in labels]) for guess in range(5))
    )


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


@settings(max_examples=30)
@given(examples=st.integers(1, 25), block=st.integers(1, 10), dtype=st.sampled_from("fd"))
def test_error_confusion_and_mean_cost_do_not_depend_on_the_blocks(examples, block, dtype):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scores, "BLOCK", block)
        net = small_net(sizes=(3, 5, 4), dtype=np.dtype(dtype).type)
        assert_scores_are_those_of_one_pass(net, examples)


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


def test_a_label_that_is_no_class_is_refused_in_the_last_block_too():
    x, labels = np.ones((1001, 3)), np.arange(1001) // 500
    loss = tn.SoftmaxCrossEntropy()
    for score, *more in ((tn.error_rate,), (tn.confusion,), (tn.mean_cost, loss)):
        with pytest.raises(ValueError, match="labels: expected 0 to 1"):
            score(small_net(), *more, x, labels)


def test_an_output_that_is_not_finite_is_wrong_whatever_its_largest_entry():
    net = tn.mlp([2, 3], rng=0)
    net.layers[0].b[:] = np.nan
    with np.errstate(invalid="ignore"):
        assert tn.error_rate(net, np.ones((4, 2)), np.zeros(4, int)) == 1
        assert tn.confusion(net, np.ones((4, 2)), np.zeros(4, int)).tolist() == [[0] * 3] * 3
