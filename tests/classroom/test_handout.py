"""What students get, and what they are told when they check their file."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from small_class import FULL, HALF, HERE, SOLUTION, typed, write_assignment

from tinynet.__main__ import main
from tinynet._internal.npz import read_npz, write_npz
from tinynet.classroom import handout
from tinynet.classroom.assignments import PUBLIC, all_in, find
from tinynet.classroom.running import LIMITS

NAMES = ["README.md", "scales.py", "tests.py", "test_scales.py", "pytest.ini", "public.npz"]


@pytest.fixture(scope="module")
def assignments(tmp_path_factory):
    return write_assignment(tmp_path_factory.mktemp("instructor"))


@pytest.fixture
def folder(assignments, tmp_path):
    """A student's folder."""
    handout.release(find("9", assignments), tmp_path / "mine")
    return tmp_path / "mine"


def typed_here(capsys, *words):
    """Exit code and all that is printed, of a command in this process."""
    code = main(["assignment", *map(str, words)])
    return code, "".join(capsys.readouterr())


def check(folder, source, capsys, name="scales.py"):
    """Exit code and what is printed, of a check of this text."""
    (folder / name).write_bytes(source if isinstance(source, bytes) else source.encode())
    return typed_here(capsys, "check", folder / name)


# ---------------------------------------------------------------------------- release


def test_release_writes_its_files_into_a_new_or_empty_folder_and_says_so(
    assignments, tmp_path, capsys
):
    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "a" / "new one", tmp_path / "empty"):
        code, printed = typed_here(
            capsys, "release", "scales", folder, "--assignments", assignments
        )
        assert code == 0
        assert sorted(path.name for path in folder.iterdir()) == sorted(NAMES)
        for name in NAMES:
            assert f"Written: {folder / name}\n" in printed
        assert f"assignment check {folder / 'scales.py'}\n" in printed


def test_every_stub_names_its_tasks_and_holds_nothing_of_the_solution(assignments):
    for assignment in [*all_in(assignments), *all_in()]:
        named = re.findall(r'raise NotImplementedError\("Task (.*)"\)\n', assignment.stub)
        assert named == [f"{task}: {what}" for task, what in assignment.tasks.items()]
        rest = re.sub(r"^ +### BEGIN (.*\n)*? +### END.*\n", "", assignment.solution, flags=re.M)
        assert re.sub(r"^ +raise NotImplementedError.*\n", "", assignment.stub, flags=re.M) == rest
        compile(assignment.stub, "stub", "exec")


def test_no_file_of_the_students_holds_a_line_of_the_solution(folder):
    whole = b"".join(path.read_bytes() for path in folder.iterdir())
    for line in ("stretched = factor", "return stretched", "middle = ", "return x - middle"):
        assert line in SOLUTION
        assert line.encode() not in whole


@pytest.mark.parametrize("place", ["full", "full/file", "full/file/mine"])
def test_a_folder_with_files_or_a_file_in_the_way_is_refused_and_kept(
    assignments, tmp_path, capsys, place
):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").write_text("my work")
    place = tmp_path / place
    code, said = typed_here(capsys, "release", "9", place, "--assignments", assignments)
    assert code == 1
    assert "error: " in said
    assert str(place) in said
    assert [path.read_text() for path in tmp_path.rglob("*") if path.is_file()] == ["my work"]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_write_permission_is_refused(assignments, tmp_path, capsys):
    (tmp_path / "locked").mkdir(mode=0o500)
    place = tmp_path / "locked" / "mine"
    code, said = typed_here(capsys, "release", "9", place, "--assignments", assignments)
    assert code == 1
    assert str(place) in said


# ---------------------------------------------------------------------------- names


@pytest.mark.parametrize("name", ["9", "09", "scales", "09_scales"])
def test_an_assignment_is_found_by_name_or_number(assignments, name):
    assert find(name, assignments).name == "09_scales"


@pytest.mark.parametrize("name", ["", "0", "90", "Scales", "scale", "..", "9_scales", "linear"])
def test_an_unknown_assignment_is_refused_with_the_known_ones(assignments, name):
    with pytest.raises(ValueError, match=f"expected one of 09_scales, got '{name}'"):
        find(name, assignments)


