"""What other platforms read, and an autograder that is unpacked and run as Gradescope does it."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pytest
from small_class import FULL, SOLUTION, write_assignment

import tinynet as tn
from tinynet.__main__ import main
from tinynet.classroom import autograders, exports, reports, walls
from tinynet.classroom.assignments import find
from tinynet.classroom.marking import Mark
from tinynet.classroom.overrides import Override
from tinynet.classroom.reports import Graded

posix = pytest.mark.skipif(os.name != "posix", reason="grading needs Linux or macOS")
TASKS = {"9.1": "x, times a factor", "9.2": "rows"}
ONE = Graded(
    "ann", [Mark("9.1", "a factor", 2, 2), Mark("9.2", "one", 3, 0, "not right")], "hello", ""
)


@pytest.fixture(scope="module")
def assignments(tmp_path_factory):
    return write_assignment(tmp_path_factory.mktemp("instructor"))


# ---------------------------------------------------------------------------- results


def test_results_as_gradescope_reads_them():
    assert exports.gradescope(ONE, TASKS) == {
        "output": "hello",
        "execution_time": 0.0,
        "tests": [
            {
                "name": "Task 9.1 (x, times a factor): a factor",
                "score": 2,
                "max_score": 2,
                "status": "passed",
                "output": "",
                "visibility": "visible",
            },
            {
                "name": "Task 9.2 (rows): one",
                "score": 0,
                "max_score": 3,
                "status": "failed",
                "output": "not right",
                "visibility": "visible",
            },
        ],
    }
    hidden = exports.gradescope(ONE, TASKS, "after_due_date")
    assert {test["visibility"] for test in hidden["tests"]} == {"after_due_date"}
    noted = Graded("ann", ONE.marks, "hello", "there is no scales.py")
    assert exports.gradescope(noted, TASKS)["output"] == "there is no scales.py\nhello"


ENVIRONMENT = {
    "OWNER": "Ann",
    "CLASSROOM": "c",
    "ASSIGNMENT": "a",
    "SUBMISSION_TAG": "submit/2026-06-01T14-32-05Z-a1b2c3d",
    "COMMIT_URL": "https://commit",
    "RELEASE_URL": "https://release",
    "REVIEW_URL": "https://review",
}


def refused(result, owner="ann", kind="individual"):
    """What Classroom 50 refuses: ``validate_result`` of its runner and of what collects the scores.

    Its schema refuses unknown names too, and times in any other form.
    """
    known = {"classroom": "c", "assignment": "a", "schema": "classroom50/result/v1"}
    bad = [name for name, value in known.items() if result[name] != value]
    bad += ["owner"] * (result["owner"].lower() != owner)
    bad += ["assignment_type"] * (result["assignment_type"] != kind)
    bad += ["submission"] * (not result["submission"].startswith("submit/"))
    texts = ("commit", "release", "review", "datetime")
    bad += [name for name in texts if not (isinstance(result[name], str) and result[name])]
    names = {
        *known,
        *texts,
        "owner",
        "assignment_type",
        "submission",
        "score",
        "max-score",
        "tests",
    }
    bad += sorted(result.keys() - names - {"submitted_by", "graded_at"})
    form = r"\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ"
    bad += ["time"] * (re.fullmatch(form, result["datetime"]) is None)
    for one in (result, *result["tests"]):
        whole = [type(one[name]) is int and one[name] >= 0 for name in ("score", "max-score")]
        bad += ["points"] * (not all(whole) or one["score"] > one["max-score"])
    bad += ["passed"] * any(type(test["passed"]) is not bool for test in result["tests"])
    bad += ["name"] * any(not test["test-name"] for test in result["tests"])
    return bad


def test_results_as_classroom_50_reads_them():
    result = exports.classroom50(ONE, ENVIRONMENT | {"OTHER": "x"})
    assert refused(result) == []
    assert result == {
        "schema": "classroom50/result/v1",
        "classroom": "c",
        "assignment": "a",
        "owner": "Ann",
        "assignment_type": "individual",
        "submission": "submit/2026-06-01T14-32-05Z-a1b2c3d",
        "commit": "https://commit",
        "release": "https://release",
        "review": "https://review",
        "datetime": "2026-06-01T14:32:05Z",
        "score": 2,
        "max-score": 5,
        "tests": [
            {"test-name": "9.1 a factor", "passed": True, "score": 2, "max-score": 2},
            {"test-name": "9.2 one", "passed": False, "score": 0, "max-score": 3},
        ],
    }
    without = {name: value for name, value in ENVIRONMENT.items() if name != "REVIEW_URL"}
    assert exports.classroom50(ONE, without)["review"] == "https://commit"
    named = without | {"OWNER": "", "USERNAME": "bob", "ASSIGNMENT_TYPE": "Group"}
    assert refused(exports.classroom50(ONE, named), "bob", "group") == []


@pytest.mark.parametrize("name", [name for name in ENVIRONMENT if name != "REVIEW_URL"])
def test_a_variable_that_is_not_set_is_refused_by_name(name, monkeypatch):
    with pytest.raises(ValueError, match=f"environment variable {name}"):
        exports.classroom50(ONE, ENVIRONMENT | {name: " "})
    for variable, value in ENVIRONMENT.items():
        monkeypatch.setenv(variable, value)
    assert exports.classroom50(ONE)["review"] == "https://review"
    with pytest.raises(ValueError, match="SUBMISSION_TAG: expected submit/"):
        exports.classroom50(ONE, ENVIRONMENT | {"SUBMISSION_TAG": "v1"})


@pytest.mark.parametrize("points", [0, 2, 3])
def test_what_the_instructor_decided_is_within_the_rules(points):
    decided = reports.decided(ONE, [Override("ann", "9.2", points, "oral"), NOTED])
    result = exports.classroom50(decided, ENVIRONMENT)
    assert refused(result) == []
    assert (result["score"], result["max-score"]) == (2 + points, 5)


NOTED = Override("ann", "9.1", None, "good")


def test_a_result_is_a_file_of_json(tmp_path):
    exports.write(tmp_path / "new", "ann lee", {"score": 1, "said": "ä"})
    assert json.loads((tmp_path / "new" / "ann lee.json").read_text()) == {"score": 1, "said": "ä"}


# ---------------------------------------------------------------------------- the zip


@pytest.fixture(scope="module")
def packed(assignments, tmp_path_factory):
    """The zip, as an instructor makes it."""
    path = tmp_path_factory.mktemp("zip") / "autograder.zip"
    options = ["--assignments", str(assignments), "--seed", "a secret"]
    assert main(["assignment", "autograder", "9", str(path), *options]) == 0
    return path


def unpack(packed, folder):
    """``autograder/`` as Gradescope lays it out, with the rights that the zip gives."""
    folder = folder / "autograder"
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(folder / "source")
        for member in archive.infolist():
            (folder / "source" / member.filename).chmod(member.external_attr >> 16)
    (folder / "submission").mkdir()
    return folder


def test_the_zip_holds_tinynet_one_assignment_its_seed_and_two_scripts(packed, assignments):
    with zipfile.ZipFile(packed) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        rights = {m.filename: m.external_attr >> 16 & 0o777 for m in archive.infolist()}
        assert archive.read("secret-seed.txt") == b"a secret\n"
    assert len(names) == len(set(names))
    tops = {name.partition("/")[0] for name in names}
    assert tops == {"tinynet", "lessons", "secret-seed.txt", "setup.sh", "run_autograder"}
    assert {name for name in names if name.startswith("lessons")} == {
        f"lessons/assignments/09_scales/{name}" for name in ("README.md", "solution.py", "tests.py")
    }
    assert "tinynet/plots/page.html" in names
    assert rights["setup.sh"] == rights["run_autograder"] == 0o755
    assert rights["secret-seed.txt"] == 0o600


def test_pythons_caches_are_not_packed(assignments, tmp_path, monkeypatch):
    (tmp_path / "tinynet" / "__pycache__").mkdir(parents=True)
    (tmp_path / "tinynet" / "__init__.py").touch()
    (tmp_path / "tinynet" / "__pycache__" / "x.pyc").touch()
    monkeypatch.setattr(autograders, "PACKAGE", tmp_path / "tinynet")
    autograders.autograder(find("9", assignments), "s", tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert [name for name in archive.namelist() if "tinynet" in name] == ["tinynet/__init__.py"]


def test_an_existing_zip_is_kept(packed, assignments, capsys):
    before = packed.read_bytes()
    options = ["autograder", "9", str(packed), "--assignments", str(assignments)]
    assert main(["assignment", *options]) == 1
    assert f"file: {packed} is there: give another name" in capsys.readouterr().err
    assert packed.read_bytes() == before


def test_every_zip_has_a_seed_of_its_own_and_old_files_can_be_packed(assignments, tmp_path):
    os.utime(assignments / "09_scales" / "tests.py", (0, 0))  # zip knows no time before 1980
    seeds = set()
    for name in ("a.zip", "b.zip"):
        options = [str(tmp_path / name), "--assignments", str(assignments)]
        assert main(["assignment", "autograder", "9", *options]) == 0
        with zipfile.ZipFile(tmp_path / name) as archive:
            seeds.add(archive.read("secret-seed.txt"))
    assert len(seeds) == 2


@posix
@pytest.mark.parametrize("script", ["setup.sh", "run_autograder"])
def test_the_scripts_are_bash(packed, tmp_path, script):
    path = unpack(packed, tmp_path) / "source" / script
    assert path.read_text().startswith("#!/usr/bin/env bash\n")
    subprocess.run(["bash", "-n", str(path)], check=True)


@pytest.fixture
def open_folder():
    """A folder that other users may look into, as they may not into those of pytest."""
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o755)
        yield Path(name)


def run(folder, **more):
    """``run_autograder``, without our own path: what it wrote, and what it said."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment |= {"AUTOGRADER": str(folder), "PYTHON": sys.executable, "PYTHONWARNINGS": "error"}
    environment |= more
    done = subprocess.run(
        [str(folder / "source" / "run_autograder")],
        cwd=folder.parent,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return json.loads((folder / "results" / "results.json").read_text()), done.stdout + done.stderr


@posix
@pytest.mark.parametrize(
    ("name", "source", "points", "output"),
    [
        ("scales.py", SOLUTION, FULL, ""),
        ("scales.py", None, 0, "nothing was begun"),
        ("scales.py", "def broken(:", 0, "it cannot be loaded: SyntaxError"),
        ("my_scales.py", SOLUTION, FULL, "there is no scales.py: graded is my_scales.py"),
        ("notes.txt", "nothing", 0, "there is no scales.py; found: notes.txt"),
    ],
    ids=["reference", "stub", "syntax", "other name", "no code"],
)
def test_the_autograder_grades(packed, assignments, tmp_path, name, source, points, output):
    folder = unpack(packed, tmp_path)
    source = find("9", assignments).stub if source is None else source
    (folder / "submission" / name).write_text(source)
    os.mkfifo(folder / "submission" / "pipe.py")  # it is not waited for
    result, _ = run(folder)
    assert 0 <= result["execution_time"] < 30
    assert (result["execution_time"] > 0) == (name != "notes.txt")
    assert sum(test["score"] for test in result["tests"]) == points
    assert sum(test["max_score"] for test in result["tests"]) == FULL
    assert result["output"].startswith(output)
    said = result["tests"][0]["output"]
    if source == "def broken(:":
        assert "SyntaxError" in said
        assert "when the file was loaded" in said
    elif name == "scales.py" and not points:
        assert "NotImplementedError: Task 9.1: x, times a factor" in said
    assert sorted(path.name for path in folder.iterdir()) == ["results", "source", "submission"]


@posix
def test_the_packed_tinynet_grades_with_what_setup_installs_and_no_command_line_has_the_seed(
    packed, tmp_path
):
    folder = unpack(packed, tmp_path)
    assert 'pip install "numpy>=2.0"\n' in (folder / "source" / "setup.sh").read_text()
    for name in ("matplotlib", "pytest", "hypothesis", "tqdm"):
        (folder / "source" / f"{name}.py").write_text("raise ImportError('is not installed')")
    spy = "import pathlib\nfor p in pathlib.Path('/proc').glob('[0-9]*/cmdline'):\n    try:\n"
    spy += "        print('a secret' if b'a secret' in p.read_bytes() else '', end='')\n"
    spy += "    except OSError:\n        pass\n"
    (folder / "submission" / "scales.py").write_text(spy + SOLUTION)
    commands = folder / "source" / "tinynet" / "commands" / "assignment.py"
    commands.write_text(commands.read_text() + f"\nprint('packed', {tn.__name__!r}, __file__)\n")
    result, said = run(folder)
    assert f"packed tinynet {commands}" in said
    assert sum(test["score"] for test in result["tests"]) == FULL
    assert "a secret" not in result["output"]
    assert "secret" not in said.replace("secret-seed.txt", "")


@pytest.mark.long
@posix
@pytest.mark.skipif(os.name == "posix" and os.geteuid() != 0, reason="needs another user")
@pytest.mark.parametrize("walled", [True, False])
def test_as_root_a_submission_can_read_neither_reference_nor_seed(packed, open_folder, walled):
    folder = unpack(packed, open_folder)
    look = f"""
for path in ("source/secret-seed.txt", "graded/out/secret-seed.txt", "source/lessons"):
    try:
        print(open({str(folder)!r} + "/" + path).read())
    except OSError as error:
        print(type(error).__name__)
"""
    (folder / "submission" / "scales.py").write_text(look + SOLUTION)
    (open_folder / "bin").mkdir()  # with all that is needed, but bwrap
    for name in ("bash", "env", "chmod", "cp", "find", "mkdir", "rm"):
        (open_folder / "bin" / name).symlink_to(shutil.which(name))
    result, said = run(folder, **({} if walled else {"PATH": str(open_folder / "bin")}))
    assert ("bwrap" in said) == (not walled or bool(walls.why_not()))
    refused = "FileNotFoundError" if walled and not walls.why_not() else "PermissionError"
    assert result["output"].split() == [refused] * 3
    assert sum(test["score"] for test in result["tests"]) == FULL


@pytest.mark.long
@posix
def test_on_gradescope_the_cases_are_those_of_the_submitter(packed, tmp_path):
    folder = unpack(packed, tmp_path)
    source = "def scaled(x, factor):\n    print(factor)\n    return x"
    (folder / "submission" / "scales.py").write_text(source)

    def asked(ids):
        users = [{"id": k, "name": "n", "email": "e"} for k in ids]
        (folder / "submission_metadata.json").write_text(json.dumps({"id": 7, "users": users}))
        return run(folder)[0]["output"]

    assert asked([12]) != asked([13])
    assert asked([12, 13]) == asked([13, 12])


def test_metadata_without_users_is_refused(tmp_path):
    path = tmp_path / "submission_metadata.json"
    path.write_text("{}")
    with pytest.raises(ValueError, match="submission_metadata.json: expected users with an id"):
        exports.submitter(path)


@posix
def test_the_zip_says_when_students_see_the_tests(assignments, tmp_path):
    options = ["--assignments", str(assignments), "--visibility", "after_published"]
    assert main(["assignment", "autograder", "9", str(tmp_path / "a.zip"), *options]) == 0
    folder = unpack(tmp_path / "a.zip", tmp_path)
    (folder / "submission" / "scales.py").write_text(SOLUTION)
    assert {test["visibility"] for test in run(folder)[0]["tests"]} == {"after_published"}


@posix
def test_an_autograder_that_fails_says_so(packed, tmp_path):
    folder = unpack(packed, tmp_path)
    (folder / "submission" / "scales.py").write_text(SOLUTION)
    (folder / "source" / "lessons" / "assignments" / "09_scales" / "tests.py").unlink()
    result, _ = run(folder)
    assert result == {"score": 0, "output": "The autograder failed: tell your instructor."}


@pytest.mark.long
@posix
def test_the_bundle_writes_a_result_that_classroom_50_takes(assignments, tmp_path, capsys):
    bundle = tmp_path / "bundle"
    words = ["assignment", "autograder", "9", str(bundle), "--classroom50"]
    words += ["--assignments", str(assignments)]
    assert main(words) == 0
    assert "can be read by anyone who finds the address" in capsys.readouterr().out
    assert main(words) == 1
    assert "new or empty folder" in capsys.readouterr().err
    checkout = tmp_path / "checkout"
    (checkout / ".github").mkdir(parents=True)
    (checkout / "scales.py").write_text(SOLUTION)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    for _ in range(2):  # grading again gives the same time
        subprocess.run(
            [sys.executable, str(bundle / "autograder.py")],
            cwd=checkout,
            env=environment | ENVIRONMENT,
            check=True,
            timeout=60,
        )
        result = json.loads((checkout / "result.json").read_text())
        assert refused(result) == []
        assert (result["score"], result["max-score"]) == (FULL, FULL)
        assert result["datetime"] == "2026-06-01T14:32:05Z"
