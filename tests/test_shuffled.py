"""Finite data as a stream: every example once an epoch, in orders that are the seed's alone."""

import doctest
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from own_parts import assert_same_bits, small_net

import tinynet as tn
from tinynet._internal.progress import Silent
from tinynet.datasets import shuffled


def numbered(examples, seed=0, **keywords):
    """Data in which the target of each example is its number, and x twice that."""
    numbers = np.arange(examples)
    return tn.Shuffled(2.0 * numbers[:, None], numbers, rng=seed, **keywords)


def epoch_of(data, batch):
    """The numbers of the examples of one epoch, a list a batch."""
    return [data.draw(batch)[1].tolist() for _ in range(data.batches(batch))]


def order(examples, seed):
    return sum(epoch_of(numbered(examples, seed), examples), [])


# ---------------------------------------------------------------------------- epochs


@settings(max_examples=50, deadline=None)
@given(examples=st.integers(1, 30), batch=st.integers(1, 35))
def test_every_epoch_has_every_example_once_in_batches_that_span_no_two_epochs(examples, batch):
    data = numbered(examples)
    whole, rest = divmod(examples, batch)
    for epoch in range(4):
        batches = epoch_of(data, batch)
        assert sorted(sum(batches, [])) == list(range(examples))
        assert [len(one) for one in batches] == [batch] * whole + [rest] * (rest > 0)
        assert data.epoch == epoch


