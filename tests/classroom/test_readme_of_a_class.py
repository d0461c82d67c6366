"""README's section for a class: its commands run as they stand there, its limits are the limits."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from small_class import HERE

from tinynet.classroom import grading
from tinynet.classroom.assignments import find
from tinynet.classroom.comparing import TOLERANCES
from tinynet.classroom.running import LIMITS, MIB

README = (HERE / "README.md").read_text(encoding="utf-8")
SECTION = README.split("## A class\n")[1].split("\n## ")[0]


@pytest.mark.skipif(os.name != "posix", reason="grading needs Linux or macOS")
def test_the_commands_of_readme(tmp_path):
    commands = [
        shlex.split(line)
        for block in re.findall(r"```sh\n(.*?)```", SECTION, re.DOTALL)
        for line in block.splitlines()
    ]
    assert [words[4] for words in commands] == ["list", "release", "grade", "check"]
    listing, release, grade, check = (
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
    for name in (grading.BOOK, grading.SEED):
        assert f"`{name}`" in SECTION
        assert (grades / name).is_file()
    assert {path.name for path in (grades / "reports").iterdir()} == {"ann.txt", "bob.txt"}
    points = [line.split(",")[-3] for line in (grades / grading.BOOK).read_text().splitlines()]
    assert points[2] == "0"
    assert int(points[1]) > 0


def test_the_limits_of_readme():
    text = " ".join(SECTION.split())
    assert f"{LIMITS.seconds:g} seconds for a call and {LIMITS.in_all:g} for all" in text
    assert f"{LIMITS.memory // (1024 * MIB)} GiB of memory" in text
    assert f"{LIMITS.file // MIB} MiB for a file and for what is printed" in text
    assert f"{LIMITS.processes} processes" in text
    for allowed in TOLERANCES.values():
        assert f"{allowed:g}".replace("0.0001", "1e-4") in text


def test_the_lessons_have_a_table_of_the_assignments():
    table = Path(HERE / "lessons" / "README.md").read_text().split("## Assignments\n")[1]
    assert re.findall(r"^\| (\d) \|", table, re.MULTILINE) == list("1234567")
