"""A class for a term: a roster, downloads, decisions, and grading again."""

import csv
import json
import os
import signal
import time
from pathlib import Path

import pytest
from small_class import FULL, HALF, SOLUTION, start, write_assignment

from tinynet.__main__ import main
from tinynet.classroom import classes, grading, overrides, roster, submissions
from tinynet.classroom.submissions import Submission

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


@pytest.fixture
def handed_in(tmp_path):
    (tmp_path / "handed in").mkdir()
    for name, source in [("ann", SOLUTION), ("bob", HALF), ("eve", SOLUTION)]:
        (tmp_path / "handed in" / f"{name}.py").write_text(source)
    return tmp_path / "handed in"


def grade(assignments, folder, *options):
    """Exit code of ``assignment grade``, in this process."""
    place = ["--assignments", str(assignments), "--out", str(folder.parent / "out")]
    return main(["assignment", "grade", "9", str(folder), *place, *map(str, options)])


def rows(folder, name="gradebook.csv"):
    with open(folder.parent / "out" / name, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def points(folder):
    return {row["student"]: int(row["points"]) for row in rows(folder)}


# ---------------------------------------------------------------------------- grading again


@pytest.fixture
def ran(monkeypatch):
    """The submissions that were run, but for the reference."""
    seen = []
    run = grading.run

    def counted(file, source, *arguments):
        seen.append(source)
        return run(file, source, *arguments)

    monkeypatch.setattr(grading, "run", counted)
    return seen


def test_only_what_changed_is_run_again_and_the_rest_stays(assignments, handed_in, ran, capsys):
    assert grade(assignments, handed_in) == 0
    assert len(ran) == 4
    out = handed_in.parent / "out"
    before = {path: path.stat().st_mtime_ns for path in (out / "reports").iterdir()}
    ran.clear()
    (handed_in / "bob.py").write_text(SOLUTION + "# better\n")
    assert grade(assignments, handed_in) == 0
    assert ran == [SOLUTION, SOLUTION + "# better\n"]
    assert points(handed_in) == {"ann": FULL, "bob": FULL, "eve": FULL}
    changed = {p.stem for p, at in before.items() if p.stat().st_mtime_ns != at}
    assert changed == {"bob"}
    assert "1 of 3 run" in capsys.readouterr().out
    ran.clear()
    assert grade(assignments, handed_in) == 0
    assert ran == []


def test_another_assignment_text_or_version_runs_all_again(tmp_path, handed_in, ran, monkeypatch):
    place = write_assignment(tmp_path)
    for name in ("bob.py", "eve.py"):
        (handed_in / name).unlink()
    assert grade(place, handed_in) == 0
    for change in ("solution.py", "tests.py"):
        ran.clear()
        path = place / "09_scales" / change
        path.write_text(path.read_text() + "\n# another\n")
        assert grade(place, handed_in) == 0
        assert len(ran) == 2
    ran.clear()
    monkeypatch.setattr("tinynet.classroom.kept.versions", lambda: {"numpy": "9"})
    assert grade(place, handed_in) == 0
    assert len(ran) == 2
    about = json.loads((handed_in.parent / "out" / "about.json").read_text())
    assert about == {"assignment": "09_scales", "versions": {"numpy": "9"}}


def test_a_few_are_run_again_by_name(assignments, handed_in, ran):
    assert grade(assignments, handed_in) == 0
    ran.clear()
    (handed_in / "bob.py").write_text("def broken(:")
    assert grade(assignments, handed_in, "--only", "ann", "--only", "eve") == 0
    assert ran == [SOLUTION] * 3
    assert points(handed_in) == {"ann": FULL, "bob": 4, "eve": FULL}
    assert grade(assignments, handed_in) == 0
    assert points(handed_in) == {"ann": FULL, "bob": 0, "eve": FULL}


def test_who_left_is_removed(assignments, handed_in):
    assert grade(assignments, handed_in) == 0
    (handed_in / "eve.py").unlink()
    assert grade(assignments, handed_in) == 0
    assert points(handed_in) == {"ann": FULL, "bob": 4}
    out = handed_in.parent / "out"
    assert {p.stem for k in ("reports", "results") for p in (out / k).iterdir()} == {"ann", "bob"}


def test_a_stopped_grading_goes_on(assignments, handed_in):
    (handed_in / "eve.py").write_text("while True: pass")
    out = handed_in.parent / "out"
    words = ("grade", "9", handed_in, "--assignments", assignments, "--out", out, "--workers", "1")
    with start(*words) as grader:
        until = time.monotonic() + 30
        while not (out / "results" / "bob.json").exists():
            assert time.monotonic() < until
            time.sleep(0.05)
        grader.send_signal(signal.SIGINT)
        said = grader.communicate(timeout=10)[1]
    assert grader.returncode == 130
    assert "the same command goes on" in said
    times = {path: path.stat().st_mtime_ns for path in (out / "results").iterdir()}
    (handed_in / "eve.py").write_text(SOLUTION)
    assert grade(assignments, handed_in) == 0
    assert points(handed_in) == {"ann": FULL, "bob": 4, "eve": FULL}
    assert {path: path.stat().st_mtime_ns for path in times} == times


def test_a_damaged_result_is_run_again(assignments, handed_in, ran):
    assert grade(assignments, handed_in) == 0
    ran.clear()
    (handed_in.parent / "out" / "results" / "bob.json").write_text("{")
    assert grade(assignments, handed_in) == 0
    assert ran == [SOLUTION, HALF]


# ---------------------------------------------------------------------------- the roster

ROSTER = "Name,ID,E-Mail\nAnn Lee,7,ann@u.edu\nRoberta Ng,8,bob@u.edu\nZoe Off,9,zoe@u.edu\n"
CANVAS = (
    "\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Old (5)\n"
    "    Points Possible,,,,,5\n"
    '"Lee, Ann",101,s7,ann,A,3\n"Ng, Roberta Mae",102,s8,bob,A,\n'
)
MOODLE = (
    "Identifier,Full name,Email address,Status,Grade,Maximum Grade\n"
    "Participant 55,Ann Lee,ann@u.edu,,,8\nParticipant 56,Ümit Öz,oz@u.edu,,,8\n"
)


@pytest.fixture
def class_list(tmp_path):
    (tmp_path / "roster.csv").write_text(ROSTER)
    return tmp_path / "roster.csv"


def test_the_roster_gives_ids_and_who_handed_in_nothing(
    assignments, handed_in, class_list, capsys, monkeypatch
):
    drawn_for, draw = [], grading.seeds.of_submission
    monkeypatch.setattr(
        grading.seeds,
        "of_submission",
        lambda seed, who, content: drawn_for.append(who) or draw(seed, who, content),
    )
    assert grade(assignments, handed_in, "--roster", class_list) == 0
    assert sorted(drawn_for) == ["", "7", "8", "eve"]  # the first is the reference
    found = [(r["student"], r["id"], r["email"], r["points"], r["note"]) for r in rows(handed_in)]
    assert found == [
        ("Ann Lee", "7", "ann@u.edu", "8", ""),
        ("Roberta Ng", "8", "bob@u.edu", "4", ""),
        ("Zoe Off", "9", "zoe@u.edu", "0", "nothing was handed in"),
        ("eve", "", "", "8", "not on the roster"),
    ]
    printed = capsys.readouterr().out
    assert "points: mean 6.7, median 8, quartiles 6 and 8 of 8" in printed  # of three
    assert "9.2   67 % have full marks: rows without their means" in printed
    assert "fails most: task 9.2, rows: 1 of 3" in printed
    canvas = rows(handed_in, "canvas.csv")
    assert canvas[0] == dict.fromkeys(canvas[0], "") | {
        "Student": "    Points Possible",
        "Assignment 9: scales": "8",
    }
    assert [(r["SIS User ID"], r["Assignment 9: scales"]) for r in canvas[1:]] == [
        ("7", "8"),
        ("8", "4"),
        ("9", "0"),
    ]
    moodle = [(r["Email address"], r["Grade"]) for r in rows(handed_in, "moodle.csv")]
    assert moodle == [("ann@u.edu", "8"), ("bob@u.edu", "4"), ("zoe@u.edu", "0")]
    (handed_in / "bob.py").write_text(SOLUTION)  # and one alone, again
    assert grade(assignments, handed_in, "--roster", class_list, "--only", "8") == 0
    moodle = [(r["Email address"], r["Grade"]) for r in rows(handed_in, "moodle.csv")]
    assert moodle == [("ann@u.edu", "8"), ("bob@u.edu", "8"), ("zoe@u.edu", "0")]


def test_a_roster_of_which_one_is_graded_gives_a_line_for_one(assignments, handed_in, class_list):
    assert grade(assignments, handed_in, "--roster", class_list, "--only", "eve") == 0
    assert not (handed_in.parent / "out" / "canvas.csv").exists()
    assert grade(assignments, handed_in, "--roster", class_list, "--only", "ann@u.edu") == 0
    assert [r["SIS User ID"] for r in rows(handed_in, "canvas.csv")] == ["", "7"]


def test_exports_of_canvas_and_moodle_are_read_as_they_are(tmp_path):
    (tmp_path / "c.csv").write_text(CANVAS)
    ann, bob = roster.read(tmp_path / "c.csv")
    assert (ann.name, ann.id) == ("Lee, Ann", "s7")
    for name in ("leeann", "101", "s7", "ann", "Lee, Ann", "LEE_ANN"):
        assert roster.who([ann, bob], [name]) is ann
    assert roster.who([ann, bob], ["ngrobertamae"]) is bob
    (tmp_path / "m.csv").write_text(MOODLE)
    ann, oz = roster.read(tmp_path / "m.csv")
    assert (ann.id, ann.email, oz.id) == ("55", "ann@u.edu", "56")
    assert roster.who([ann, oz], ["u\u0308mit O\u0308z"]) is oz
    assert roster.who([ann, oz], ["56", "nobody"]) is oz
    assert roster.who([ann, oz], ["nobody", ""]) is None
    (tmp_path / "c.csv").write_text(CANVAS.replace(",s7,ann,A,3", ""))  # cut short
    assert [person.id for person in roster.read(tmp_path / "c.csv")] == ["101", "s8"]
    (tmp_path / "s.csv").write_text("Vorname;First name;Last name;ID number\nx;Ann;Lee;3\n")
    assert [(p.name, p.id) for p in roster.read(tmp_path / "s.csv")] == [("Ann Lee", "3")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ROSTER + "Ann Two,7,x@u.edu\n", "the id 7 stands for Ann Lee, Ann Two"),
        (ROSTER + "Ann Two,70,ann@u.edu\n", "the email ann@u.edu stands for Ann Lee, Ann Two"),
        ("a,b\n1,2\n", "expected a first line with name, id, email"),
        ("", "expected a first line"),
        ("Name,ID\nAnn,\nann,\n", "two lines have the same name"),
        ("Name,ID\nAnn Lee,1\nAnn Lee,2\n", ""),
    ],
)
def test_a_roster_that_cannot_be_meant_is_refused_before_anything(
    assignments, handed_in, class_list, capsys, text, said
):
    class_list.write_text(text)
    code = grade(assignments, handed_in, "--roster", class_list)
    assert code == (1 if said else 0)
    assert said in capsys.readouterr().err
    assert (handed_in.parent / "out").exists() == (not said)
    if not said:
        assert {"Ann Lee (1)", "Ann Lee (2)"} < points(handed_in).keys()