@settings(max_examples=50, deadline=None)
@given(examples=st.integers(1, 30), data=st.data())
def test_the_short_batch_is_left_out_where_that_is_said(examples, data):
    batch = data.draw(st.integers(1, examples))
    source = numbered(examples, drop_last=True)
    left_out = set()
    for epoch in range(4):
        batches = epoch_of(source, batch)
        drawn = sum(batches, [])
        assert [len(one) for one in batches] == [batch] * (examples // batch)
        assert len(set(drawn)) == len(drawn)
        assert source.epoch == epoch
        left_out |= {*range(examples)} - {*drawn}
    assert bool(left_out) == (examples % batch > 0)


@settings(max_examples=30, deadline=None)
@given(sizes=st.lists(st.integers(1, 12), min_size=1, max_size=12))
def test_batches_of_changing_size_go_through_the_same_orders(sizes):
    in_ones, data = numbered(7), numbered(7)
    for size in sizes:
        _, targets = data.draw(size)
        assert targets.tolist() == [in_ones.draw(1)[1][0] for _ in targets]


def test_an_example_keeps_its_target():
    x, targets = numbered(20).draw(20)
    np.testing.assert_array_equal(x[:, 0], 2 * targets)
    assert (x.dtype, targets.dtype) == (np.float64, np.arange(1).dtype)


def test_targets_can_be_rows():
    x, targets = tn.Shuffled(np.eye(4), 3 * np.eye(4), rng=0).draw(3)
    np.testing.assert_array_equal(3 * x, targets)


# ---------------------------------------------------------------------------- orders


def test_the_orders_are_those_of_the_seed():
    rng = np.random.default_rng(5)
    data = numbered(30, seed=5)
    for _ in range(3):
        np.testing.assert_array_equal(epoch_of(data, 30)[0], rng.permutation(30))


def test_a_seed_gives_the_same_orders_again_and_another_seed_others():
    assert order(30, 1) == order(30, 1)
    assert order(30, 1) != order(30, 2)
    assert order(30, [1, 2]) != order(30, [1, 3])


def test_each_epoch_has_an_order_of_its_own():
    data = numbered(30)
    orders = [tuple(epoch_of(data, 30)[0]) for _ in range(5)]
    assert len(set(orders)) == 5
    assert tuple(range(30)) not in orders


def test_every_example_comes_first_about_as_often():
    data = numbered(4)
    first = [epoch_of(data, 4)[0][0] for _ in range(4000)]
    assert abs(np.bincount(first) - 1000).max() < 5 * np.sqrt(4000 * 3 / 16)


def test_a_generator_is_drawn_from_as_it_is():
    rng, same = np.random.default_rng(3), np.random.default_rng(3)
    data = tn.Shuffled(np.ones((6, 1)), np.arange(6), rng)
    np.testing.assert_array_equal(data.draw(6)[1], same.permutation(6))
    assert rng.random() == same.random()


# ---------------------------------------------------------------------------- arrays


@pytest.mark.parametrize("batch", [2, 5])
def test_what_is_drawn_is_the_callers_own(batch):
    x, targets = np.ones((5, 2)), np.zeros(5, int)
    data = tn.Shuffled(x, targets, rng=0)
    for _ in range(4):
        drawn = data.draw(batch)
        drawn[0][:] = 7
        drawn[1][:] = 7
    assert (x == 1).all()
    assert (targets == 0).all()


def test_the_data_are_not_copied():
    """They may be large."""
    x, targets = np.ones((5, 2)), np.zeros(5, int)
    data = tn.Shuffled(x, targets, rng=0)
    assert data.x is x
    assert data.targets is targets


def test_its_repr_says_how_many_and_which_epoch():
    data = numbered(1200)
    data.draw(1000), data.draw(1000), data.draw(1000)
    assert repr(data) == "Shuffled(1,200 examples, epoch 1)"


# ---------------------------------------------------------------------------- state


@settings(max_examples=60, deadline=None)
@given(
    examples=st.integers(1, 12),
    batch=st.integers(1, 12),
    drop_last=st.booleans(),
    before=st.integers(0, 30),
    kind=st.sampled_from([np.random.PCG64, np.random.MT19937, np.random.Philox]),
)
def test_a_stream_goes_on_from_its_state_wherever_that_was_taken(
    examples, batch, drop_last, before, kind
):
    def start(seed):
        numbers = np.arange(examples)
        rng = np.random.Generator(kind(seed))
        return tn.Shuffled(numbers[:, None] / 2, numbers, rng, drop_last=drop_last)

    data, other = start(0), start(1)
    batch = min(batch, examples)
    for _ in range(before):
        data.draw(batch)
    other.state = json.loads(json.dumps(data.state))
    assert other.state == data.state
    assert other.epoch == data.epoch
    for _ in range(10):
        np.testing.assert_array_equal(other.draw(batch)[1], data.draw(batch)[1])
    assert other.state == data.state


def test_a_state_stays_as_it_was_taken():
    data = numbered(5)
    state = data.state
    kept = json.dumps(state)
    data.draw(3), data.draw(3)
    assert json.dumps(state) == kept
    assert data.state != state


def test_taking_a_state_draws_nothing():
    data, other = numbered(5), numbered(5)
    for _ in range(6):
        assert data.state == data.state
        np.testing.assert_array_equal(data.draw(2)[1], other.draw(2)[1])


BAD_STATES = {
    "no dict": (None, TypeError, "state: expected a dict"),
    "a key too few": (lambda s: s.pop("epoch"), ValueError, "state: expected keys"),
    "a key too many": (lambda s: s.update(more=1), ValueError, "state: expected keys"),
    "a position beyond": (
        lambda s: s.update(position=6),
        ValueError,
        r"state\['position'\]: .*0 to 5",
    ),
    "a position of -1": (lambda s: s.update(position=-1), ValueError, r"state\['position'\]"),
    "half a position": (lambda s: s.update(position=0.5), ValueError, r"state\['position'\]"),
    "an epoch of -1": (lambda s: s.update(epoch=-1), ValueError, r"state\['epoch'\]"),
    "an epoch that is a bool": (lambda s: s.update(epoch=True), ValueError, r"state\['epoch'\]"),
    "no generator": (
        lambda s: s.update(generator={}),
        ValueError,
        r"state\['generator'\]: .*PCG64",
    ),
    "another generator": (
        lambda s: s["generator"].update(bit_generator="MT19937"),
        ValueError,
        r"state\['generator'\]: expected a state of PCG64",
    ),
    "other data": (lambda s: s.update(data="0"), ValueError, r"state\['data'\]: .*same examples"),
}


@pytest.mark.parametrize("bad", BAD_STATES)
def test_a_bad_state_is_refused_by_name_and_changes_nothing(bad):
    change, error, match = BAD_STATES[bad]
    data, other = numbered(5), numbered(5)
    data.draw(2), other.draw(2)
    state = numbered(5, seed=7).state
    if change is None:
        state = None
    else:
        change(state)
    with pytest.raises(error, match=match):
        data.state = state
    assert data.state == other.state
    np.testing.assert_array_equal(data.draw(5)[1], other.draw(5)[1])


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


# ---------------------------------------------------------------------------- errors

X = np.ones((3, 2))


@pytest.mark.parametrize(
    ("arguments", "error", "match"),
    [
        ((X, [0, 1], 0), ValueError, "targets: expected 3, one an example"),
        ((X, 1, 0), ValueError, "targets: expected 3"),
        ((X[:0], [], 0), ValueError, "x: .*empty"),
        ((X[0], [0, 1], 0), ValueError, r"x: expected a 2-D array"),
        ((X.astype(int), [0, 1, 2], 0), TypeError, r"x: expected floats.*astype\(float\)"),
        ((X, [0, 1, 2], None), TypeError, "rng: expected a seed or a numpy.random.Generator"),
        ((X, [0, 1, 2], "seed"), TypeError, "rng: expected a seed"),
        ((X, [0, 1, 2], -1), ValueError, "rng: expected a seed"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(arguments, error, match):
    with pytest.raises(error, match=match):
        tn.Shuffled(*arguments)


@pytest.mark.parametrize("method", ["draw", "batches"])
@pytest.mark.parametrize(
    ("n", "error"), [(0, ValueError), (-1, ValueError), (2.0, TypeError), (True, TypeError)]
)
def test_a_size_that_is_none_is_refused_and_draws_nothing(method, n, error):
    data, other = numbered(5), numbered(5)
    with pytest.raises(error, match="n: expected"):
        getattr(data, method)(n)
    assert data.state == other.state


def test_a_batch_larger_than_all_can_not_be_drawn_whole():
    with pytest.raises(ValueError, match="n: expected at most the 5 examples, got 6"):
        numbered(5, drop_last=True).draw(6)
    assert len(numbered(5).draw(6)[1]) == 5


# ---------------------------------------------------------------------------- as a whole


def test_the_examples_of_the_docstring_are_true():
    found = doctest.testmod(shuffled, extraglobs={"np": np})
    assert found.attempted >= 3
    assert found.failed == 0


@pytest.mark.parametrize("drop_last", [False, True])
def test_training_on_it_is_the_four_lines_to_the_bit(drop_last):
    rng = np.random.default_rng(0)
    x, labels = rng.uniform(-1, 1, (25, 3)), rng.integers(0, 2, 25)
    net, by_hand = small_net(), small_net()
    loss, sgd = tn.SoftmaxCrossEntropy(), tn.SGD(by_hand, lr=0.1)
    data, same = (tn.Shuffled(x, labels, rng=1, drop_last=drop_last) for _ in range(2))
    tn.train(net, tn.SoftmaxCrossEntropy(), tn.SGD(net, 0.1), data, 14, progress=Silent)
    for _ in range(14):
        x, labels = same.draw(10)
        loss.forward(by_hand.forward(x), labels)
        by_hand.backward(loss.backward())
        sgd.step()
    assert_same_bits(net, by_hand)
    assert data.state == same.state
