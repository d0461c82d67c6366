"""The page of the assignments: its commands run as they stand there, its limits are the limits."""

import os
import re
import shlex
import subprocess
import sys

import pytest
from small_class import HERE

from tinynet.classroom import reports, seeds
from tinynet.classroom.assignments import all_in, find
from tinynet.classroom.running import LIMITS, MIB
from tinynet.exercises.comparing import TOLERANCES

PAGE = (HERE / "lessons" / "assignments" / "README.md").read_text(encoding="utf-8")


@pytest.mark.long
@pytest.mark.skipif(os.name != "posix", reason="grading needs Linux or macOS")
def test_a_class_goes_through_the_commands_of_the_page(tmp_path):
    commands = [
        shlex.split(line)
        for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
        for line in block.splitlines()
    ]
    assert [words[4] for words in commands] == [
        "list",
        "release",
        "grade",
        "check",
        "tools",
        "verify",
    ]
    listing, release, grade, check, tools, verify = (
        lambda words=words: subprocess.run(
            [sys.executable, *words[1:]],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(HERE)},
            capture_output=True,
            text=True,
            timeout=120,
        )
        for words in commands
    )
    assert "02_linear" in listing().stdout
    assert tools().returncode == 0
    assert verify().returncode == 0
    assert list((tmp_path / "handout-tools").glob("*.whl"))
    assert release().returncode == 0
    assert check().returncode == 1  # nothing is done yet
    solution = find("2").solution
    (tmp_path / "handout" / "linear.py").write_text(solution)
    done = check()
    assert done.returncode == 0, done.stdout
    (tmp_path / "submissions" / "bob").mkdir(parents=True)
    (tmp_path / "submissions" / "ann.py").write_text(solution)
    (tmp_path / "submissions" / "bob" / "linear.py").write_text(find("2").stub)
    done = grade()
    assert done.returncode == 0, done.stderr
    grades = tmp_path / "grades"
    for name in (reports.BOOK, seeds.SEED):
        assert f"`{name}`" in PAGE
        assert (grades / name).is_file()
    assert {path.name for path in (grades / "reports").iterdir()} == {"ann.txt", "bob.txt"}
    points = [line.split(",")[-3] for line in (grades / reports.BOOK).read_text().splitlines()]
    assert points[2] == "0"
    assert int(points[1]) > 0


def test_the_page_states_the_limits_and_tolerances_of_the_grader():
    text = " ".join(PAGE.split())
    assert f"{LIMITS.seconds:g} seconds for a call and {LIMITS.in_all:g} for all" in text
    assert f"{LIMITS.memory // (1024 * MIB)} GiB of memory" in text
    assert f"{LIMITS.file // MIB} MiB for a file and for what is printed" in text
    assert f"{LIMITS.processes} processes" in text
    for allowed in TOLERANCES.values():
        assert f"{allowed:g}".replace("0.0001", "1e-4") in text


@pytest.mark.parametrize(
    "words",
    [
        (
            "### BEGIN SOLUTION Task 10.1: what to do",
            "### END SOLUTION",
            "both indented as the lines",
        ),
        ("10_dropout", "`dropout.py`", "`cases10_1(rng)`"),
        ('`np.array(0.5)` for a number, `np.array("tanh")` for a word', "`float(rate)`"),
        ("`W0, W1, W2`", "`task10_1(student, x, **Ws)`"),
        ("one point more than its cases", "`(name, points, arrays, 1e-6)`", "`wrong10_1("),
        ("`public.npz` holds the right answers", "every report tells what was asked"),
        (
            "the lessons derive most of the equations",
            "the project, with its solutions, is on the web",
        ),
    ],
)
def test_the_page_says_all_of_an_assignment_of_your_own_and_what_gives_answers_away(words):
    text = " ".join(PAGE.split())
    assert [one for one in words if one not in text] == []


def test_the_page_lists_every_assignment():
    listed = re.findall(r"^\| (\d) \|", PAGE, re.MULTILINE)
    assert listed == [assignment.name[1] for assignment in all_in()]
