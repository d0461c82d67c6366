"""The exercises: each answer gets its verdict, a common mistake its own words, a try its solution.

What students may write in the cells "now write it" stands in ``written_01.py`` and so on: three
other right forms, and five mistakes, each with words that are said of it.
"""

import inspect
import re
import sys
import textwrap
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

import tinynet as tn
from tinynet.__main__ import main
from tinynet.exercises import check, checking, headings, hint, solution
from tinynet.exercises.kinds import Code, Explain, Number

FOLDER = Path(__file__).parents[1] / "lessons"
LESSONS = {
    f"{mark}{int(path.name[:2])}": path
    for mark, folder in (("", FOLDER), ("L", FOLDER / "later"))
    for path in sorted(folder.glob("[0-9][0-9]_*.py"))
}
ALL = {
    name: exercise for lesson in LESSONS for name, exercise in checking.of_lesson(lesson).items()
}


def of_kind(kind):
    return [name for name, exercise in ALL.items() if isinstance(exercise, kind)]


def right_answer(exercise):
    if isinstance(exercise, Explain):
        return exercise.solution
    return (
        exercise.right()
        if isinstance(exercise, Number) and callable(exercise.right)
        else (exercise.right)
    )


def stub(*arguments, **keywords):
    raise NotImplementedError


@pytest.fixture(autouse=True)
def _nobody_has_tried(monkeypatch):
    monkeypatch.setattr(checking, "_tried", set())
    monkeypatch.setattr(checking, "_hints_given", {})


# ---------------------------------------------------------------------------- all of them


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_asks_for_a_number_some_code_and_an_explanation_and_checks_each_once(lesson):
    exercises = checking.of_lesson(lesson)
    kinds = {type(exercise) for exercise in exercises.values()}
    assert kinds == {Number, Code, Explain}
    assert list(exercises) == [f"{lesson}.{k}" for k in range(1, len(exercises) + 1)]
    text = LESSONS[lesson].read_text(encoding="utf-8")
    assert re.findall(r'^check\("(L?[\d.]+)", \w+\)$', text, re.MULTILINE) == list(exercises)


@pytest.mark.parametrize("name", ALL)
def test_the_reference_passes_and_no_answer_is_met_kindly(name, capsys):
    assert check(name, right_answer(ALL[name]))
    assert not check(name, None)
    assert "no answer yet" in capsys.readouterr().out
    if isinstance(ALL[name], Code):
        assert not check(name, stub)
        assert "no answer yet" in capsys.readouterr().out


@pytest.mark.parametrize("name", ALL)
def test_there_are_two_hints_and_a_solution_after_a_try(name, capsys):
    exercise = ALL[name]
    solution(name)
    assert "try first" in capsys.readouterr().out
    hint(name)
    hint(name)
    first, second = (line for line in capsys.readouterr().out.split("Exercise ") if line)
    assert first.startswith(f"{name}, hint 1 of 2: ")
    assert second.startswith(f"{name}, hint 2 of 2: ")
    check(name, right_answer(exercise))
    capsys.readouterr()
    solution(name)
    lines = capsys.readouterr().out.splitlines()[1:]
    assert [line.strip() for line in lines] == [
        line.strip() for line in exercise.solution.strip().splitlines()
    ]
    least, most = (1, 5) if isinstance(exercise, Explain) else (3, 14)
    assert least <= len(lines) <= most


@pytest.mark.parametrize("name", of_kind((Number, Code)))
def test_a_common_mistake_gets_its_own_words(name, capsys):
    exercise = ALL[name]
    for said, mistake in exercise.wrong.items():
        if isinstance(exercise, Number) and callable(mistake):
            mistake = mistake(np.asarray(right_answer(exercise), dtype=float))
        assert not check(name, mistake), said
        assert f"not yet: {said}" in capsys.readouterr().out


@pytest.mark.parametrize("name", of_kind(Number))
def test_a_number_states_its_tolerance_and_its_solution_ends_with_the_answer(name):
    exercise, right = ALL[name], right_answer(ALL[name])
    if isinstance(right, str):
        assert right in exercise.solution.lower()
        return
    item = text_of(name)
    assert f"ithin {100 * exercise.within:g} %" in item, item
    found = [float(n.replace(",", "")) for n in re.findall(r"-?\d[\d,]*\.?\d*(?:e-?\d+)?|-?\.\d+",
             exercise.solution)]  # fmt: skip
    for wanted in np.ravel(right):
        assert any(abs(n - wanted) <= exercise.within * np.abs(right).max() for n in found), wanted


@pytest.mark.parametrize("name", of_kind(Code))
def test_the_code_of_a_solution_is_right(name):
    room = {"np": np, "tn": tn}
    exec(textwrap.dedent(ALL[name].solution), room)
    *_, written = (entry for entry in room.values() if inspect.isfunction(entry))
    assert check(name, written)


