"""What a student gets: a stub to fill in, the text, and public tests.

The folder holds ``README.md``, the stub ``linear.py``, ``tests.py``, which says how its functions
are called, ``public.npz`` with arrays to call them with and what has to come back, and
``test_linear.py``, so that ``pytest`` and ``pytest -m task2_1`` work, with a debugger too.
"""

from __future__ import annotations

import builtins
import functools
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from tinynet._internal.npz import read_npz, write_npz
from tinynet._internal.replacing import replacing
from tinynet.classroom.assignments import PUBLIC, Assignment, Case, module
from tinynet.classroom.child import call, loaded
from tinynet.classroom.marking import marks
from tinynet.classroom.replies import Reply
from tinynet.classroom.running import LIMITS
from tinynet.classroom.submissions import text_of

FORMAT = "tinynet assignment 1"
ARRAYS = "public.npz"
PYTEST = '''"""The public tests: pytest, or pytest -m {first} for a task, pytest --pdb to look."""

import pytest

from tinynet.classroom.handout import parameters, student


@pytest.mark.parametrize("test", parameters(__file__))
def test(test):
    test(student(__file__))
'''


BEGIN = """## To begin, and to hand in

You need Python 3.11 or newer, NumPy and pytest. With the file that your instructor gives you:

    python -m venv .venv
    .venv/bin/python -m pip install tinynet_check-*.whl

and `.venv/bin/python` is the Python of the commands above (on Windows: `.venv\\Scripts\\python`).
Hand in `{file}` alone, under this name. It may import NumPy and Python's standard library. When it
is graded it has {seconds:g} seconds for a call and {in_all:g} for all of them, {memory} GiB of
memory, {size} MiB for what is printed or written, and {processes} processes.

"The paper" is X. Glorot and Y. Bengio, "Understanding the difficulty of training deep feedforward
neural networks", AISTATS 2010.
"""


@dataclass(frozen=True)
class Handout:
    """An assignment as a student has it."""

    title: str
    file: str
    tasks: dict[str, str]
    tests: str
    cases: list[Case]
    expected: list[dict[str, np.ndarray]]


def release(assignment: Assignment, folder: Path) -> list[Path]:
    """Write the student's copy of an assignment to a folder; return its files.

    Raises
    ------
    FileExistsError
        The folder already holds something.
    OSError
        It cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FileExistsError(f"folder: expected a new or empty one, got {folder}; name another")
    name = assignment.file.removesuffix(".py")
    cases = assignment.cases(PUBLIC)
    markers = {case.task: case.function for case in cases}
    readme = (assignment.folder / "README.md").read_text(encoding="utf-8")
    texts = {
        "README.md": f"{readme.rstrip()}\n\n{_how_to_begin(assignment)}",
        assignment.file: assignment.stub,
        "tests.py": assignment.calls,
        f"test_{name}.py": PYTEST.format(first=next(iter(markers.values()))),
        "pytest.ini": "[pytest]\npythonpath = .\nmarkers =\n"
        + "".join(f"    {marker}: task {task}\n" for task, marker in markers.items()),
    }
    expected = assignment.expected(cases)
    arrays: dict[str, np.ndarray] = {}
    for k, case in enumerate(cases):
        arrays |= {f"{k} argument {key}": np.asarray(a) for key, a in case.arrays.items()}
        arrays |= {f"{k} result {key}": a for key, a in expected[k].items()}
    record = {
        "format": FORMAT,
        "title": assignment.title,
        "file": assignment.file,
        "tasks": assignment.tasks,
        "arrays": list(arrays),
        "cases": [(case.task, case.name, case.points, case.within) for case in cases],
    }
    folder.mkdir(parents=True, exist_ok=True)
    for file, text in texts.items():
        with replacing(folder / file) as out:
            out.write(text.encode())
    write_npz(folder / ARRAYS, arrays, record)
    return [folder / file for file in (*texts, ARRAYS)]


def read(folder: Path) -> Handout:
    """Read the handout in a folder.

    Raises
    ------
    FileNotFoundError, ValueError
        The folder is not one that :func:`release` wrote, or is damaged.
    """
    for file in (ARRAYS, "tests.py"):
        if not (folder / file).is_file():
            raise FileNotFoundError(
                f"{folder / file}: does not exist; a file is checked in the folder that"
                " 'assignment release' made"
            )
    arrays, record = read_npz(folder / ARRAYS)
    if record.get("format") != FORMAT:
        raise ValueError(
            f"{folder / ARRAYS}: expected format {FORMAT!r}, got {record.get('format')!r}"
        )
    tests = (folder / "tests.py").read_text(encoding="utf-8")
    parts: dict[tuple[str, str], dict[str, np.ndarray]] = {}
    try:
        for key in record["arrays"]:
            array = arrays[key]
            k, kind, name = key.split(" ", 2)
            parts.setdefault((k, kind), {})[name] = array
        cases = [
            Case(task, name, points, parts.get((str(k), "argument"), {}), within)
            for k, (task, name, points, within) in enumerate(record["cases"])
        ]
        expected = [parts.get((str(k), "result"), {}) for k in range(len(cases))]
        return Handout(record["title"], record["file"], record["tasks"], tests, cases, expected)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{folder / ARRAYS}: is damaged: {error!r}") from error


def _how_to_begin(assignment: Assignment) -> str:
    """Write what every text ends with."""
    return BEGIN.format(
        file=assignment.file,
        seconds=LIMITS.seconds,
        in_all=LIMITS.in_all,
        memory=LIMITS.memory // (1 << 30),
        size=LIMITS.file // (1 << 20),
        processes=LIMITS.processes,
    )


def student(file: str | os.PathLike) -> ModuleType:
    """Load the student's file that lies beside the handout's tests, as the grader loads it."""
    given = read(Path(file).parent)
    return _loaded(Path(file).parent / given.file)


@functools.cache
def _loaded(path: Path) -> ModuleType:
    """Run a file, in which only NumPy and Python's standard library can be imported."""

    def imported(name: str, *arguments: Any, **keywords: Any) -> Any:
        top = name.partition(".")[0]
        if top not in ("numpy", path.stem) and top not in sys.stdlib_module_names:
            raise ModuleNotFoundError(
                f"No module named {name!r}: only NumPy and Python's standard library can be"
                " imported here",
                name=name,
            )
        return builtins.__import__(name, *arguments, **keywords)

    known = {**vars(builtins), "__import__": imported}
    return loaded(str(path), text_of(path.read_bytes()), sys.modules, known)


def parameters(file: str | os.PathLike) -> list[Any]:
    """Return the public tests beside a file, as parameters for ``pytest.mark.parametrize``."""
    import pytest

    handout = read(Path(file).parent)
    tests = module("tests", handout.tests)
    return [
        pytest.param(
            _test(case, expected, tests),
            marks=getattr(pytest.mark, case.function),
            id=f"{case.task} {case.name}",
        )
        for case, expected in zip(handout.cases, handout.expected, strict=True)
    ]


def _test(case: Case, expected: dict[str, np.ndarray], tests: ModuleType) -> Callable:
    """Make one public test of a student's module, in this process: a debugger can step into it."""

    def test(student: ModuleType) -> None:
        import pytest

        reply = Reply(*call(getattr(tests, case.function), student, case.arrays))
        for mark in marks([case], [reply], [expected], tests):
            if mark.earned < mark.points:
                pytest.fail(f"task {mark.task}, {mark.test}: {mark.said}", pytrace=False)

    return test
