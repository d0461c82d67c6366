"""A class is graded: whose file counts, what is written, and that the cases stay a secret."""

import csv
import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest
from small_class import FULL, HALF, SOLUTION, start, write_assignment

from tinynet.__main__ import main
from tinynet._internal.progress import Silent
from tinynet.classroom import grading, processes, reports, seeds
from tinynet.classroom.assignments import PUBLIC, find
from tinynet.classroom.marking import Mark
from tinynet.classroom.running import MIB, Limits

pytestmark = pytest.mark.skipif(os.name != "posix", reason="grading needs Linux or macOS")


@pytest.fixture(autouse=True, scope="module")
def classroom50():
    """The variables that Classroom 50 sets."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("CLASSROOM", "ASSIGNMENT", "OWNER", "COMMIT_URL", "RELEASE_URL"):
            patch.setenv(name, "https://somewhere")
        patch.setenv("SUBMISSION_TAG", "submit/2026-06-01T14-32-05Z-a1b2c3d")
        yield


@pytest.fixture(scope="module")
def assignments(tmp_path_factory):
    return write_assignment(tmp_path_factory.mktemp("instructor"))


@pytest.fixture(scope="module")
def assignment(assignments):
    return find("9", assignments)


@pytest.fixture
def handed_in(tmp_path):
    """An empty folder for submissions."""
    (tmp_path / "handed in").mkdir()
    return tmp_path / "handed in"


def graded(assignment, folder, seed="a secret", **keywords):
    """Points by student."""
    found = grading.grade(assignment, folder, seed, progress=Silent, **keywords)
    return {one.student: sum(one.points.values()) for one in found}


def command(assignments, folder, *options):
    """Exit code of ``assignment grade``, in this process."""
    place = ["--assignments", str(assignments), "--out", str(folder.parent / "out")]
    return main(["assignment", "grade", "9", str(folder), *place, *map(str, options)])


def rows(folder):
    """The gradebook, as csv reads it."""
    with open(folder.parent / "out" / "gradebook.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


# ---------------------------------------------------------------------------- the gradebook


def a_class(folder, stub):
    """Students of every kind, and the points that each is worth."""
    for student, source in [
        ("zoe", SOLUTION),
        ("Ann-Marie van der Berg", HALF),
        ("Jürgen Müßig", "\ufeff" + SOLUTION.replace("\n", "\r\n")),
        ('=HYPERLINK("x";"y")', stub),
        ("-1+1", SOLUTION),
        ("a,b;c", "def broken(:"),
    ]:
        (folder / f"{student}.py").write_bytes(source.encode())
    for student, name in [("folder", "scales.py"), ("other name", "my_scales.py")]:
        (folder / student).mkdir()
        (folder / student / name).write_text(SOLUTION)
    (folder / "huge.py").write_text("#" * (MIB + 1))
    (folder / "latin.py").write_bytes(b"# \xe4\n" + SOLUTION.encode())
    (folder / "crash.py").write_text("import os\nos._exit(3)")
    (folder / "linked.py").symlink_to(folder / "zoe.py")
    (folder / "linked folder").symlink_to(folder / "folder")
    (folder / "folder of a link").mkdir()
    (folder / "folder of a link" / "scales.py").symlink_to(folder / "zoe.py")
    (folder / ".DS_Store").touch()
    (folder / "__MACOSX").mkdir()
    (folder / "notes.txt").touch()
    full = dict.fromkeys(["zoe", "Jürgen Müßig", "'-1+1", "folder", "other name"], 8)
    nothing = ["huge", "latin", "crash", "linked", "linked folder", "a,b;c"]
    nothing += ["folder of a link", """'=HYPERLINK("x";"y")"""]
    return full | {"Ann-Marie van der Berg": 4} | dict.fromkeys(nothing, 0)


@pytest.fixture(scope="module")
def graded_class(assignments, assignment, tmp_path_factory):
    """A class that was graded, as an instructor types it; with the results that platforms read."""
    folder = tmp_path_factory.mktemp("class") / "handed in"
    folder.mkdir()
    points = a_class(folder, assignment.stub)
    assert command(assignments, folder, "--gradescope", "--classroom50") == 0
    return folder, points


def test_the_gradebook_has_a_line_per_student_in_order(graded_class):
    folder, points = graded_class
    found = rows(folder)
    assert {row["student"]: int(row["points"]) for row in found} == points
    names = [row["student"].removeprefix("'") for row in found]
    assert names == sorted(names)
    for row in found:
        assert list(row) == ["student", "9.1", "9.2", "points", "maximum", "note"]
        assert int(row["9.1"]) + int(row["9.2"]) == int(row["points"])
        assert row["maximum"] == str(FULL)