def test_assignments_are_listed_with_their_points(assignments, capsys):
    code, printed = typed_here(capsys, "list", "--assignments", assignments)
    assert code == 0
    lines = printed.splitlines()
    assert lines[0].split() == ["09_scales", "Assignment", "9:", "scales", f"({FULL}", "points)"]
    assert lines[1] == "    9.1  x, times a factor (4)"
    assert lines[2] == "    9.2  rows without their means (4)"


def test_without_lessons_the_error_says_what_to_do(tmp_path, capsys):
    place = tmp_path / "lessons" / "assignments"
    code, said = typed_here(capsys, "list", "--assignments", place)
    assert code == 1
    assert "name their folder with --assignments" in said
    (place / "03_half").mkdir(parents=True)
    (place / "03_half" / "solution.py").touch()
    code, said = typed_here(capsys, "list", "--assignments", place)
    assert code == 1
    assert "it has no README.md and no tests.py" in said


# ---------------------------------------------------------------------------- a damaged handout


def test_what_was_released_can_be_read_again(assignments, folder):
    assignment, got = find("9", assignments), handout.read(folder)
    assert (got.title, got.file, got.tasks) == (
        "Assignment 9: scales",
        "scales.py",
        {"9.1": "x, times a factor", "9.2": "rows without their means"},
    )
    cases = assignment.cases(PUBLIC)
    right = assignment.expected(cases)
    for case, other, result, expected in zip(got.cases, cases, got.expected, right, strict=True):
        assert (case.task, case.name, case.points, case.within) == (
            (other.task, other.name, other.points, other.within)
        )
        assert result.keys() == expected.keys()
        for name, array in other.arrays.items():
            np.testing.assert_array_equal(case.arrays[name], array, strict=True)
        for name, array in expected.items():
            np.testing.assert_array_equal(result[name], array, strict=True)


def with_other_bytes(change):
    return lambda path: path.write_bytes(change(path.read_bytes()))


def with_other_contents(change):
    """What writes a file of another record and other arrays, made of its own by ``change``."""

    def harm(path):
        arrays, record = read_npz(path)
        write_npz(path, *change(arrays, record))

    return harm


HARMS = {
    "missing": Path.unlink,
    "empty": with_other_bytes(lambda whole: b""),
    "end": with_other_bytes(lambda whole: whole[:-40]),
    "text": with_other_bytes(lambda whole: b"no arrays"),
    "expected format 'tinynet assignment 1', got 'tinynet network 1'": with_other_contents(
        lambda arrays, record: (arrays, {"format": "tinynet network 1"})
    ),
    "record": with_other_contents(
        lambda arrays, record: (arrays, {k: v for k, v in record.items() if k != "tasks"})
    ),
    "result": with_other_contents(
        lambda arrays, record: ({k: v for k, v in arrays.items() if k != "0 result y"}, record)
    ),
    "arrays": with_other_contents(lambda arrays, record: ({"W": np.ones(2)}, record)),
}


@pytest.mark.parametrize("what", HARMS)
def test_a_damaged_file_is_named(folder, capsys, what):
    HARMS[what](folder / "public.npz")
    code, printed = check(folder, HALF, capsys)
    assert code == 1
    assert f"error: {folder / 'public.npz'}: " in printed
    assert what in printed or "format" not in what


def test_a_flipped_byte_is_refused_or_changes_no_array(folder):
    path = folder / "public.npz"
    whole = path.read_bytes()
    before = handout.read(folder)
    rng = np.random.default_rng(0)
    seen = 0
    for k in rng.integers(0, len(whole), 100):
        path.write_bytes(whole[:k] + bytes([whole[k] ^ 0x55]) + whole[k + 1 :])
        try:
            after = handout.read(folder)
        except ValueError as error:
            # Not every change is seen, so pytest.raises would not do.
            assert "public.npz" in str(error)  # noqa: PT017
            seen += 1
        else:
            for one, other in zip(before.expected, after.expected, strict=True):
                assert {k: v.tobytes() for k, v in one.items()} == {
                    k: v.tobytes() for k, v in other.items()
                }
    assert seen > 30


# ---------------------------------------------------------------------------- check


