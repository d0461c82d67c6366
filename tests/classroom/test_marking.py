"""From what came back to points."""

from types import SimpleNamespace

import numpy as np
import pytest

from tinynet.classroom.assignments import Case
from tinynet.classroom.marking import UNTOUCHED, marks
from tinynet.classroom.replies import Reply

X = np.array([1.0, np.nan, -0.0])
CASES = [
    Case("9.1", "one", 2, {"x": X}),
    Case("9.1", "two", 3, {"x": X, "k": np.array(7)}),
    Case("9.2", "three", 1, {"x": np.ones((2, 3), np.float32)}),
]
RIGHT = [{"y": np.array([12.345])}, {"y": np.array([23.456])}, {"y": np.array([34.567])}]


def replies(**changed):
    """Right replies, but for some."""
    found = [Reply(right, dict(c.arrays)) for c, right in zip(CASES, RIGHT, strict=True)]
    for k, reply in changed.items():
        found[int(k[1:])] = reply
    return found


def points(found):
    return [(mark.task, mark.test, mark.earned, mark.points) for mark in found]


def test_right_replies_earn_all_and_nothing_is_said():
    found = marks(CASES, replies(), RIGHT)
    assert points(found) == [
        ("9.1", "one", 2, 2),
        ("9.1", "two", 3, 3),
        ("9.1", UNTOUCHED, 1, 1),
        ("9.2", "three", 1, 1),
        ("9.2", UNTOUCHED, 1, 1),
    ]
    assert [mark.said for mark in found] == [""] * 5


def test_a_wrong_reply_costs_its_own_points_and_says_what_was_tried():
    found = marks(CASES, replies(_1=Reply({"y": np.array([7.5])}, {})), RIGHT)
    assert [mark.earned for mark in found] == [2, 0, 1, 1, 1]
    assert found[1].said == (
        "y: 1 of 1 numbers are not right, the first at [0]: got [7.5]\n"
        "tried with x float64 (3,), k = 7; allowed: 1e-10 of the largest number"
    )
    assert "23.456" not in found[1].said


def test_the_tolerance_that_is_told_is_the_one_that_counts():
    found = marks(CASES, replies(_2=Reply({"y": np.array([7.5])}, {})), RIGHT)
    assert found[3].said.endswith(
        "tried with x float32 (2, 3); allowed: 0.0001 of the largest number"
    )
    loose = [Case("9.1", "one", 2, {"x": X}, within=0.01)]
    found = marks(loose, [Reply({"y": np.array([7.5])}, {})], RIGHT[:1])
    assert found[0].said.endswith("allowed: 0.01 of the largest number")
    assert marks(loose, [Reply({"y": np.array([12.4])}, {})], RIGHT[:1])[0].earned == 2


@pytest.mark.parametrize(
    "reply",
    [
        Reply(error="NotImplementedError: Task 9.2: do it"),
        Reply({}, {}),
        Reply({"y": np.array(np.nan)}, {}),
        Reply({"y": np.zeros(1)}, {"x": np.ones((2, 3), np.float32)}),
    ],
)
def test_a_task_with_nothing_right_gets_no_point_for_unchanged_arguments(reply):
    found = marks(CASES, replies(_2=reply), RIGHT)
    assert [mark.earned for mark in found] == [2, 3, 1, 0, 0]
    assert found[-1].said == "no test of this task was passed"


@pytest.mark.parametrize(
    "after",
    [
        X + 1,
        np.array([1.0, np.nan, 0.0]),
        X[:2],
        X.astype(np.float32),
        X.view(np.int64),
        X[None],
        np.array(["a", "b", "c"]),
        np.zeros(3, "V4"),
        np.zeros(3, "f4,i4"),
    ],
    ids=str,
)
def test_a_changed_argument_costs_the_point_of_its_task(after):
    found = marks(CASES, replies(_1=Reply(RIGHT[1], {"x": after, "k": np.array(7)})), RIGHT)
    assert [mark.earned for mark in found] == [2, 3, 0, 1, 1]
    assert found[2].said == "x was changed in place, in the test 'two': work on a copy"


