"""What every source of data keeps: its seed decides, and its state goes on where it was taken."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from own_parts import Signs, global_rng_untouched

import tinynet as tn
from tinynet.datasets.shapeset import BLOCK

X = np.eye(7)

# Each is made from a seed or a Generator.
OURS = {
    "Shapeset": tn.Shapeset,
    "Shuffled": lambda rng: tn.Shuffled(X, np.arange(7), rng),
    "Shuffled, drop_last": lambda rng: tn.Shuffled(X, np.arange(7), rng, drop_last=True),
}
SOURCES = {**OURS, "one's own": Signs}
each_source = pytest.mark.parametrize("name", SOURCES)
each_of_ours = pytest.mark.parametrize("name", OURS)


def sizes(name):
    """How many examples are drawn at once: also at, before and after the end of a block."""
    ends = st.integers(BLOCK - 2, BLOCK + 2) if name == "Shapeset" else st.nothing()
    return st.integers(1, 7) | ends


def assert_same(drawn, other):
    for array, expected in zip(drawn, other, strict=True):
        np.testing.assert_array_equal(array, expected, strict=True)


def drawn(source):
    """The next arrays of a source, enough of them to tell two streams apart."""
    batches = [source.draw(5) for _ in range(6)]
    return [np.concatenate(arrays) for arrays in zip(*batches, strict=True)]


def after(source, *draws):
    for n in draws:
        source.draw(n)
    return source


# ---------------------------------------------------------------------------- state


@each_source
@settings(max_examples=15)
@given(data=st.data())
def test_a_state_goes_on_from_wherever_it_was_taken_and_is_what_json_holds(name, data):
    make = SOURCES[name]
    draws = st.lists(sizes(name), max_size=2)
    source, other = after(make(3), *data.draw(draws)), after(make(4), *data.draw(draws))
    state = json.loads(json.dumps(source.state))
    other.state = state
    assert other.state == source.state == state
    for n in [*data.draw(draws), 7]:
        assert_same(other.draw(n), source.draw(n))
    assert other.state == source.state


@each_of_ours
@pytest.mark.parametrize("bits", ["PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64"])
def test_the_state_of_every_bit_generator_is_json(name, bits):
    make, kind = OURS[name], getattr(np.random, bits)
    source, other = after(make(np.random.Generator(kind(1))), 5), make(np.random.Generator(kind(2)))
    other.state = json.loads(json.dumps(source.state))
    assert_same(drawn(other), drawn(source))


@each_source
def test_a_state_is_a_copy_that_stays_as_it_was_taken_and_can_be_set_twice(name):
    source, other = after(SOURCES[name](2), 5), after(SOURCES[name](2), 5)
    for value in source.state.values():
        if isinstance(value, dict):
            value.clear()
    source.state.clear()
    assert source.state == other.state
    state = source.state
    kept = json.dumps(state)
    once = drawn(source)
    assert_same(once, drawn(other))  # reading it draws nothing
    assert json.dumps(state) == kept
    assert source.state != state
    source.state = state
    assert_same(drawn(source), once)


@each_source
def test_a_state_is_set_in_the_callers_generator_which_a_layer_may_share(name):
    theirs, ours = np.random.default_rng(1), np.random.default_rng(0)
    there, source = after(SOURCES[name](theirs), 1), SOURCES[name](ours)
    source.state = there.state
    assert ours.random() == theirs.random()


NO_STATES = [
    (lambda s: None, TypeError),
    (lambda s: list(s), TypeError),
    (lambda s: {}, ValueError),
    (lambda s: {"position": s["position"]}, ValueError),
    (lambda s: {**s, "more": 1}, ValueError),
]
WRONG_ENTRIES = {
    "position": [-1, BLOCK, 1.0, 0.5, True],
    "epoch": [-1, True],
    "data": ["0"],
    "generator": [None, {}, np.random.MT19937(0).state],
}
WRONG_PARTS = [
    *({"state": 5}, {"state": {"state": "a"}}, {"extra": 5}, {"uinteger": -1}),
    {"bit_generator": "MT19937"},
]


def bad_states(state):
    """Each with the error for it, and how that calls what is wrong."""
    for change, error in NO_STATES:
        yield change(state), error, "state"
    for key in state:
        for value in WRONG_ENTRIES[key]:
            yield {**state, key: value}, ValueError, rf"state\['{key}'\]"
    for part in WRONG_PARTS:
        changed = {**state, "generator": {**state["generator"], **part}}
        yield changed, ValueError, r"state\['generator'\]"


@each_of_ours
def test_a_wrong_state_is_refused_by_name_and_changes_nothing(name):
    source, other = (after(OURS[name](0), 5) for _ in range(2))
    for state, error, what in bad_states(source.state):
        with pytest.raises(error, match=f"^{what}: expected .*got"):
            source.state = state
        assert source.state == other.state
    assert_same(drawn(source), drawn(other))


# ---------------------------------------------------------------------------- seeds


@each_source
@pytest.mark.parametrize("seed", [0, 123, [1, 2, 3], 2**70])
def test_the_seed_decides_or_the_generator_that_is_given(name, seed):
    make = SOURCES[name]
    expected = drawn(make(seed))
    assert_same(drawn(make(seed)), expected)
    assert_same(drawn(make(np.random.default_rng(seed))), expected)
    assert not np.array_equal(drawn(make(99))[1], expected[1])


@each_of_ours
def test_numpys_global_random_state_is_not_touched(name):
    with global_rng_untouched():
        drawn(OURS[name](0))


# ---------------------------------------------------------------------------- what is drawn


@each_source
def test_the_arrays_are_the_callers_own(name):
    source, other = SOURCES[name](0), SOURCES[name](0)
    state = source.state
    kept = X.copy()
    for n in (
        (np.int32(5), 7, 1, 7, BLOCK - 12, BLOCK) if name == "Shapeset" else (np.int32(5), 7, 1, 7)
    ):
        x, targets = source.draw(n)
        assert_same((x, targets), other.draw(int(n)))
        assert x.flags.writeable
        assert targets.flags.writeable
        x[:], targets[:] = 7, 7
    np.testing.assert_array_equal(X, kept)
    source.state = state
    assert_same(drawn(source), drawn(SOURCES[name](0)))
