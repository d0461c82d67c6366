"""Lessons run as a student runs them, print what they claim, and keep to one form."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from data_files import small_cifar10, write_cifar10, write_mnist
from lesson_facts import ANSWERS, OF_THE_PAPER

LESSONS = sorted((Path(__file__).parents[1] / "lessons").glob("[0-9][0-9]_*.py"))
NAMES = [lesson.stem for lesson in LESSONS]
RUNNER = Path(__file__).with_name("run_lesson.py")


@pytest.fixture(scope="session")
def runs(tmp_path_factory):
    """The folder in which lessons keep their training runs: each is computed once."""
    return tmp_path_factory.mktemp("runs")


# A lesson with a few images in the form of MNIST and of CIFAR-10 where the real ones would be.
ON_SMALL_FILES = """
import sys
sys.path.insert(0, sys.argv[1])
from data_files import small_cifar10, small_mnist
from run_lesson import main
with small_mnist(), small_cifar10(30):
    sys.exit(main(sys.argv[2]))
"""


def run(command, folder, runs, **variables):
    environment = {
        **os.environ,
        **variables,
        "PYTHONWARNINGS": "error",
        "MPLBACKEND": "agg",
        "TINYNET_PICTURES": str(folder / "pictures"),
        "TINYNET_RUNS": str(runs),
        "OPENBLAS_NUM_THREADS": "1",
    }
    return subprocess.run(
        [sys.executable, *map(str, command)],
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
    )


@pytest.fixture(scope="module", params=LESSONS, ids=NAMES)
def lesson(request):
    return request.param


@pytest.fixture(scope="module")
def printed(lesson, runs, tmp_path_factory):
    """What a lesson prints, run from another folder, its exercises not yet answered."""
    ran = run([lesson], tmp_path_factory.mktemp(lesson.stem), runs)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def prose_of(lesson):
    """All markdown cells as one text, without the code in them."""
    text = lesson.read_text(encoding="utf-8")
    cells = re.split(r"^# %%", text, flags=re.MULTILINE)
    markdown = [cell.removeprefix(" [markdown]\n") for cell in cells if "[markdown]" in cell[:12]]
    lines = [
        line.removeprefix("#").removeprefix(" ") for cell in markdown for line in cell.splitlines()
    ]
    return "\n".join(line for line in lines if not line.startswith("    "))


def test_every_decimal_number_in_the_prose_is_printed_by_the_lesson(lesson, printed):
    prose = prose_of(lesson).split("Exercises\n---------")[0]
    found = [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", printed)]
    for number in re.findall(r"(?<![\w.])\d*\.\d+(?![\w.]*\w)", prose):
        if number in OF_THE_PAPER.get(lesson.stem, ()):
            continue
        digits = len(number.split(".")[1])
        near = 0.51 * 10**-digits
        stated = float(number)
        said = any(
            abs(abs(value) * factor - stated) <= near for value in found for factor in (1, 100)
        )
        # What stands in a line of code is seen by the reader too.
        code = re.search(rf"(?<![\d.]){re.escape(number)}(?!\d)", code_of(lesson))
        assert said or code, f"{number} stands in the prose, and is nowhere printed"


def code_of(lesson):
    return "\n".join(
        line for line in lesson.read_text(encoding="utf-8").splitlines() if not line.startswith("#")
    )


def test_exercises_wait_for_an_answer(lesson, printed):
    waiting = re.findall(r"^Exercise [\d.]+: no answer yet", printed, re.MULTILINE)
    assert len(waiting) in (2, 3)
    assert len(ANSWERS[lesson.stem]) == len(waiting)


def test_right_answers_are_right_and_pictures_can_be_read(lesson, runs, tmp_path):
    source = lesson.read_text(encoding="utf-8")
    for name, answer in ANSWERS[lesson.stem].items():
        assert source.count(f"{name} = None\n") == 1
        source = source.replace(f"{name} = None\n", f"{name} = {answer}\n")
    solved = tmp_path / lesson.name
    solved.write_text(source, encoding="utf-8")
    ran = run([RUNNER, solved], tmp_path, runs)
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr
    verdicts = re.findall(r"^Exercise [\d.]+: (.*)", ran.stdout, re.MULTILINE)
    assert verdicts == ["right."] * len(ANSWERS[lesson.stem])
    if "plots.show(" in source:
        assert list((tmp_path / "pictures").glob("*.png"))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["15_real_digits", "16_photographs"])
def test_where_the_files_are_a_network_is_trained_on_them(name, tmp_path):
    data, lesson = tmp_path / "data", LESSONS[0].with_name(f"{name}.py")
    write_mnist(data / "mnist")
    with small_cifar10(30):
        write_cifar10(data / "cifar10")
    command = ["-c", ON_SMALL_FILES, RUNNER.parent, lesson]
    ran = run(command, tmp_path, tmp_path / "runs", TINYNET_DATA=str(data))
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr
    assert "is not here" not in ran.stdout
    source = lesson.read_text(encoding="utf-8")
    shown = {path.stem for path in (tmp_path / "pictures").iterdir()}
    assert shown == set(re.findall(r'plots.show\("(.*)"\)', source))


def test_without_the_files_a_lesson_says_how_to_get_them(no_places, tmp_path):
    for name, command in {"15_real_digits": "tn.mnist()", "16_photographs": "tn.cifar10()"}.items():
        ran = run([LESSONS[0].with_name(f"{name}.py")], tmp_path, tmp_path)
        assert ran.returncode == 0, ran.stderr
        assert f'python -c "import tinynet as tn; {command}"' in ran.stdout
    assert not list(no_places.rglob("tinynet"))


def test_the_lesson_keeps_to_the_common_form(lesson):
    text = lesson.read_text(encoding="utf-8")
    assert text.startswith('# %% [markdown]\n"""\n')
    title, line = text.splitlines()[2:4]
    assert set(line) == {"="}
    assert len(line) == len(title)
    assert len(text.splitlines()) <= 195
    prose = prose_of(lesson)
    assert "Exercises\n---------" in prose
    assert f"python lessons/{lesson.name}" in " ".join(prose.split())
    for mark in ("](", "$", "```", "![", ".. ", "\n> "):
        assert mark not in prose, mark
    # Double backticks only: a single one means two things in the two languages.
    assert "`" not in prose.replace("``", "")
    for cell in re.split(r"^# %%.*\n", text, flags=re.MULTILINE)[1:]:
        kinds = {line.startswith("#") for line in cell.splitlines() if line.strip()}
        assert cell.startswith('"""') or len(kinds) >= 1


def test_the_lesson_uses_the_public_face_only(lesson):
    allowed = {"numpy", "matplotlib.pyplot", "tinynet", "tinynet.exercises"}
    for node in ast.walk(ast.parse(lesson.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            assert {alias.name for alias in node.names} <= allowed
        elif isinstance(node, ast.ImportFrom):
            assert node.module in allowed
            if node.module == "tinynet":
                assert {alias.name for alias in node.names} <= {"plots", "studies"}
        elif isinstance(node, ast.Attribute):
            assert not node.attr.startswith("_") or node.attr == "__name__"


def test_the_syllabus_names_every_lesson():
    syllabus = (LESSONS[0].parent / "README.md").read_text(encoding="utf-8")
    for lesson in LESSONS:
        assert lesson.name in syllabus
