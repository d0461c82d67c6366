"""Finite data as a stream: every example once an epoch, in orders that are the seed's alone.

What it shares with every source, its state above all, stands in test_sources.
"""

import doctest

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tinynet as tn
from tinynet.datasets import shuffled


def numbered(examples, seed=0, **keywords):
    """Data in which the target of each example is its number, and x twice that."""
    numbers = np.arange(examples)
    return tn.Shuffled(2.0 * numbers[:, None], numbers, rng=seed, **keywords)


def epoch_of(data, batch):
    """The numbers of the examples of one epoch, a list a batch."""
    return [data.draw(batch)[1].tolist() for _ in range(data.batches(batch))]


# ---------------------------------------------------------------------------- epochs


@settings(max_examples=100)
@given(examples=st.integers(1, 30), batch=st.integers(1, 35), drop_last=st.booleans())
def test_every_epoch_has_every_example_once_or_without_the_short_batch_where_that_is_said(
    examples, batch, drop_last
):
    batch = min(batch, examples) if drop_last else batch
    data = numbered(examples, drop_last=drop_last)
    whole, rest = divmod(examples, batch)
    short = [] if drop_last or not rest else [rest]
    for epoch in range(4):
        batches = epoch_of(data, batch)
        assert [len(one) for one in batches] == [batch] * whole + short
        assert len({*range(examples)} & {*sum(batches, [])}) == batch * whole + sum(short)
        assert data.epoch == epoch


def test_another_short_batch_is_left_out_in_each_epoch():
    data = numbered(30, drop_last=True)
    left_out = [{*range(30)} - {*sum(epoch_of(data, 4), [])} for _ in range(4)]
    assert len({tuple(sorted(two)) for two in left_out}) > 1


@settings(max_examples=30)
@given(sizes=st.lists(st.integers(1, 12), min_size=1, max_size=12))
def test_batches_of_changing_size_go_through_the_same_orders(sizes):
    in_ones, data = numbered(7), numbered(7)
    for size in sizes:
        _, targets = data.draw(size)
        assert targets.tolist() == [in_ones.draw(1)[1][0] for _ in targets]


def test_an_example_keeps_its_target_which_may_be_a_row():
    x, targets = numbered(20).draw(20)
    np.testing.assert_array_equal(x[:, 0], 2 * targets)
    assert (x.dtype, targets.dtype) == (np.float64, np.arange(1).dtype)
    x, targets = tn.Shuffled(np.eye(4), 3 * np.eye(4), rng=0).draw(3)
    np.testing.assert_array_equal(3 * x, targets)


# ---------------------------------------------------------------------------- orders


def test_the_orders_are_those_of_the_generator_each_epoch_another():
    rng, same = np.random.default_rng(5), np.random.default_rng(5)
    data = numbered(30, seed=same)
    orders = [tuple(epoch_of(data, 30)[0]) for _ in range(5)]
    assert orders == [tuple(rng.permutation(30)) for _ in range(5)]
    assert len({*orders, tuple(range(30))}) == 6
    assert rng.random() == same.random()


def test_the_data_are_not_copied_and_its_repr_says_how_many_and_which_epoch():
    """They may be large."""
    x, targets = np.ones((1200, 2)), np.zeros(1200, int)
    data = tn.Shuffled(x, targets, rng=0)
    assert data.x is x
    assert data.targets is targets
    data.draw(1000), data.draw(1000), data.draw(1000)
    assert repr(data) == "Shuffled(1,200 examples, epoch 1)"


def test_the_examples_of_the_docstring_are_true():
    found = doctest.testmod(shuffled, extraglobs={"np": np})
    assert found.attempted >= 3
    assert found.failed == 0


# ---------------------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("x", "targets"),
    [
        (np.eye(5)[::-1], np.arange(5)),
        (np.eye(5), np.arange(5)[::-1]),
        (np.eye(5, dtype=np.float32), np.arange(5)),
        (np.eye(5), np.arange(5, dtype=np.uint8)),
        (np.eye(6), np.arange(6)),
    ],
)
def test_the_state_of_a_stream_of_other_data_is_refused(x, targets):
    state = tn.Shuffled(np.eye(5), np.arange(5), rng=0).state
    with pytest.raises(ValueError, match=r"state\['data'\]"):
        tn.Shuffled(x, targets, rng=0).state = state


def test_a_batch_larger_than_all_can_not_be_drawn_whole():
    with pytest.raises(ValueError, match="n: expected at most the 5 examples, got 6"):
        numbered(5, drop_last=True).draw(6)
    assert len(numbered(5).draw(6)[1]) == 5