def test_names_that_students_chose_are_shown_as_text_and_can_name_a_file(
    assignments, handed_in, class_list
):
    class_list.write_text(f"name,id\nAnn\x1b[31m,ann\n{'é' * 300},bob\n../eve,eve\n")
    assert grade(assignments, handed_in, "--roster", class_list) == 0
    names = ["..-eve", "Ann\\x1b[31m", "é" * 60]
    assert list(points(handed_in)) == names
    reports = handed_in.parent / "out" / "reports"
    assert sorted(path.stem for path in reports.iterdir()) == names


def test_two_submissions_of_one_person_are_refused():
    people = [roster.Person("Ann Lee", "7", "", frozenset({"ann lee", "7", "annlee"}))]
    both = {name: Submission(name, Path(f"{name}.py")) for name in ("7", "ann lee")}
    with pytest.raises(ValueError, match="7 and ann lee are both Ann Lee"):
        classes.enrolled(both, people)


# ---------------------------------------------------------------------------- decisions


def decide(folder, text, where="out"):
    out = folder.parent / where
    out.mkdir(exist_ok=True)
    (out / "overrides.csv").write_text(text)


def test_decisions_survive_a_regrade_and_are_shown_as_such(assignments, handed_in, class_list, ran):
    options = ("--roster", class_list, "--gradescope", "--classroom50")
    text = "student,task,points,comment\n8,9.2,3,an oral exam\nAnn Lee,,,see me\nann,9.1,0,copied\n"
    decide(handed_in, text)
    for count in (4, 0):
        ran.clear()
        assert grade(assignments, handed_in, *options) == 0
        assert len(ran) == count
        found = {row["student"]: row for row in rows(handed_in)}
        bob, ann = found["Roberta Ng"], found["Ann Lee"]
        assert (bob["9.2"], bob["points"]) == ("3", "7")
        assert bob["note"] == "task 9.2: 3 points: an oral exam (by the instructor)"
        assert (ann["9.1"], ann["points"]) == ("0", "4")
        assert "see me (by the instructor)" in ann["note"]
        out = handed_in.parent / "out"
        report = (out / "reports" / "Roberta Ng.txt").read_text()
        assert "Roberta Ng: 7 of 8 points" in report
        assert "+3  decided by the instructor\n          an oral exam (by the inst" in report
        result = json.loads((out / "classroom50" / "Roberta Ng.json").read_text())
        assert (result["score"], result["max-score"]) == (7, 8)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("nobody,9.1,1,", "expected a student of this class, got 'nobody'"),
        ("ann,9.3,1,", "line 2: expected a task of 9.1, 9.2, got '9.3'"),
        ("ann,9.1,5,", "expected points from 0 to 4 for task 9.1, got '5'"),
        ("ann,9.1,-1,", "got '-1'"),
        ("ann,9.1,1.5,", "got '1.5'"),
        ("ann,,1,", "expected a task"),
        ("ann,9.1,,", "expected points or a comment"),
        ("ann,9.1,1,\nann,9.1,2,", "ann has points for task 9.1 twice"),
    ],
)
def test_a_decision_that_cannot_be_meant_is_refused_before_anything(
    assignments, handed_in, capsys, ran, line, said
):
    decide(handed_in, f"student,task,points,comment\n{line}\n")
    assert grade(assignments, handed_in) == 1
    assert said in capsys.readouterr().err
    assert ran == []