def test_an_error_at_import_is_told_as_such():
    failed = Reply(error="SyntaxError: invalid syntax", loaded=False)
    found = marks(CASES, [failed] * 3, RIGHT)
    assert sum(mark.earned for mark in found) == 0
    assert found[0].said == "SyntaxError: invalid syntax"  # nothing was tried


def test_the_maximum_is_the_same_whatever_came_back():
    whole = [mark.points for mark in marks(CASES, replies(), RIGHT)]
    broken = [mark.points for mark in marks(CASES, [Reply(error="broken")] * 3, RIGHT)]
    assert whole == broken


WORDS = [Case("9.1", f"network {k}", 1, {"x": np.ones(2)}) for k in range(10)]
SAID = [{"word": np.array(word)} for word in ["dead", "well"] * 2 + ["ill", "lost", "sad"] * 2]


def told(answers, **keywords):
    """The mark of the words, and that for the arguments."""
    replies = [Reply({"word": np.array(a)}, {}) for a in answers]
    return marks(WORDS, replies, SAID, **keywords)


def test_words_are_counted_together_where_they_are_hidden_and_a_constant_earns_nothing():
    right = [str(results["word"]) for results in SAID]
    assert [m.earned for m in told(right, hidden=True)] == [10, 1]
    for word in {*right, "x"}:
        mark, untouched = told([word] * 10, hidden=True)
        assert (mark.earned, untouched.earned) == (0, 0)
        assert mark.said == f"{right.count(word)} of 10 right"
    seven = told([*right[:7], "x", "x", "x"], hidden=True)
    assert (seven[0].points, seven[0].earned) == (10, 10 * (7 - 2) // (10 - 2))
    assert seven[0].said == "7 of 10 right"
    other = told([*right[3:], "x", "x", "x"], hidden=True)
    assert {m.test for m in other} == {m.test for m in seven}  # no test is told by itself
    assert len(told(right)) == 11  # but where all is public


def test_errors_are_told_once_where_tests_are_counted_together():
    (mark, _) = marks(WORDS, [Reply(error="NameError: x")] * 10, SAID, hidden=True)
    assert mark.said == "0 of 10 right\nNameError: x"
    failed = [Reply(error="SyntaxError", loaded=False)] * 10
    assert marks(WORDS, failed, SAID, hidden=True)[0].said == "SyntaxError"


def test_numbers_are_told_one_by_one_also_where_they_are_hidden():
    assert len(marks(CASES, replies(), RIGHT, hidden=True)) == 5


def test_a_judge_of_the_tests_decides_and_cannot_be_upset():
    def wrong9_1(arrays, results):
        return "" if results["y"].sum() > 0 else "too small"

    tests = SimpleNamespace(wrong9_1=wrong9_1)
    answers = [Reply({"y": np.ones(3)}, {}), Reply({"y": -np.ones(3)}, {}), Reply({}, {})]
    cases = [Case("9.1", str(k), 1, {"x": X}) for k in range(3)]
    found = marks(cases, answers, [{}] * 3, tests)
    assert [mark.earned for mark in found] == [1, 0, 0, 1]
    assert found[1].said.startswith("too small\ntried with x")
    assert "is not what was asked for: 'y'" in found[2].said


def test_parts_of_an_answer_earn_points_by_themselves():
    tests = SimpleNamespace(parts9_1=("dW", "db"))
    case = Case("9.1", "one", 4, {"x": X})
    arrays = {"how many dW": 2, "dW0": 1, "dW1": 2, "how many db": 1, "db0": 3}
    right = {name: np.array(float(value)) for name, value in arrays.items()}
    for wrong, points in [("dW1", (0, 2)), ("db0", (2, 0)), ("how many dW", (0, 2))]:
        got = right | {wrong: np.array(9.0)}
        found = marks([case], [Reply(got, {})], [right], tests)
        assert [mark.test for mark in found] == ["one, dW", "one, db", UNTOUCHED]
        assert tuple(mark.earned for mark in found) == (*points, 1)
        assert [mark.points for mark in found] == [2, 2, 1]
    failed = marks([case], [Reply(error="NameError")], [right], tests)
    assert [mark.earned for mark in failed] == [0, 0, 0]
