"""What is right, what is wrong, and what is said of it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tinynet.exercises.comparing import tolerance, wrong

SHAPES = hnp.array_shapes(min_dims=0, max_dims=3, min_side=1, max_side=4)
# 0, or of a size that its tolerance can be computed of.
NUMBERS = {
    "float64": st.floats(-1e6, 1e6).map(lambda x: x if abs(x) > 1e-6 else 0.0),
    "float32": st.floats(-1e6, 1e6, width=32).map(lambda x: x if abs(x) > 1e-6 else 0.0),
    "int64": st.integers(-1000, 1000),
}


@st.composite
def arrays(draw, kinds=tuple(NUMBERS)):
    kind = draw(st.sampled_from(kinds))
    return draw(hnp.arrays(kind, draw(SHAPES), elements=NUMBERS[kind]))


def compared(got, right, within=None):
    return wrong({"y": got}, {"y": right}, within)


@given(arrays())
def test_equal_arrays_are_right(right):
    assert compared(right.copy(), right) is None
    assert compared(np.array(right, order="F"), right) is None
    assert compared(right.astype(float), right) is None


@given(arrays(("float64", "float32")), st.data())
def test_a_change_is_wrong_above_the_tolerance_and_right_below_wherever_it_is(right, data):
    largest = np.abs(right).max()
    where = data.draw(st.sampled_from(list(np.ndindex(right.shape))))
    allowed = 1e-4 if right.dtype == np.float32 else 1e-10
    for factor, is_right in ((0.5, True), (2, False)):
        got = right.astype(float)
        got[where] += factor * allowed * largest
        if largest:
            assert (compared(got, right) is None) == is_right


@given(arrays(("float64",)))
def test_float32_counts_where_it_was_given_or_asked_for_and_not_where_it_comes_back(right):
    right = right * 1.00001
    near, far = right * (1 + 5e-5), right * (1 + 2e-4)
    given = [np.ones(2, np.float32)]
    assert compared(near, right.astype(np.float32)) is None
    assert wrong({"y": near.astype(np.float32)}, {"y": right}, given=given) is None
    if right.any():
        assert compared(near, right) is not None
        assert compared(near.astype(np.float32), right) is not None
        assert wrong({"y": far}, {"y": right}, given=given) is not None


def test_tolerances_are_those_that_are_stated():
    assert tolerance(np.zeros(1)) == 1e-10
    assert tolerance(np.zeros(1), np.zeros(1, np.float32)) == 1e-4
    assert tolerance(np.zeros(1, int)) == 1e-10


def test_a_case_can_set_another_tolerance():
    assert compared(np.array([1.0, 2.019]), np.array([1.0, 2.0]), within=0.01) is None
    assert compared(np.array([1.0, 2.021]), np.array([1.0, 2.0]), within=0.01) is not None
    assert compared(np.array([1.0, 2 + 1e-9]), np.array([1.0, 2.0]), within=0.0) is not None


def test_small_numbers_may_be_off_by_the_rounding_of_the_largest():
    right = np.array([1e6, 0.0])
    assert compared(np.array([1e6, 1e-5]), right) is None
    assert compared(np.array([1e6, 1e-3]), right) is not None


def test_zeros_must_be_zeros():
    assert compared(np.array([0.0, 1e-300]), np.zeros(2)) is not None


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_not_finite_are_named_with_their_place(bad):
    got = np.ones((2, 3))
    got[1, 2] = bad
    assert compared(got, np.ones((2, 3))) == f"y: expected finite numbers, got {bad} at [1, 2]"
    assert compared(np.array(bad), np.array(1.0)) == f"y: expected finite numbers, got {bad}"


def test_the_largest_floats_can_be_compared():
    assert "2 of 2 numbers" in compared(np.full(2, 1.7e308), np.full(2, -1.7e308))


@pytest.mark.parametrize("got", [np.ones(3), np.ones((3, 1)), np.ones(()), np.ones((1, 3, 1))])
def test_another_shape_is_wrong_even_if_it_could_be_broadcast(got):
    said = f"y: expected shape (1, 3), got {got.shape}"
    assert compared(got, np.ones((1, 3))) == said + ": is it transposed?" * (got.shape == (3, 1))


TURNED = np.arange(12.0).reshape(3, 4) % 5 - 1
SQUARE = np.arange(9.0).reshape(3, 3)


@pytest.mark.parametrize(
    ("got", "right", "said"),
    [
        (-TURNED, TURNED, "has the other sign"),
        (3 * TURNED, TURNED, "differs by the factor 3: the mean over the batch?"),
        (-TURNED / 3, TURNED, "differs by the factor -1/3: the mean over the batch?"),
        (2.5 * TURNED, TURNED, "differs by the factor 2.5"),
        (SQUARE.T, SQUARE, "is the transposed"),
        (2 * np.ones(5), np.ones(5), "5 of 5 numbers are not right"),  # any constant would be told
        (2 * TURNED[0, :3], TURNED[0, :3], "2 of 3 numbers are not right"),  # too few to be sure
        (np.zeros((3, 4)), TURNED, "of 12 numbers are not right"),
    ],
)
def test_what_an_array_looks_like_is_said_where_it_is_no_chance(got, right, said):
    found = wrong({"y": got}, {"y": right}, given=[np.ones((3, 2)), np.ones(2)])
    assert said in found
    assert found.endswith(said) or "not right" in said


def test_empty_arrays_are_right_if_their_shape_is():
    assert compared(np.ones((0, 3)), np.zeros((0, 3))) is None
    assert compared(np.ones((3, 0)), np.zeros((0, 3))) is not None


def test_missing_and_additional_arrays_are_named():
    assert wrong({}, {"y": np.ones(1)}) == "y: nothing came back"
    assert wrong({}, {}) is None
    said = wrong({"x": np.ones(1), "y": np.ones(1)}, {"y": np.ones(1)})
    assert said == "x: came back but was not asked for"


def test_the_first_array_that_is_wrong_is_named():
    right = {"a": np.ones(1), "b": np.ones(1), "c": np.ones(1)}
    got = right | {"b": np.zeros(1), "c": np.zeros(1)}
    assert wrong(got, right).startswith("b: ")


@pytest.mark.parametrize("got", [np.ones(2, int), np.ones(2, bool), np.ones(2, "u1")])
def test_whole_numbers_and_booleans_are_numbers(got):
    assert compared(got, np.ones(2)) is None
    assert compared(got, np.full(2, 2.0)) is not None


@pytest.mark.parametrize(
    "dtype", ["complex128", "object", "U3", "S3", "float16", "M8[s]", "V4", "f4,i4", "int16"]
)
def test_other_dtypes_are_refused_by_name(dtype):
    got = np.ones(2).astype(dtype) if dtype not in ("V4", "f4,i4") else np.zeros(2, dtype)
    assert compared(got, np.ones(2)).startswith("y: expected float64 or float32, got ")


def test_texts_must_be_equal():
    right = np.array(["dead", "vanishing"])
    assert compared(np.array(["dead", "vanishing"], "U30"), right) is None
    assert compared(np.array(["dead", "exploding"]), right) == (
        "y: is not right: ['dead', 'exploding']"
    )
    assert compared(np.zeros(2), right) is not None


def test_booleans_must_be_equal():
    right = np.array([True, False])
    assert compared(np.array([True, False]), right) is None
    assert compared(np.array([1.0, 0.0]), right) is None
    assert compared(np.array([True, True]), right) is not None
    assert compared(np.array([0.7, 0.0]), right) is not None


ANY = st.one_of(hnp.array_dtypes(), hnp.scalar_dtypes(), st.just(np.dtype("U3")))


@given(hnp.arrays(ANY, (3,)), st.sampled_from(["float64", "float32", "bool", "U4", "complex128"]))
def test_any_array_gets_a_verdict(got, kind):
    right = np.ones(3).astype(kind)
    found = compared(got, right)
    assert found is None or (found.startswith("y: ") and len(found) <= 500)


def test_the_verdict_is_short_for_any_array():
    assert len(compared(np.array(["x" * 100_000]), np.array(["dead"]))) <= 500
    assert len(compared(np.zeros((100, 100)), np.ones((100, 100)))) < 300


def test_the_verdict_does_not_reveal_the_right_numbers():
    right = np.linspace(1, 2, 7) * np.pi
    for got in (np.zeros(7), right + np.eye(7)[3], right[:6], np.full(7, np.nan)):
        found = compared(got, right)
        told = [f"{number:.4f}" for number in right if f"{number:.4f}" in found]
        theirs = [f"{n:.4f}" for n in got if np.isfinite(n)]
        assert set(told) <= set(theirs)