def text_of(name):
    """The text of an exercise in its lesson: an item of the list, or the prose above its cell."""
    lesson, number = name.split(".")
    text = LESSONS[lesson].read_text(encoding="utf-8")
    item = re.search(rf"^# {number}\. (.*?)(?=^# \d+\. |^$|^# %%)", text, re.MULTILINE | re.DOTALL)
    found = item[0] if item else text[: text.index(f'check("{name}"')].split("# %% [markdown]")[-1]
    return re.sub(r"\s*\n# *", " ", found)


# ---------------------------------------------------------------------------- now write it


NOW_WRITE_IT = ["1", "2", "3", "6", "7", "9", *(lesson for lesson in LESSONS if lesson[0] == "L")]


@pytest.mark.parametrize("lesson", NOW_WRITE_IT)
def test_other_right_forms_pass_and_planted_mistakes_are_told(lesson, capsys):
    name, written = f"{lesson}.1", import_module(f"written_{lesson.zfill(2)}")
    assert len(written.RIGHT) >= 3
    assert len(written.WRONG) >= 5
    for form in written.RIGHT:
        assert check(name, form), inspect.getsource(form) + capsys.readouterr().out
    capsys.readouterr()
    for mistake, words in written.WRONG:
        assert not check(name, mistake), inspect.getsource(mistake)
        assert words in capsys.readouterr().out, inspect.getsource(mistake)


# ---------------------------------------------------------------------------- kinds of answers

HINTS = ("a", "b")


@pytest.mark.parametrize(
    ("answer", "right", "verdict", "words"),
    [
        (0.2911, 0.2913, True, "right."),
        (0.2, 0.2913, False, "0.2 is 31 % too small (within 1 % counts as right)"),
        (0.9, 0.2913, False, "3.1 times too large"),
        (np.array([0.2913]), 0.2913, False, "expected a single number, got shape (1,)"),
        ((0, 2913), 0.2913, False, "write a decimal point"),
        (-0.2913, 0.2913, False, "the size is right, the sign is not"),
        (-0.5, 0.2913, False, "not even the right sign"),
        (0.1, 0.2, False, "0.1 is 2 times too small"),
        (400.0, 0.4, False, "1,000 times too large"),
        (0.0, 0.4, False, "0 is much too small"),
        (3, 2, False, "3 is too large."),
        (-0.5, -0.4, False, "25 % too large"),
        (0.0, 1e-9, False, "not yet"),
        (float("nan"), 0.2913, False, "not yet"),
        ("a", 0.2913, False, "expected a number"),
        ([0.1, [0.2]], 0.2913, False, "expected a number"),
        ([1.0, 2.0], [1.0, 2.001], True, "right."),
        ([1.0, 3.0], [1.0, 2.0], False, "the first at [1]"),
        ([1.0], [1.0, 2.0], False, "expected numbers of shape (2,), got shape (1,)"),
        (" Tanh ", "tanh", True, "right."),
        ("sigmoid", "tanh", False, "not yet"),
    ],
)
def test_a_number_gets_its_verdict(answer, right, verdict, words):
    found = Number(right, HINTS, "").verdict(answer)
    assert found.good is verdict
    assert words in found.said


@pytest.mark.parametrize(("answer", "verdict"), [(0.35, True), (0.25, True), (0.37, False)])
def test_an_answer_within_the_margin_is_right(answer, verdict):
    assert Number(0.3, HINTS, "", within=0.2).verdict(answer).good is verdict


DOUBLE = Code(
    right=lambda x, k: 2 * x,
    draw=lambda rng: {"x": rng.normal(size=(3, 4)), "k": 2.0},
    gives=("y",),
    hints=HINTS,
    solution="",
)


def half_done(x, k):
    return None


def in_place(x, k):
    x *= 2
    return x


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda x, k: x + x, "right. y as it should be"),
        (lambda x, k: 6 * x, "y: differs by the factor 3: the mean over the batch?\n"),
        (lambda x, k: -2 * x, "y: has the other sign"),
        (lambda x, k: 2 * x.T, "y: expected shape (3, 4), got (4, 3): is it transposed?"),
        (lambda x, k: 2 * x + (x > 0), "numbers are not right, the first at"),
        (lambda x, k: x @ x, "ValueError: matmul"),
        (lambda x: x, "TypeError"),
        (lambda x, k: (x, x), "y: expected shape"),
        (half_done, "got None: is there a return?"),
        (in_place, "x was changed in place: work on a copy"),
        (3, "expected a function"),
    ],
)
def test_a_function_gets_its_verdict(answer, words):
    found = DOUBLE.verdict(answer)
    assert words in found.said
    assert found.good is (words[:5] == "right")


def test_an_error_in_a_students_code_is_told_with_its_line():
    found = DOUBLE.verdict(lambda x, k: undefined)  # noqa: F821
    line = inspect.currentframe().f_lineno - 1
    assert f"NameError: name 'undefined' is not defined (line {line})" in found.said
    assert "tried with x (3, 4), k = 2.0" in found.said


