"""An instructor's own assignment is checked before it goes out."""

import pytest
from small_class import SOLUTION, TESTS, write_assignment

from tinynet.__main__ import main
from tinynet.classroom import verifying
from tinynet.classroom.assignments import all_in, find
from tinynet.classroom.verifying import undeserved, verify, wrong_marks


@pytest.fixture
def folder(tmp_path):
    return write_assignment(tmp_path) / "09_scales"


def refused(folder, solution=SOLUTION, tests=TESTS):
    """What is said of an assignment with another text."""
    (folder / "solution.py").write_text(solution)
    (folder / "tests.py").write_text(tests)
    with pytest.raises(ValueError, match="09_scales: ") as error:
        verify(folder)
    return str(error.value)


FIRST = "    ### BEGIN SOLUTION Task 9.1: x, times a factor\n"
END = "    return stretched\n    ### END SOLUTION\n"
LAST = "    return x - middle\n    ### END SOLUTION\n"
MARKS = {
    "another case": (FIRST, FIRST.replace("BEGIN", "Begin"), "line 8: expected '### BEGIN"),
    "another case of solution": (FIRST, FIRST.replace("SOLUTION", "Solution"), "line 8: expected"),
    "no colon": (FIRST, FIRST.replace("9.1:", "9.1"), "line 8: expected '### BEGIN SOLUTION Task"),
    "no title": (FIRST, FIRST.replace(" x, times a factor", ""), "line 8: expected"),
    "two signs": (FIRST, FIRST.replace("###", "##"), "line 8: expected"),
    "a tab": (FIRST, FIRST.replace("    ", "\t"), "line 8: expected"),
    "a space at the end": (END, END.replace("SOLUTION\n", "SOLUTION \n"), ""),
    "no END": (
        END,
        "    return stretched\n",
        "task 9.2 begins before the ### END SOLUTION of task",
    ),
    "no END at last": (
        "    return x - middle\n    ### END SOLUTION\n",
        "",
        "task 9.2 has no ### END",
    ),
    "no BEGIN": (FIRST, "", "an END without a BEGIN"),
    "another depth": (
        END,
        END.replace("    ### END", "  ### END"),
        "END is indented by 2, its",
    ),
    "a number twice": ("Task 9.2", "Task 9.1", "task 9.1 is marked in line 8 already"),
}


@pytest.mark.parametrize(("right", "wrong", "said"), MARKS.values(), ids=MARKS)
def test_a_mark_that_is_not_whole_is_refused_with_its_line(folder, right, wrong, said):
    assert SOLUTION.count(right) == 1
    told = refused(folder, SOLUTION.replace(right, wrong))
    assert "09_scales: solution.py" in told
    assert said in told


def test_whole_marks_are_taken():
    assert list(wrong_marks(SOLUTION)) == []
    for assignment in all_in():
        assert list(wrong_marks(assignment.solution)) == []


def test_a_solution_without_marks_is_refused(folder):
    assert "no task is marked" in refused(folder, "def scaled(x, factor):\n    return x\n")


def test_a_quote_in_a_title_is_kept(folder):
    title = r'x, "times" a \factor'
    (folder / "solution.py").write_text(SOLUTION.replace("x, times a factor", title))
    space = {}
    exec(verify(folder).stub, space)
    with pytest.raises(NotImplementedError) as error:
        space["scaled"](1, 2)
    assert str(error.value) == f"Task 9.1: {title}"


def test_a_stub_that_does_not_compile_is_refused(folder):
    wrong = SOLUTION.replace(
        "    return stretched\n    ### END SOLUTION\n",
        "    if True:\n        return stretched\n    ### END SOLUTION\n        x = 1\n",
    )
    told = refused(folder, wrong)
    assert "the student's copy does not compile: " in told
    assert "scales.py" in told


