"""Lessons run as a student runs them, print what they claim, and keep to one form.

A lesson runs once for all tests that look at what it printed and drew: as a script, and with
pytest -m long as a notebook. Those that train run as a notebook only, or, where the extra ``web``
is missing, as a script only.
"""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import matplotlib.pyplot as plt
import pytest
from data_files import real, small_cifar10, write_cifar10, write_mnist
from lesson_facts import COURSE, FOLDER, LATER, LESSONS, OF_THE_PAPER, READS_FILES, TRAINS
from run_lesson import problems

from tinynet.exercises.checking import of_lesson

RUNNER = Path(__file__).with_name("run_lesson.py")

# What is run: each lesson without files of data, then those that read some with them.
NOTEBOOKS = all(map(find_spec, ["jupytext", "nbclient", "ipykernel"]))
RUNS = [
    *[(name, "no files") for name in LESSONS if not (NOTEBOOKS and name in TRAINS)],
    *[(name, "as a notebook") for name in LESSONS],
    *[(name, "small files") for name in READS_FILES],
    ("15_real_digits", "real files"),
]


def number_of(name):
    """Its number, with an L before it if it is about what came after the paper."""
    return f"{'L' if name in LATER else ''}{int(name[:2])}"


def source_of(name):
    return LESSONS[name].read_text(encoding="utf-8")


def prose_of(name):
    """Join the markdown cells to one text, without the code in them."""
    cells = re.split(r"^# %%", source_of(name), flags=re.MULTILINE)
    markdown = [cell.removeprefix(" [markdown]\n") for cell in cells if "[markdown]" in cell[:12]]
    lines = [
        line.removeprefix("#").removeprefix(" ") for cell in markdown for line in cell.splitlines()
    ]
    return "\n".join(line for line in lines if not line.startswith("    "))


def code_of(name):
    return "\n".join(line for line in source_of(name).splitlines() if not line.startswith("#"))


# ---------------------------------------------------------------------------- one run of each


def one_run(name, files):
    trains = name in TRAINS or files != "no files"
    marks = [pytest.mark.long] if trains else []
    return pytest.param((name, files), id=f"{name}, {files}", marks=marks)


@pytest.fixture(scope="module", params=[one_run(*run) for run in RUNS])
def ran(request, kept, tmp_path_factory):
    """Run a lesson in a folder, and a home, where nothing else is; some share training runs."""
    name, files = request.param
    folder = tmp_path_factory.mktemp(name)
    lesson, data, options = folder / f"{name}.py", "", []
    environment = {key: value for key, value in os.environ.items() if key != "MPLBACKEND"}
    if files == "as a notebook":
        if not NOTEBOOKS:
            pytest.skip('needs pip install ".[web]"')
        notebook = request.getfixturevalue("notebooks") / f"{name}.ipynb"
        lesson, files = Path(shutil.copy(notebook, folder)), "no files"
        paths = [str(RUNNER.parent), *filter(None, [environment.get("PYTHONPATH")])]
        environment["PYTHONPATH"] = os.pathsep.join(paths)
    else:
        lesson.write_text(source_of(name), encoding="utf-8")
        environment["TINYNET_PICTURES"] = str(folder / "pictures")
        environment |= {"MPLBACKEND": "agg", "PYTHONWARNINGS": "error"}
    if files == "small files":
        data, options = folder / "data", ["--small-files"]
        write_mnist(data / "mnist")
        with small_cifar10(30):
            write_cifar10(data / "cifar10")
    elif files == "real files":
        data = real("mnist")
    environment |= {
        "HOME": str(folder),
        "USERPROFILE": str(folder),
        "XDG_CACHE_HOME": "",
        "TINYNET_DATA": str(data),
        "TINYNET_RUNS": str(kept / files),
        "OPENBLAS_NUM_THREADS": "1",
    }
    run = subprocess.run(
        [sys.executable, RUNNER, lesson, *options],
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
    )
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr
    missing = name in READS_FILES and files == "no files"
    return SimpleNamespace(name=name, missing=missing, lesson=lesson, printed=run.stdout)


def test_numbers_in_the_prose_are_printed(ran):
    """With as many digits; what stands in a line of code is seen by the reader too."""
    text = "\n".join(line for line in ran.printed.splitlines() if not line.startswith("Exercise"))
    for number in numbers_in(ran.name) - OF_THE_PAPER.get(ran.name, set()):
        in_code = re.search(rf"(?<![\d.]){re.escape(number)}(?!\d)", code_of(ran.name))
        assert in_code or is_printed(number, text), f"{number} in the prose is nowhere printed"


def test_exercises_wait_for_an_answer_and_the_lesson_goes_on(ran):
    waiting = re.findall(r"^Exercise (L?[\d.]+): no answer yet", ran.printed, re.MULTILINE)
    assert waiting == list(of_lesson(number_of(ran.name)))


def test_pictures_are_shown_or_saved_and_can_be_read(ran):
    assert not re.findall(r"^PICTURE: .*", ran.printed, re.MULTILINE)
    indent = "" if ran.missing else " *"  # what needs the files is indented
    expected = re.findall(rf'^{indent}plots\.show\("(.*)"\)', source_of(ran.name), re.MULTILINE)
    saved = {path.stem for path in ran.lesson.parent.rglob("*.png")}
    if ran.lesson.suffix == ".ipynb":
        cells = json.loads(ran.lesson.read_text(encoding="utf-8"))["cells"]
        outputs = [output for cell in cells for output in cell.get("outputs", [])]
        inside = [output for output in outputs if "image/png" in output.get("data", {})]
        assert (saved, len(inside)) == (set(), len(expected))
    else:
        assert saved == set(expected)