def test_decisions_as_spreadsheets_write_them_are_read(tmp_path):
    (tmp_path / "o.csv").write_bytes("\ufeffstudent;task;points;comment\r\nann;9.1;2\r\n".encode())
    assert overrides.read(tmp_path / "o.csv", {"9.1": 4}) == [
        overrides.Override("ann", "9.1", 2, "")
    ]
    (tmp_path / "o.csv").write_bytes(b"student,task\n\xe4,9.1\n")
    with pytest.raises(ValueError, match=r"o.csv: expected text in UTF-8"):
        overrides.read(tmp_path / "o.csv", {"9.1": 4})


def test_a_file_of_decisions_without_columns_is_refused(tmp_path):
    (tmp_path / "o.csv").write_text("ann,9.1,2\n")
    with pytest.raises(ValueError, match="expected the columns student, task, points, comment"):
        overrides.read(tmp_path / "o.csv", {"9.1": 4})


def test_a_gradebook_of_another_assignment_is_refused(assignments, handed_in, capsys, ran):
    out = handed_in.parent / "out"
    out.mkdir()
    (out / "gradebook.csv").write_text("mine")
    assert grade(assignments, handed_in) == 1
    assert "gradebook.csv is of the assignment ?, not of 09_scales" in capsys.readouterr().err
    (out / "about.json").write_text('{"assignment": "02_linear"}')
    assert grade(assignments, handed_in) == 1
    assert "is of the assignment 02_linear, not of 09_scales" in capsys.readouterr().err
    assert ran == []
    assert (out / "gradebook.csv").read_text() == "mine"
    assert grade(assignments, handed_in, "--only", "nobody", "--overwrite") == 1
    assert "--only: expected a student of this class, got 'nobody'" in capsys.readouterr().err