ROWS = '{"x": rng.normal(size=(3, 5))}'
FACTOR = '"factor": np.array(rng.uniform(2, 3))}),\n        ("a batch'
NUMPY = "import numpy as np"
CASES = "def cases9_2"
PAIRS = {
    "no task": ("task9_2", "exercise9_2", "there is no task9_2, but task 9.2 is marked"),
    "no cases": (CASES, "def cases_9_2", "there is no cases9_2"),
    "a task too many": (CASES, f"def task9_3(): pass\n\n\n{CASES}", "task9_3 belongs to no task"),
    "a plain number": (
        FACTOR,
        '"factor": 2.5}),\n        ("a batch',
        "cases9_1: 'a factor': factor: expected an array of numbers or text, got float",
    ),
    "a list": (ROWS, '{"x": [1.0]}', "x: expected an array of numbers or text, got list"),
    "objects": (ROWS, '{"x": np.array([None])}', "got object"),
    "half a point": ('"rows", 2,', '"rows", 0.5,', "whole points, got 'rows' and 0.5"),
    "no point": ('"rows", 2,', '"rows", 0,', "at least 1 point, got 0"),
    "two entries": (f'("rows", 2, {ROWS})', '("rows", 2)', "(name, points, arrays)"),
    "a tolerance": ("1e-2)", "5)", "expected a tolerance from 0 to 1, got 5"),
    "an error in cases": ("x = rng", "x = rnd", "cases9_1: NameError: name 'rnd' is not defined"),
    "cases without a return": (
        '    return [\n        ("rows"',
        '    [\n        ("rows"',
        "NoneType",
    ),
    "no arrays": (ROWS, "[1]", "cases9_2: 'rows': expected a dict of arrays, got list"),
    "no case": (
        '    return [\n        ("rows"',
        '    return []\n    [\n        ("rows"',
        "got none",
    ),
    "an error in a task": ("student.centred", "student.central", "line 19, in task9_2: return"),
    "no dict": ('{"z": student.centred(x)}', "student.centred(x)", "a dict of arrays, got ndarray"),
    "chance of its own": (ROWS, '{"x": np.random.normal(size=(3, 5))}', "the same arrays from"),
    "a syntax error": (NUMPY, f"{NUMPY}\ndef (", 'File "tests.py", line 4'),
    "an error": (NUMPY, f"{NUMPY}\n1 / 0", "tests.py, line 4, in <module>: 1 / 0"),
}


@pytest.mark.parametrize(("right", "wrong", "said"), PAIRS.values(), ids=PAIRS)
def test_tests_that_do_not_fit_are_refused_by_name(folder, right, wrong, said):
    assert right in TESTS
    assert said in refused(folder, tests=TESTS.replace(right, wrong))


def test_tests_are_loaded_as_the_grader_loads_them(folder):
    told = refused(
        folder, tests=TESTS.replace("import numpy as np", "import numpy as np\nimport tinynet")
    )
    assert "No module named 'tinynet'" in told
    assert "tests.py, line 4, in <module>: import tinynet" in told


def test_a_reference_that_fails_its_own_tests_is_refused(folder):
    told = refused(folder, SOLUTION.replace("x - middle", "x - middle * np.random.uniform()"))
    assert "the reference fails 'rows' of task 9.2" in told


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("return stretched", "return stretched)", 'solution.py: File "scales.py", line 10'),
        (
            "import numpy as np",
            "import numpy as np\n1 / 0",
            "scales.py, line 4, in <module>: 1 / 0",
        ),
        ("x - middle", "x - middel", "the reference, in 'rows' of task 9.2: NameError: name 'mid"),
    ],
)
def test_a_reference_with_an_error_is_refused_with_its_line(folder, right, wrong, said):
    assert said in refused(folder, SOLUTION.replace(right, wrong))


def test_a_text_without_a_title_is_refused(folder):
    (folder / "README.md").write_text("\n")
    assert "README.md: the first line is the title" in refused(folder)


def test_points_for_nothing_are_refused(folder):
    for wrong, said in [
        ("np.ones((3, 5))", "the constant 0 earns 2 for 'rows' of task 9.2"),
        ("np.arange(15.0).reshape(3, 5) ** 2", "the public answers by heart earns 2"),
    ]:
        assert said in refused(folder, tests=TESTS.replace(ROWS, f'{{"x": {wrong}}}'))


def test_a_solution_that_is_left_in_the_stub_is_refused(folder):
    solution = SOLUTION.replace(
        "def centred(x):",
        "def centred(x):\n    return x - x.mean(axis=1, keepdims=True)\n\n\ndef other(x):",
    )
    assert "the student's copy earns 2 for 'rows' of task 9.2" in refused(folder, solution)


@pytest.mark.parametrize("number", "123456789")
def test_nothing_is_earned_for_nothing_in_the_assignments_of_the_lessons(number):
    assignment = find(number)
    for seed in ("a", "b"):
        assert list(undeserved(assignment, seed)) == []


def test_the_commands_refuse_and_say_why(folder, tmp_path, capsys):
    place = ["--assignments", str(folder.parent)]
    assert main(["assignment", "verify", "9", *place]) == 0
    assert "09_scales: the reference earns all points" in capsys.readouterr().out
    (folder / "solution.py").write_text(SOLUTION.replace(FIRST, FIRST.lower()))
    for words in (["verify", "9"], ["release", "9", str(tmp_path / "handout")]):
        assert main(["assignment", *words, *place]) == 1
        assert "solution.py, line 8: expected" in capsys.readouterr().err
    assert not (tmp_path / "handout").exists()


def test_a_broken_neighbour_stops_nobody(folder):
    (folder.parent / "10_broken").mkdir()
    (folder.parent / "10_broken" / "solution.py").write_text("def (")
    assert find("9", folder.parent).name == folder.name
    with pytest.raises(FileNotFoundError, match="it has no README.md and no tests.py"):
        find("10", folder.parent)


def test_a_folder_without_its_files_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"needs README.md, solution.py, tests.py"):
        verifying.verify(tmp_path)