def test_the_reference_passes(folder, capsys):
    code, printed = check(folder, SOLUTION, capsys)
    assert code == 0
    assert printed.splitlines() == [
        "Assignment 9: scales",
        "",
        "Task 9.1: x, times a factor: 4 of 4",
        "",
        "Task 9.2: rows without their means: 4 of 4",
        "",
        "8 of 8 points. The graded tests are of the same kind, with other numbers.",
        "Right is what differs by at most this share of an array's largest number:"
        " 1e-10 for float64 and 0.0001 for float32 arguments.",
    ]


def test_an_error_at_import_is_told_once(folder, capsys):
    _, printed = check(folder, "import nothing_of_this_name\n" + SOLUTION, capsys)
    assert printed.count("No module named 'nothing_of_this_name'") == 1
    assert printed.count("0 of 4") == 2


@pytest.mark.parametrize("name", ["tests.py", "test_scales.py", "README.md", "."])
def test_only_the_students_file_is_checked(folder, capsys, name):
    assert main(["assignment", "check", str(folder / name)]) == 1
    assert capsys.readouterr().err.startswith("tinynet: error: file: ")


def test_the_stub_counts_as_not_begun(folder, capsys):
    code, printed = check(folder, (folder / "scales.py").read_text(), capsys)
    assert code == 1
    assert "Task 9.1: x, times a factor: 0 of 4, not begun\n\nTask 9.2: rows" in printed
    assert "means: 0 of 4, not begun\n\n0 of 8 points" in printed


def test_each_task_has_a_line_with_its_points_and_what_came_back(folder, capsys):
    wrong = SOLUTION.replace("x - middle", "x * 0 + 8.125").replace(
        "    stretched", "    print('look', x.shape)\n    stretched"
    )
    code, printed = check(folder, wrong, capsys)
    assert code == 1
    assert "Task 9.1: x, times a factor: 4 of 4\n" in printed
    assert "Task 9.2: rows without their means: 0 of 4\n  rows:\n" in printed
    assert "the first at [0, 0]: got [[8.125, 8.125, ..., 8.125, 8.125]" in printed
    assert "tried with x float64 (3, 5); allowed: 1e-10 of the largest number" in printed
    assert "tried with x float32 (3, 5); allowed: 0.01 of the largest number" in printed
    assert "It printed:\nlook (4, 3)\nlook (1, 3)\n" in printed
    assert "4 of 8 points" in printed


def test_a_task_that_is_half_right_gets_part_of_its_points(folder, capsys):
    code, printed = check(folder, SOLUTION.replace("factor *", "factor * (len(x) > 1) *"), capsys)
    assert code == 1
    assert "Task 9.1: x, times a factor: 3 of 4\n  a batch of one:\n" in printed
    assert "factor = 2." in printed


def test_an_error_is_told_with_its_line(folder, capsys):
    _, printed = check(folder, SOLUTION.replace("x - middle", "x - middel"), capsys)
    assert "NameError: name 'middel' is not defined" in printed
    line = SOLUTION[: SOLUTION.index("x - middle")].count("\n") + 1
    assert f"scales.py, line {line}, in centred: return x - middel" in printed


def test_a_syntax_error_is_told_with_its_line(folder, capsys):
    code, printed = check(folder, SOLUTION.replace("return stretched", "return ("), capsys)
    assert code == 1
    assert "SyntaxError: '(' was never closed" in printed
    assert 'File "scales.py", line 10' in printed
    assert "when the file was loaded" in printed
    assert "0 of 8 points" in printed


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("scales.py", SOLUTION.encode("utf-8-sig")),
        ("scales.py", SOLUTION.replace("\n", "\r\n").encode()),
        ("second try.py", SOLUTION.encode()),
        ("scales.py", b"# coding: latin-1\n# \xe4\n" + SOLUTION.encode()),
        ("scales.py", SOLUTION.encode("utf-16")),
    ],
    ids=["BOM", "CRLF", "another name", "a coding line", "UTF-16"],
)
def test_every_editors_line_ends_marks_and_names_are_read(folder, capsys, name, source):
    assert check(folder, source, capsys, name)[0] == 0


def test_what_cannot_be_checked_is_refused(folder, tmp_path, capsys):
    code, said = check(folder, b"# \xe4\n", capsys)
    assert code == 1
    assert f"{folder / 'scales.py'}: cannot be read as Python reads it" in said
    code, said = typed_here(capsys, "check", folder / "scale.py")
    assert code == 1
    assert f"file: {folder / 'scale.py'} is not there" in said
    code, said = check(tmp_path, SOLUTION, capsys)
    assert code == 1
    assert "in the folder that 'assignment release' made" in said