# ---------------------------------------------------------------------------- downloads

DOWNLOADS = {  # what lies in the folder: whose it is, and the file or what is said
    "Ann Lee_12345_assignsubmission_file_/linear.py": ("Ann Lee", "12345", ""),
    "Ann Lee_12345_assignsubmission_file/linear.py": ("Ann Lee", "12345", ""),
    "Ann Lee_12345_assignsubmission_file_linear.py": ("Ann Lee", "12345", ""),
    "leeann_12345_678_linear.py": ("leeann", "12345", ""),
    "leeann_LATE_12345_678_linear-1.py": ("leeann", "12345", ""),
    "ann/linear (1).py": ("ann", "", "graded is linear (1).py"),
    "ann/Linear.py": ("ann", "", "graded is Linear.py"),
    "ann/linear-2.PY": ("ann", "", "graded is linear-2.PY"),
    "ann/deep/er/linear.py": ("ann", "", "graded is deep/er/linear.py"),
    "ann/my work.py": ("ann", "", "graded is my work.py"),
    "ann.PY": ("ann", "", ""),
    "ann/linear.ipynb": ("ann", "", "there is no linear.py; found: linear.ipynb"),
    "ann/linear.zip": ("ann", "", "there is no linear.py; found: linear.zip"),
}


def put(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"# {name}\n")