@pytest.mark.parametrize(
    ("answer", "good", "words"),
    [
        ("Because the sign of what comes in decides.", True, "compare yours with this one."),
        ("because", False, "expected a sentence or two"),
        (3, False, "expected a sentence or two"),
    ],
)
def test_an_explanation_is_compared_by_who_wrote_it(answer, good, words):
    found = Explain("The model.", HINTS, ("what?",)).verdict(answer)
    assert found.good is good
    assert words in found.said


@pytest.mark.parametrize("function", [hint, solution, lambda name: check(name, 1)])
@pytest.mark.parametrize("name", ["1.99", "99.1", "one", "1"])
def test_an_exercise_that_is_not_there_is_refused(function, name):
    with pytest.raises(ValueError, match=rf"exercise: expected one of .*got '{name}'"):
        function(name)


# ---------------------------------------------------------------------------- the command

LESSON = '''# %% [markdown]
"""
A lesson
========
"""
# %%
import numpy as np
from tinynet.exercises import check

raise SystemExit("the lesson ran")
made = 1

def helper(x):
    return x

# %%
answer_2 = {answer}
check("1.2", answer_2)
check("1.3", 0.5)
'''


@pytest.fixture
def lesson(tmp_path):
    def write(answer):
        path = tmp_path / "01_mine.py"
        path.write_text(LESSON.format(answer=answer), encoding="utf-8")
        return path

    return write


def said(arguments, capsys):
    status = main(["exercise", *arguments])
    out, err = capsys.readouterr()
    return status, out + err


def test_the_command_checks_the_answers_and_does_not_run_the_lesson(lesson, capsys):
    path = str(lesson("-0.104"))
    status, printed = said(["1", "--file", path], capsys)
    assert status == 0
    assert "Exercise 1.2: right." in printed
    assert "Exercise 1.3: not yet" in printed
    assert "Exercise 1.4: no check of it" in printed
    _, printed = said(["1.2", "--file", path, "--hint", "--hint", "--solution"], capsys)
    assert "1.3" not in printed
    for part in ("right.", "hint 1 of 2", "hint 2 of 2", "a solution"):
        assert f"Exercise 1.2{'' if part == 'right.' else ','}" in printed
        assert part in printed


@pytest.mark.parametrize(
    ("answer", "words"),
    [("two", "line 17: NameError"), ("0.5 0.6", "line 17: invalid syntax"), ("None", "no answer")],
)
def test_the_command_tells_what_stops_an_answer(lesson, capsys, answer, words):
    path = lesson(answer)
    _, printed = said(["1.2", "--file", str(path)], capsys)
    assert words in printed
    assert "Traceback" not in printed


@pytest.mark.parametrize(
    ("answer", "of_a_cell"), [("made", True), ("helper(2)", True), ("two", False)]
)
def test_a_name_of_a_cell_that_is_not_run_is_explained(lesson, capsys, answer, of_a_cell):
    _, printed = said(["1.2", "--file", str(lesson(answer))], capsys)
    assert f"NameError: name '{answer.partition('(')[0]}'" in printed
    assert ("is not run here" in printed) == of_a_cell


def test_an_answer_that_stops_does_not_keep_others_from_being_checked(lesson, capsys):
    _, printed = said(["1", "--file", str(lesson("made"))], capsys)
    assert "Exercise 1.2:" not in printed
    assert printed.count("NameError") == 1
    assert "Exercise 1.3: not yet" in printed


def test_a_module_that_is_not_installed_ends_the_command_with_one_line(lesson, capsys):
    path = lesson("1")
    path.write_text(f"import not_here\n{path.read_text()}")
    status, printed = said(["1", "--file", str(path)], capsys)
    assert status == 1
    assert "No module named 'not_here'" in printed
    assert sys.executable in printed


def test_a_later_lesson_may_be_named_in_small_letters(capsys):
    status, printed = said(["l1.2"], capsys)
    assert status == 0
    assert "Exercise L1.2: no answer yet" in printed


@pytest.mark.parametrize("which", ["77", "1.77", "one", "1.2.3"])
def test_the_command_refuses_what_is_no_exercise(which, capsys):
    with pytest.raises(SystemExit):
        main(["exercise", which])
    assert "expected" in capsys.readouterr().err


def test_the_command_finds_the_lessons_from_anywhere(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    status, printed = said(["2"], capsys)
    assert status == 0
    assert printed.count("no answer yet") == len(checking.of_lesson("2"))


# ---------------------------------------------------------------------------- headings


def test_the_headings_of_a_lesson_are_found():
    text = LESSONS["1"].read_text(encoding="utf-8")
    found = dict(headings.headings(text))
    assert list(found.values())[:3] == ["One neuron by hand", "Forward", "Backward"]
    assert text.splitlines()[list(found)[1] - 1] == "# Forward"