def test_a_submission_without_code_is_noted_with_the_reason(graded_class):
    notes = {row["student"]: row["note"] for row in rows(graded_class[0])}
    assert notes["other name"] == "there is no scales.py: graded is my_scales.py"
    assert notes["huge"] == f"huge.py has more than {MIB:,} bytes"
    assert "latin.py cannot be read: " in notes["latin"]
    assert notes["linked"] == "linked.py is a link: links are not followed"
    assert "is a link" in notes["linked folder"]
    assert "is a link" in notes["folder of a link"]
    assert notes["zoe"] == ""
    assert (
        notes["a,b;c"] == 'it cannot be loaded: SyntaxError: invalid syntax ("scales.py", line 1)'
    )
    assert notes["crash"].startswith("it cannot be loaded: the process ended before an answer")
    assert notes["""'=HYPERLINK("x";"y")"""] == "nothing was begun"


def test_every_student_has_a_report(graded_class):
    folder, points = graded_class
    reports = {
        path.stem: path.read_text() for path in (folder.parent / "out" / "reports").iterdir()
    }
    assert reports.keys() == {name.removeprefix("'") for name in points}
    for name, earned in points.items():
        name = name.removeprefix("'")
        assert reports[name].startswith(
            f"Assignment 9: scales\n{name}: {earned} of {FULL} points\n"
        )
    half = reports["Ann-Marie van der Berg"]
    assert "Task 9.1: x, times a factor: 4 of 4\n  passed  2 of 2  a factor\n" in half
    assert "Task 9.2: rows without their means: 0 of 4\n  failed  0 of 2  rows\n" in half
    untouched = "leaves its arguments as they were"
    assert f"failed  0 of 1  {untouched} (no test of this task was passed)\n" in half
    assert f"passed  1 of 1  {untouched}\n" in half
    assert "AttributeError: module 'scales' has no attribute 'centred'" in half
    assert "SyntaxError" in reports["a,b;c"]
    assert "(exit code 3)" in reports["crash"]
    assert "there is no scales.py: graded is my_scales.py" in reports["other name"]


def test_what_is_written_is_complete_and_for_its_owner_only(graded_class):
    folder, points = graded_class
    out = folder.parent / "out"
    folders = {"reports", "gradescope", "classroom50", "results"}
    files = {"gradebook.csv", "secret-seed.txt", "about.json"}
    assert {path.name for path in out.iterdir()} == files | folders
    assert out.stat().st_mode & 0o777 == 0o700
    for kind in folders:  # and no partial file is left
        names = {path.stem for path in (out / kind).iterdir()}
        assert names == {name.removeprefix("'") for name in points}


# ---------------------------------------------------------------------------- whose file


def test_a_folder_with_the_file_itself_is_one_students(assignment, handed_in):
    (handed_in / "scales.py").write_text(SOLUTION)
    assert graded(assignment, handed_in) == {"handed in": FULL}


def test_files_that_are_not_submissions_are_named(assignments, handed_in, capsys):
    (handed_in / "ann.py").write_text(SOLUTION)
    for name in ("bob.zip", "eve.ipynb", ".hidden"):
        (handed_in / name).touch()
    assert command(assignments, handed_in) == 0
    assert "not graded, because it is no .py file: bob.zip, eve.ipynb\n" in capsys.readouterr().out


def test_the_folder_may_be_a_link(assignment, handed_in, tmp_path):
    (handed_in / "ann.py").write_text(SOLUTION)
    (tmp_path / "link").symlink_to(handed_in)
    assert graded(assignment, tmp_path / "link") == {"ann": FULL}


REFUSED = {  # by what is handed in: files, and folders that end in /
    "scales.py beside ann.py: whose is it?": ["ann.py", "scales.py"],
    "ann has a folder and a file: which counts?": ["ann.py", "ann/"],
    "expected names of at most 200 bytes": ["n" * 201 + ".py"],
    "expected STUDENT.py or STUDENT/scales.py in": ["ann.txt", ".ann.py"],
    "or STUDENT/scales.py in": [],
}


@pytest.mark.parametrize(("said", "names"), REFUSED.items())
def test_a_folder_that_cannot_be_graded_is_refused_before_grading(
    assignments, handed_in, capsys, said, names
):
    for name in names:
        place = handed_in / name
        place.mkdir() if name.endswith("/") else place.touch()
    assert command(assignments, handed_in) == 1
    assert said in capsys.readouterr().err
    assert not (handed_in.parent / "out").exists()