@pytest.mark.parametrize("name", DOWNLOADS)
def test_names_of_downloads_are_taken_apart(tmp_path, name):
    student, number, said = DOWNLOADS[name]
    put(tmp_path, name)
    ((found, one),) = submissions.submissions(tmp_path, "linear.py").items()
    assert (found, one.student, one.id) == (student, student, number)
    assert said in one.note
    content, source, _ = one.read()
    assert source == (None if "found" in said else f"# {name}\n")
    assert bool(content) == (source is not None)


def test_the_newest_counts_and_it_is_said(tmp_path):
    names = [f"leeann_12345_{k}_linear{n}.py" for k, n in [(90, "-9"), (88, "-10"), (99, "")]]
    put(tmp_path, *names, "ngbo_5_6_linear.py", "ngbo_5_7_tests.py")
    found = submissions.submissions(tmp_path, "linear.py")
    assert found["leeann"].path.name == names[1]
    assert found["leeann"].note == f"the newest of 3 counts: {names[1]}"
    assert found["ngbo"].path.name == "ngbo_5_6_linear.py"


def test_the_handouts_own_files_beside_it_do_not_count(tmp_path):
    put(tmp_path, *(f"ann/hand/{name}.py" for name in ("tests", "test_linear", "mine")))
    assert submissions.submissions(tmp_path, "linear.py")["ann"].path.name == "mine.py"


def test_several_files_are_named_and_none_is_chosen(tmp_path):
    put(tmp_path, "ann/a.py", "ann/b.py", "bob/x/linear.py", "bob/y/linear.py")
    found = submissions.submissions(tmp_path, "linear.py")
    assert found["ann"].read() == (b"", None, "there is no linear.py; found: a.py, b.py")
    assert "found: x/linear.py, y/linear.py" in found["bob"].note


def test_one_name_of_two_students_is_refused(tmp_path):
    put(tmp_path, "leeann_1_2_linear.py", "leeann_3_4_linear.py")
    with pytest.raises(ValueError, match="leeann is the name of several students: 1, 3"):
        submissions.submissions(tmp_path, "linear.py")


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("# coding: latin-1\nx = 'ä'\n".encode("latin-1"), "ä"),
        ("x = 'ä'\n".encode("utf-8-sig"), "ä"),
        ("x = 'ä'\n".encode("utf-16"), "ä"),
        ("# -*- coding: cp1252 -*-\r\nx = '€'\r\n".encode("cp1252"), "€"),
        (b"x = '\xe4'\n", None),
        (b"# coding: nonsense\n", None),
        (b"# coding: rot13\n", None),
        (b"# coding: punycode\n" + b"x" * 300000 + b"-" + b"b" * 300000, None),
    ],
)
def test_what_python_runs_is_read(tmp_path, content, text):
    (tmp_path / "ann.py").write_bytes(content)
    found, source, note = submissions.submissions(tmp_path, "linear.py")["ann"].read()
    assert found == content
    if text is None:
        assert source is None
        assert "ann.py cannot be read: " in note
    else:
        assert text in source
        assert "\ufeff" not in source


def test_a_fifo_or_a_device_is_not_waited_for(tmp_path):
    (tmp_path / "ann").mkdir()
    os.mkfifo(tmp_path / "ann" / "linear.py")
    os.mkfifo(tmp_path / "bob.py")
    found = submissions.submissions(tmp_path, "linear.py")
    assert found["ann"].read()[1:] == (None, "there is no linear.py")
    assert found["bob"].read()[1:] == (None, "bob.py is no file")
    try:
        os.mknod(tmp_path / "eve.py", 0o20644, os.makedev(1, 5))  # /dev/zero, which has no end
    except PermissionError:
        return
    found = submissions.submissions(tmp_path, "linear.py")
    assert found["eve"].read()[1:] == (None, "eve.py is no file")


def test_no_escape_of_a_terminal_reaches_names_reports_or_the_screen(
    assignments, handed_in, capsys
):
    harm = "\x1b]0;owned\x07\x9b31m\u202e"
    (handed_in / f"a{harm}.py").write_text(f"print({harm!r})\nraise ValueError({harm!r})")
    (handed_in / f"b{harm}").mkdir()
    (handed_in / f"b{harm}" / f"{harm}.txt").touch()
    (handed_in / f"c{harm}.zip").touch()
    assert grade(assignments, handed_in) == 0
    out = handed_in.parent / "out"
    written = [path.read_text() for path in out.rglob("*") if path.is_file()]
    written += [str(path) for path in out.rglob("*")] + list(capsys.readouterr())
    assert any("owned" in text for text in written)
    for text in written:
        assert set(text).isdisjoint("\x1b\x07\x9b\u202e")
