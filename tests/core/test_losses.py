"""The two costs: by hand, at the ends of the number range, and the mean over the batch."""

import math

import hypothesis.strategies as st
import numpy as np
import pytest
from by_hand import (
    assert_near_differences,
    assert_same_numbers,
    centred_differences,
    cost_by_hand,
    doutput_by_hand,
)
from core_tools import DTYPES, LOSSES, given

import tinynet as tn


@st.composite
def outputs_and_targets(draw, loss):
    """Outputs (batch, classes), and labels or targets for them."""
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    shape = (
        draw(st.integers(1, 4)),
        draw(st.integers(2 if loss is tn.SoftmaxCrossEntropy else 1, 4)),
    )
    output = rng.uniform(-2, 2, shape).astype(draw(st.sampled_from(DTYPES)))
    if loss is tn.SoftmaxCrossEntropy:
        return loss(), output, rng.integers(0, shape[1], shape[0])
    return loss(), output, rng.uniform(-2, 2, shape).astype(output.dtype)


either_loss = st.sampled_from(LOSSES).flatmap(outputs_and_targets)


@given(either_loss)
def test_the_cost_is_the_mean_of_the_examples_costs(drawn):
    loss, output, targets = drawn
    cost = loss.forward(output, targets)
    rtol = 1e-5 if output.dtype == np.float32 else 1e-11
    assert cost == pytest.approx(cost_by_hand(output.astype(float), targets), rel=rtol, abs=1e-6)
    assert type(cost) is float
    assert loss.cost == cost


@given(outputs_and_targets(tn.SoftmaxCrossEntropy))
def test_p_is_the_softmax_of_the_output(drawn):
    loss, output, labels = drawn
    loss.forward(output, labels)
    for row, p in zip(output.astype(float), loss.p, strict=True):
        total = sum(math.exp(o) for o in row)
        assert_same_numbers("p", p, [math.exp(o) / total for o in row])


@given(either_loss)
def test_the_gradient_is_that_of_the_formula_and_of_centred_differences(drawn):
    loss, output, targets = drawn
    loss.forward(output, targets)
    doutput = loss.backward()
    assert_same_numbers("doutput", doutput, doutput_by_hand(output.astype(float), targets))
    slow = centred_differences(lambda o: cost_by_hand(o, targets), output)
    assert_near_differences("doutput", doutput, slow)
    np.testing.assert_array_equal(loss.backward(), doutput, strict=True)


@pytest.mark.parametrize("loss", LOSSES)
def test_a_loss_knows_its_arrays_by_name_before_any_pass(loss):
    assert all(value is None for value in vars(loss()).values())
    assert {"output", "cost", "doutput"} <= vars(loss()).keys()


@pytest.mark.parametrize("dtype", DTYPES)
def test_softmax_does_not_overflow_at_logits_of_ten_thousand(dtype):
    """Warnings are errors here."""
    output = np.array([[1e4, -1e4], [1e4, -1e4], [-1e4, -1e4], [1e4, 1e4]], dtype)
    loss = tn.SoftmaxCrossEntropy()
    cost = loss.forward(output, np.array([0, 1, 0, 1]))
    assert cost == pytest.approx((0 + 2e4 + math.log(2) + math.log(2)) / 4, rel=1e-6)
    by_hand = np.array([[0, 0], [1, -1], [-0.5, 0.5], [0.5, -0.5]]) / 4
    np.testing.assert_allclose(loss.backward(), by_hand, rtol=1e-6)


@pytest.mark.parametrize("kind", [np.uint8, np.int32, np.int64, list])
def test_labels_may_be_integers_of_any_size(kind):
    labels = [0, 2] if kind is list else np.array([0, 2], kind)
    cost = tn.SoftmaxCrossEntropy().forward(np.eye(2, 3), labels)
    assert cost == pytest.approx(cost_by_hand(np.eye(2, 3), np.array([0, 2])))


@given(either_loss)
def test_chance_is_the_smallest_cost_of_one_answer_for_all_of_the_batch(drawn):
    """Of the labels' own frequencies, given as logits to the loss itself; of the mean target."""
    loss, output, targets = drawn
    loss.forward(output, targets)
    best = targets.mean(axis=0)
    if isinstance(loss, tn.SoftmaxCrossEntropy):
        share = np.array([(targets == k).mean() for k in range(output.shape[1])])
        best = np.log(np.maximum(share, 1e-300))
    cost = cost_by_hand(np.tile(best, (len(targets), 1)), targets)
    assert loss.chance() == pytest.approx(cost, rel=1e-5, abs=1e-7)
