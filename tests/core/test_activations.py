"""f and slope: against textbooks, against each other, and far out in both tails."""

from decimal import Decimal, localcontext

import hypothesis.strategies as st
import numpy as np
import pytest
from by_hand import f_by_hand, slope_by_hand
from core_tools import DTYPES, given
from own_parts import ACTIVATIONS

import tinynet as tn

every_activation = pytest.mark.parametrize("A", ACTIVATIONS)
numbers = st.lists(st.floats(-8, 8), min_size=1, max_size=6).map(lambda row: np.array([row]))


@every_activation
@given(numbers)
def test_f_and_slope_are_the_formulas_of_the_textbook(A, s):
    np.testing.assert_allclose(A().f(s), f_by_hand(A, s), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(A().slope(s), slope_by_hand(A, s), rtol=1e-12, atol=1e-15)


@every_activation
@pytest.mark.parametrize("dtype", DTYPES)
def test_f_and_slope_are_pure(A, dtype):
    s = np.linspace(-3, 3, 12, dtype=dtype).reshape(3, 4)
    kept, layer = s.copy(), A()
    for function in (layer.f, layer.slope):
        first, second = function(s), function(s)
        np.testing.assert_array_equal(first, second, strict=True)
        assert first.shape == s.shape
        assert first.dtype == dtype
    np.testing.assert_array_equal(s, kept)
    assert vars(layer) == vars(A())


@pytest.mark.parametrize("dtype", DTYPES)
def test_values_and_slopes_at_zero_and_far_out(dtype):
    """Warnings are errors here: nothing overflows."""
    s = np.array([[-1e4, -1e3, 0, 1e3, 1e4]], dtype)
    for A, values, slopes in [
        (tn.Sigmoid, [0, 0, 0.5, 1, 1], [0, 0, 0.25, 0, 0]),
        (tn.Tanh, [-1, -1, 0, 1, 1], [0, 0, 1, 0, 0]),
        (tn.ReLU, [0, 0, 0, 1e3, 1e4], [0, 0, 0, 1, 1]),
        (tn.Identity, s[0], [1] * 5),
        (tn.Softsign, s[0] / (1 + abs(s[0])), (1 + abs(s[0])) ** -2),
    ]:
        last_digits = 8 * np.finfo(dtype).eps
        np.testing.assert_allclose(A().f(s), [values], rtol=last_digits, err_msg=A.__name__)
        np.testing.assert_allclose(A().slope(s), [slopes], rtol=last_digits, err_msg=A.__name__)


def exact_sigmoid(s):
    """1/(1 + e^-s) and its slope e^-s/(1 + e^-s)^2, with 50 digits."""
    with localcontext() as context:
        context.prec = 50
        e = (-Decimal(float(s))).exp()
        return float(1 / (1 + e)), float(e / (1 + e) ** 2)


@pytest.mark.parametrize(("dtype", "end"), [(np.float64, 700), (np.float32, 85)])
@given(data=st.data())
def test_sigmoid_and_its_slope_are_exact_to_the_last_digits_in_both_tails(dtype, end, data):
    s = np.array([[data.draw(st.floats(-end, end, width=32))]], dtype)
    y, slope = exact_sigmoid(s[0, 0])
    last_digits = 8 * np.finfo(dtype).eps
    np.testing.assert_allclose(tn.Sigmoid().f(s), [[y]], rtol=last_digits)
    np.testing.assert_allclose(tn.Sigmoid().slope(s), [[slope]], rtol=last_digits)


def test_the_saturation_threshold_is_a_fixed_share_of_the_steepest_slope_where_it_says():
    for A, share, y, s in [
        (tn.Sigmoid, 1 / 20, 0.987, np.log(0.987 / 0.013)),
        (tn.Tanh, 1 / 20, 0.975, np.arctanh(0.975)),
        (tn.Softsign, 1 / 100, 0.9, 9.0),
    ]:
        s = np.array([[0, -s, s]])
        steepest, *edges = A().slope(s)[0]
        assert A().f(s)[0, -1] == pytest.approx(y)
        assert A.saturated_at == pytest.approx(share * steepest)
        assert edges == pytest.approx([A.saturated_at] * 2, rel=0.03)
    assert tn.ReLU.saturated_at == 0  # dead
    assert tn.Identity.saturated_at == 0  # never