@pytest.mark.parametrize("there_is_a_file", [True, False])
def test_what_is_no_folder_is_refused(assignments, handed_in, capsys, there_is_a_file):
    handed_in.rmdir()
    if there_is_a_file:
        handed_in.touch()
    assert command(assignments, handed_in) == 1
    assert "not a folder" in capsys.readouterr().err
    assert not (handed_in.parent / "out").exists()


def test_names_that_cannot_be_decoded_are_escaped(assignments, handed_in):
    name = os.path.join(os.fsencode(handed_in), b"M\xfcller.py")
    try:
        with open(name, "w") as file:
            file.write(SOLUTION)
        os.symlink(name, os.path.join(os.fsencode(handed_in), b"\xfc.py"))
    except OSError:
        pytest.skip("this file system knows Unicode only")
    assert command(assignments, handed_in) == 0
    assert [row["student"] for row in rows(handed_in)] == ["M\\xfcller", "\\xfc"]
    assert rows(handed_in)[1]["note"].endswith("fc.py is a link: links are not followed")
    assert (handed_in.parent / "out" / "reports" / "M\\xfcller.txt").is_file()


def test_a_submission_that_may_not_be_read_does_not_end_the_grading(
    assignment, handed_in, monkeypatch
):
    (handed_in / "ann").mkdir()
    (handed_in / "ann" / "scales.py").write_text(SOLUTION)
    (handed_in / "bob.py").write_text(SOLUTION)
    look = Path.is_file

    def locked(path):
        if path.parent.name == "ann":
            raise PermissionError(13, "Permission denied")
        return look(path)

    monkeypatch.setattr(Path, "is_file", locked)
    assert graded(assignment, handed_in) == {"ann": 0, "bob": FULL}


# ---------------------------------------------------------------------------- the seed


def values(cases):
    return [array.tobytes() for case in cases for array in case.arrays.values()]


def test_hidden_cases_differ_from_the_public_ones_and_from_seed_to_seed(assignment):
    public, one, other = (values(assignment.cases(seed)) for seed in (PUBLIC, "one", "other"))
    assert len(set(public + one + other)) == 3 * len(public)
    assert values(assignment.cases("one")) == one


def test_a_new_seed_is_kept_for_its_owner_and_used_again(tmp_path, monkeypatch):
    before = os.umask(0)
    try:
        seed = seeds.secret_seed(tmp_path, None)
        assert len(seed) == 32
        assert seeds.secret_seed(tmp_path / "..", "x") != seed
        file = tmp_path / "secret-seed.txt"
        assert file.stat().st_mode & 0o777 == 0o600
        assert seeds.secret_seed(tmp_path, None) == seed
        file.chmod(0o644)
        assert seeds.secret_seed(tmp_path, " Ä ") == "Ä"
        assert file.stat().st_mode & 0o777 == 0o600
        assert seeds.secret_seed(tmp_path, None) == "Ä"
    finally:
        os.umask(before)


@pytest.mark.parametrize("seed", ["", "  ", None])
def test_an_empty_seed_is_refused(tmp_path, seed):
    (tmp_path / "secret-seed.txt").touch()
    with pytest.raises(ValueError, match="expected a secret, got nothing"):
        seeds.secret_seed(tmp_path, seed)


def test_overwrite_forgets_what_was_and_gives_the_same(assignments, handed_in):
    (handed_in / "ann.py").write_text(SOLUTION.replace("x - middle", "x - middle * (x[0, 0] > 0)"))
    assert command(assignments, handed_in) == 0
    book = handed_in.parent / "out" / "gradebook.csv"
    first = book.read_bytes()
    book.write_text("old")
    gone = book.parent / "reports" / "somebody who left.txt"
    gone.touch()
    assert command(assignments, handed_in, "--overwrite") == 0
    assert book.read_bytes() == first
    assert not gone.exists()


ASKED = "def scaled(x, factor):\n    print(factor)\n    return 0"


def asked(assignment, folder, seed="s", **keywords):
    """What each student's file was asked, by the student."""
    found = grading.grade(assignment, folder, seed, progress=Silent, **keywords)
    return {one.student: one.printed for one in found}


def test_cases_are_drawn_from_seed_student_and_file(assignment, handed_in):
    for name in ("ann.py", "bob.py"):
        (handed_in / name).write_text(ASKED)
    first = asked(assignment, handed_in)
    assert first["ann"] != first["bob"]
    assert set(first.values()).isdisjoint(asked(assignment, handed_in, "other").values())
    named = asked(assignment, handed_in, ids={"ann": "bob"})
    assert named == {"ann": first["bob"], "bob": first["bob"]}
    (handed_in / "ann.py").write_text(ASKED + "  # once more")
    second = asked(assignment, handed_in)
    assert second["ann"] not in first.values()
    assert second["bob"] == first["bob"]
    seed = seeds.of_submission("s", "bob", ASKED.encode())
    cases = assignment.cases(seed)
    expected = [str(c.arrays["factor"]) for c in cases if c.task == "9.1"]
    assert first["bob"].split() == expected


