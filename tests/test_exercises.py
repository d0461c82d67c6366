"""The check of a student's answer: right, not yet, no answer, or no number."""

import numpy as np
import pytest

from tinynet.exercises import check


@pytest.mark.parametrize(
    ("answer", "right", "verdict", "words"),
    [
        (0.2911, 0.2913, True, "right."),
        (0.2, 0.2913, False, "not yet; you gave 0.2 (within 1%"),
        (np.array([0.2913]), 0.2913, False, "expected a single number, got shape (1,)"),
        (-0.2913, 0.2913, False, "not yet"),
        (0.0, 1e-9, False, "not yet"),
        (float("nan"), 0.2913, False, "not yet"),
        (None, 0.2913, False, "no answer yet"),
        ("a", 0.2913, False, "expected a number"),
        ([0.1, [0.2]], 0.2913, False, "expected a number"),
        ([1.0, 2.0], np.array([1.0, 2.001]), True, "right."),
        ([1.0, 3.0], np.array([1.0, 2.0]), False, "not yet"),
        ([1.0], np.array([1.0, 2.0]), False, "expected numbers of shape (2,), got shape (1,)"),
        (" Tanh ", "tanh", True, "right."),
        ("sigmoid", "tanh", False, "not yet"),
    ],
)
def test_an_answer_gets_its_verdict(capsys, answer, right, verdict, words):
    assert check("1.1", answer, right) is verdict
    printed = capsys.readouterr().out
    assert printed.startswith("Exercise 1.1: ")
    assert words in printed


@pytest.mark.parametrize(("answer", "verdict"), [(0.35, True), (0.25, True), (0.37, False)])
def test_an_answer_within_the_margin_is_right(answer, verdict):
    assert check("1.1", answer, 0.3, within=0.2) is verdict