def test_where_its_files_are_not_a_lesson_says_how_to_get_them(ran):
    said = re.findall(r'python -c "import tinynet as tn; (.*)"', ran.printed)
    assert said == ([READS_FILES[ran.name]] if ran.missing else [])
    assert not list(ran.lesson.parent.rglob("tinynet"))  # nothing is fetched


# ---------------------------------------------------------------------------- numbers and pictures


def numbers_in(name):
    """Find the decimal numbers and percentages in the prose above the exercises."""
    prose = prose_of(name).split("Exercises\n---------")[0]
    return set(re.findall(r"(?<![\w.])(?:\d*\.\d+(?:e[-+]\d+)?(?!\.?\w)|\d+(?= ?%))", prose))


def is_printed(number, text):
    """Tell whether a text has a number, with at least as many digits."""
    stated = Decimal(number)
    last = stated.as_tuple().exponent
    found = [Decimal(match) for match in re.findall(r"\d*\.?\d+(?:e[-+]\d+)?", text)]
    exact = [value for value in found if value.as_tuple().exponent <= last]
    return any(abs(value - stated) <= Decimal("0.5").scaleb(last) for value in exact)


@pytest.mark.parametrize(
    ("number", "text", "said"),
    [
        ("0.50", "mean 0.50", True),
        ("0.50", "mean 0.5", False),
        ("0.5", "[0.1 0.46]", True),
        ("0.5", "[0.1 0.44]", False),
        (".05", "mean 0.0512", True),
        ("3.1e-02", "3.1e-02", True),
        ("3.1e-02", "3.1e-03", False),
        ("49.5", "49.48%", True),
        ("27", "27%", True),
        ("27", "28%", False),
    ],
)
def test_a_number_is_printed_with_all_its_digits_or_it_is_not(number, text, said):
    assert is_printed(number, text) == said


def test_a_picture_that_cannot_be_read_is_found():
    figure, (good, bare, crowded) = plt.subplots(3)
    for ax in (good, crowded):
        ax.plot([0, 1])
        ax.set(xlabel="updates", ylabel="cost")
    crowded.text(0.5, 0.5, "one")
    crowded.text(0.5, 0.5, "other")
    found = "\n".join(problems(figure))
    plt.close(figure)
    for problem in ("axes 1: empty", "axes 1: no label on x", "axes 1: no label on y"):
        assert problem in found
    assert "'one' lies over 'other'" in found
    assert "axes 0" not in found


# ---------------------------------------------------------------------------- the form


@pytest.mark.parametrize("name", LESSONS)
def test_the_lesson_keeps_to_the_common_form(name):
    text, prose = source_of(name), prose_of(name)
    assert text.startswith('# %% [markdown]\n"""\n')
    title, line = text.splitlines()[2:4]
    assert line == "=" * len(title)
    assert len(text.splitlines()) <= 220
    assert prose.index("In three sentences\n---") < prose.index("Exercises\n---------")
    assert f"python -m tinynet exercise {number_of(name)}``" in " ".join(prose.split())
    for mark in ("](", "$", "```", "![", ".. ", "\n> "):
        assert mark not in prose, mark
    # Double backticks only: a single one means two things in the two languages.
    assert "`" not in prose.replace("``", "")
    assert OF_THE_PAPER.get(name, set()) <= numbers_in(name)
    for picture in re.findall(r'plots\.show\("(.*)"\)', text):
        assert picture.startswith(f"{name}_")


@pytest.mark.parametrize("name", LESSONS)
def test_a_cell_is_all_prose_or_has_code(name):
    _, *cells = re.split(r"^# %%(.*)\n", source_of(name), flags=re.MULTILINE)
    for kind, cell in zip(cells[::2], cells[1::2], strict=True):
        code = ast.parse(cell).body
        if kind == " [markdown]":
            assert not code or cell.startswith('"""') and len(code) == 1
        else:
            assert kind == ""
            assert code


@pytest.mark.parametrize("name", LESSONS)
def test_answers_stand_in_cells_that_run_alone(name):
    """With the lesson's imports, as ``python -m tinynet exercise`` runs them."""
    imports = [line for line in code_of(name).splitlines() if re.match("(import|from) ", line)]
    for cell in re.split(r"^# %%.*\n", source_of(name), flags=re.MULTILINE):
        if re.search(r"^check\(", cell, re.MULTILINE):
            exec("\n".join([*imports, cell]), {"__name__": "__main__"})


@pytest.mark.parametrize("name", LESSONS)
def test_the_lesson_uses_the_public_face_only(name):
    allowed = {"numpy", "matplotlib.pyplot", "tinynet", "tinynet.exercises"}
    for node in ast.walk(ast.parse(source_of(name))):
        if isinstance(node, ast.Import):
            assert {alias.name for alias in node.names} <= allowed
        elif isinstance(node, ast.ImportFrom):
            assert node.module in allowed
            if node.module == "tinynet":
                rooms = {"plots", "studies"} | ({"later"} if name in LATER else set())
                assert {alias.name for alias in node.names} <= rooms
        elif isinstance(node, ast.Attribute):
            assert not node.attr.startswith("_") or node.attr == "__name__"


def test_the_syllabus_lists_the_lessons_in_order():
    syllabus = (FOLDER / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `((?:later/)?\d\d_\w+)\.py`", syllabus, re.MULTILINE)
    assert listed == [*COURSE, *(f"later/{name}" for name in LATER)]