# ---------------------------------------------------------------------------- how it is run


def test_any_number_of_workers_gives_the_same_and_each_result_is_passed_on(assignment, handed_in):
    sources = [SOLUTION, HALF, "1 / 0", SOLUTION.replace("axis=1", "axis=0")]
    for k, source in enumerate(sources):
        (handed_in / f"{k}.py").write_text(source)
    runs = []
    for workers in (1, 50):
        told = []
        options = {"workers": workers, "progress": Silent, "done": told.append}
        found = grading.grade(assignment, handed_in, "s", **options)
        assert sorted(told, key=lambda one: one.student) == found
        runs.append(found)
    assert runs[0] == runs[1]
    assert [sum(one.points.values()) for one in runs[0]] == [8, 4, 0, 4]


@pytest.mark.parametrize(
    "wrong",
    [
        "x - middle + np.random.default_rng().normal()",
        "x - middle if 'tinynet' in __import__('sys').modules else None",
    ],
)
def test_a_reference_that_fails_its_own_tests_stops_the_grading(tmp_path, handed_in, capsys, wrong):
    place = write_assignment(tmp_path)
    solution = place / "09_scales" / "solution.py"
    solution.write_text(SOLUTION.replace("x - middle", wrong))
    (handed_in / "ann.py").write_text(SOLUTION)
    told = []
    with pytest.raises(RuntimeError, match="the reference fails 'rows' of task 9.2: "):
        grading.grade(find("9", place), handed_in, "s", progress=Silent, done=told.append)
    assert told == []
    assert command(place, handed_in) == 1
    assert "error: the reference fails" in capsys.readouterr().err


def test_grading_is_refused_on_windows(assignment, handed_in, monkeypatch):
    (handed_in / "ann.py").write_text(SOLUTION)
    monkeypatch.setattr(grading.os, "name", "nt")
    with pytest.raises(RuntimeError, match="grading needs Linux or macOS"):
        grading.grade(assignment, handed_in, "s")


def test_a_slow_submission_does_not_cost_the_others(assignment, handed_in):
    (handed_in / "slow.py").write_text("while True: pass")
    (handed_in / "good.py").write_text(SOLUTION)
    limits = Limits(seconds=2, in_all=4)
    assert graded(assignment, handed_in, limits=limits) == {"good": FULL, "slow": 0}


def test_ctrl_c_ends_grading_without_a_gradebook_and_leaves_no_process(
    assignments, handed_in, tmp_path
):
    for k in range(4):
        (handed_in / f"{k}.py").write_text("while True: pass" if k else SOLUTION)
    out = tmp_path / "out"
    options = ("--assignments", assignments, "--out", out, "--workers", "2")
    with start("grade", "9", handed_in, *options) as grader:
        until = time.monotonic() + 30
        while not (out / "reports" / "0.txt").exists():
            assert time.monotonic() < until
            time.sleep(0.05)
        time.sleep(0.2)
        grader.send_signal(signal.SIGINT)
        said = grader.communicate(timeout=10)[1]
    assert grader.returncode == 130, said
    assert "gradebook.csv was not written; the reports so far are there" in said
    assert "Traceback" not in said
    assert [path.name for path in out.iterdir() if path.suffix in (".csv", ".part")] == []
    if processes.PROC.is_dir():
        calls = [path.read_bytes() for path in processes.PROC.glob("[0-9]*/cmdline") if alive(path)]
        assert [call for call in calls if b"child.py" in call] == []


def alive(path):
    """A child of a grading of our own, which is over: others may be at work on this machine."""
    try:
        return (path.parent / "stat").read_text().rpartition(")")[2].split()[1] == "1"
    except OSError:
        return False


# ---------------------------------------------------------------------------- reports


def test_cells_that_a_spreadsheet_would_take_for_a_formula_are_text(tmp_path):
    mark = Mark("9.1", "one", 1, 0)
    names = ["=1+1", "+1", "-1", "@x", "\t=1", "plain", "ä b", 'quo"te', "two\nlines"]
    found = [reports.Graded(name, [mark], note=name) for name in names]
    reports.gradebook(found, tmp_path / "book.csv")
    with open(tmp_path / "book.csv", newline="", encoding="utf-8") as file:
        read = list(csv.DictReader(file))
    assert [row["student"] for row in read] == ["'" + n for n in names[:5]] + names[5:]
    assert [row["note"] for row in read] == [row["student"] for row in read]
    assert np.all([row["points"] == "0" for row in read])
