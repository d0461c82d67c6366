"""The two costs: by hand, at the ends of the number range, and the mean over the batch."""

import math

import hypothesis.strategies as st
import numpy as np
import pytest
from core_tools import (
    DTYPES,
    assert_near_differences,
    assert_same_numbers,
    centred_differences,
    cost_by_hand,
    doutput_by_hand,
    given,
)

import tinynet as tn


@st.composite
def outputs_and_targets(draw, loss):
    """Outputs (batch, classes), and labels or targets for them."""
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    shape = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    output = rng.uniform(-2, 2, shape).astype(draw(st.sampled_from(DTYPES)))
    if loss is tn.SoftmaxCrossEntropy:
        return loss(), output, rng.integers(0, shape[1], shape[0])
    return loss(), output, rng.uniform(-2, 2, shape).astype(output.dtype)


either_loss = st.sampled_from([tn.SoftmaxCrossEntropy, tn.Quadratic]).flatmap(outputs_and_targets)


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
def test_the_gradient_is_that_of_the_formula(drawn):
    loss, output, targets = drawn
    loss.forward(output, targets)
    by_hand = doutput_by_hand(output.astype(float), targets)
    assert_same_numbers("doutput", loss.backward(), by_hand)


@given(either_loss)
def test_the_gradient_is_that_of_centred_differences(drawn):
    loss, output, targets = drawn
    loss.forward(output, targets)
    slow = centred_differences(lambda o: cost_by_hand(o, targets), output)
    assert_near_differences("doutput", loss.backward(), slow)


@given(either_loss)
def test_a_loss_keeps_what_it_was_given_and_what_it_gave(drawn):
    loss, output, targets = drawn
    loss.forward(output, targets)
    assert loss.backward() is loss.doutput
    assert loss.output is output
    assert (loss.targets if isinstance(loss, tn.Quadratic) else loss.labels) is targets
    assert loss.doutput.shape == output.shape
    assert loss.doutput.dtype == output.dtype


@given(either_loss)
def test_a_loss_changes_neither_output_nor_targets_nor_its_own_arrays(drawn):
    loss, output, targets = drawn
    kept = output.copy(), targets.copy()
    loss.forward(output, targets)
    p = loss.p.copy() if isinstance(loss, tn.SoftmaxCrossEntropy) else None
    first = loss.backward()
    before = first.copy()
    np.testing.assert_array_equal(loss.backward(), before)
    np.testing.assert_array_equal(first, before)
    np.testing.assert_array_equal(output, kept[0])
    np.testing.assert_array_equal(targets, kept[1])
    if p is not None:
        np.testing.assert_array_equal(loss.p, p)


@pytest.mark.parametrize("loss", [tn.SoftmaxCrossEntropy, tn.Quadratic])
def test_a_loss_knows_its_arrays_by_name_before_any_pass(loss):
    assert all(value is None for value in vars(loss()).values())
    assert {"output", "cost", "doutput"} <= vars(loss()).keys()


def test_quadratic_is_one_half_of_the_squared_distance_averaged_over_the_batch():
    output = np.array([[1.0, 2.0], [3.0, 4.0]])
    targets = np.array([[0.0, 0.0], [3.0, 2.0]])
    assert tn.Quadratic().forward(output, targets) == (1 + 4 + 0 + 4) / (2 * 2)


def test_equal_logits_cost_the_logarithm_of_the_number_of_classes():
    for classes in (1, 2, 9):
        cost = tn.SoftmaxCrossEntropy().forward(np.zeros((3, classes)), np.zeros(3, int))
        assert cost == pytest.approx(math.log(classes), rel=1e-14)


def test_one_class_costs_nothing_and_teaches_nothing():
    loss = tn.SoftmaxCrossEntropy()
    assert loss.forward(np.array([[3.0], [-2.0]]), np.array([0, 0])) == 0
    assert not loss.backward().any()


@pytest.mark.parametrize("dtype", DTYPES)
def test_softmax_does_not_overflow_at_logits_of_ten_thousand(dtype):
    """Warnings are errors here."""
    output = np.array([[1e4, -1e4], [1e4, -1e4], [-1e4, -1e4], [1e4, 1e4]], dtype)
    loss = tn.SoftmaxCrossEntropy()
    cost = loss.forward(output, np.array([0, 1, 0, 1]))
    assert cost == pytest.approx((0 + 2e4 + math.log(2) + math.log(2)) / 4, rel=1e-6)
    by_hand = np.array([[0, 0], [1, -1], [-0.5, 0.5], [0.5, -0.5]]) / 4
    np.testing.assert_allclose(loss.backward(), by_hand, rtol=1e-6)


@given(outputs_and_targets(tn.SoftmaxCrossEntropy), st.floats(-50, 50))
def test_a_constant_added_to_all_logits_of_a_row_changes_nothing(drawn, constant):
    loss, output, labels = drawn
    output = output.astype(float)
    cost, doutput = loss.forward(output, labels), loss.backward()
    assert loss.forward(output + constant, labels) == pytest.approx(cost, rel=1e-12, abs=1e-12)
    np.testing.assert_allclose(loss.backward(), doutput, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("kind", [np.uint8, np.int32, np.int64, list])
def test_labels_may_be_integers_of_any_size(kind):
    labels = [0, 2] if kind is list else np.array([0, 2], kind)
    cost = tn.SoftmaxCrossEntropy().forward(np.eye(2, 3), labels)
    assert cost == pytest.approx(cost_by_hand(np.eye(2, 3), np.array([0, 2])))


def test_targets_are_taken_in_the_dtype_of_the_output():
    loss = tn.Quadratic()
    loss.forward(np.zeros((2, 3), np.float32), np.ones((2, 3)))
    assert loss.targets.dtype == loss.backward().dtype == np.float32


@given(outputs_and_targets(tn.SoftmaxCrossEntropy))
def test_chance_is_the_cost_of_the_batchs_own_frequencies(drawn):
    """Given as logits to the loss itself: the smallest cost that an output of one row can have."""
    loss, output, labels = drawn
    loss.forward(output, labels)
    share = np.array([(labels == k).mean() for k in range(output.shape[1])])
    logits = np.log(np.maximum(share, 1e-300))
    guess = tn.SoftmaxCrossEntropy().forward(np.tile(logits, (len(labels), 1)), labels)
    assert loss.chance() == pytest.approx(guess, rel=1e-6, abs=1e-12)


@given(outputs_and_targets(tn.Quadratic))
def test_chance_is_the_cost_of_the_batchs_mean_target(drawn):
    loss, output, targets = drawn
    loss.forward(output, targets)
    guess = np.tile(targets.mean(axis=0), (len(targets), 1))
    assert loss.chance() == pytest.approx(cost_by_hand(guess, targets), rel=1e-5, abs=1e-7)