def test_a_file_is_checked_from_its_own_folder_on_an_ascii_console(folder):
    (folder / "scales.py").write_bytes(b"print('\xe2\x88\x82')\n" + SOLUTION.encode())
    code, out, err = typed(
        "check", "scales.py", cwd=folder, env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    )
    assert (code, err) == (0, "")
    assert "It printed:\n\\u2202\n" in out


# ---------------------------------------------------------------------------- pytest


def pytest_in(folder, *arguments):
    """Plain pytest, as a student types it; warnings are errors."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-W", "error", "--strict-markers", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(HERE), "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_pytest_fails_the_stub_passes_the_reference_and_a_marker_selects(folder):
    stub = (folder / "scales.py").read_text().partition("def centred")[2]
    right = SOLUTION.partition("def centred")[0]
    (folder / "scales.py").write_text(f"{right}def centred{stub}")
    done = pytest_in(folder, "-v")
    assert done.returncode == 1
    assert "2 failed, 2 passed" in done.stdout
    assert "NotImplementedError: Task 9.2: rows without their means" in done.stdout
    assert "warning" not in done.stdout
    (folder / "scales.py").write_text(SOLUTION.replace("x - middle", "x + middle"))
    done = pytest_in(folder, "-v", "-m", "task9_2")
    assert "2 failed, 2 deselected" in done.stdout
    assert "[9.2 rows] FAILED" in done.stdout
    assert "task 9.2, rows: z: " in done.stdout


GUARDED = {
    "another package": "import matplotlib\n",
    "tinynet": "def centred(x):\n    import tinynet\n",
    "a neighbour": "import helper\n",
}


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(line, id=name, marks=[pytest.mark.long] if name != "tinynet" else [])
        for name, line in GUARDED.items()
    ],
)
def test_what_the_grader_refuses_to_import_pytest_refuses_too(folder, capsys, line):
    (folder / "helper.py").write_text("")
    code, said = check(folder, SOLUTION + line, capsys)
    assert code == 1
    done = pytest_in(folder)
    assert done.returncode == 1
    for text in (said, done.stdout):
        assert "No module named" in text or "cannot be imported here" in text


def test_what_pytest_passes_check_passes(folder, capsys):
    line = "import csv, numpy.fft, pathlib, scales\npathlib.Path(__file__).read_bytes()\n"
    coding = "# coding: latin-1\n# \xe4\n".encode("latin-1")
    code, said = check(folder, coding + SOLUTION.encode() + line.encode(), capsys)
    assert code == 0, said
    done = pytest_in(folder)
    assert done.returncode == 0, done.stdout


def test_every_handout_says_how_to_begin_and_what_to_hand_in(tmp_path):
    for assignment in all_in():
        place = tmp_path / assignment.name
        handout.release(assignment, place)
        text = " ".join((place / "README.md").read_text(encoding="utf-8").split())
        for words in [
            "Python 3.11 or newer",
            "-m pip install tinynet_check",
            f"Hand in `{assignment.file}` alone",
            f"{LIMITS.seconds:g} seconds for a call and {LIMITS.in_all:g} for all of them",
            f"{LIMITS.processes} processes",
            '"The paper" is X. Glorot and Y. Bengio',
        ]:
            assert words in text


def test_the_lessons_that_a_text_cites_are_those_of_the_table():
    folder = HERE / "lessons" / "assignments"
    table = (folder / "README.md").read_text(encoding="utf-8")
    known = {path.name for path in (HERE / "lessons").glob("*.py")}
    for number, cell in re.findall(r"^\| (\d) \|.*\| (.*) \|$", table, re.MULTILINE):
        text = (find(number).folder / "README.md").read_text(encoding="utf-8")
        cited = re.findall(r"(?<!later/)\b(\d\d)(_\w+\.py)`", text)
        assert {first + rest for first, rest in cited} <= known
        lessons = re.findall(r"\b\d+", cell.partition(", assignment")[0])
        assert {int(first) for first, _ in cited} == {int(lesson) for lesson in lessons}
