"""An assignment: a folder with a text, a reference solution, and tests with points.

The folder ``02_linear`` holds

- ``README.md``, the text; its first line is the title;
- ``solution.py``, the reference. The lines between ``### BEGIN SOLUTION Task 2.1: what to do``
  and ``### END SOLUTION`` are cut from the student's copy, ``linear.py``;
- ``tests.py``, two functions per task. ``task2_1(student, **arrays)`` calls the student's code and
  returns a dict of arrays; ``cases2_1(rng)`` draws what it is called with: a list of
  ``(name, points, arrays)``, with a fourth entry if another tolerance is needed.

The right answer is what the reference returns for the same arrays. Tests hold no answers. Where
right answers differ, as random draws do, ``wrong2_1(arrays, results)`` says what is wrong with one,
or nothing. It is called where the points are given, with plain arrays that came back. Where some
of the arrays earn points by themselves, ``parts2_1 = ("dW", "db")`` names them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from tinynet.classroom.child import call, loaded, told

FOLDER = Path(__file__).parents[2] / "lessons" / "assignments"
PUBLIC = "public"  # the seed of the cases that students get
FILES = ("README.md", "solution.py", "tests.py")
MARKED = re.compile(
    r"^(?P<indent> *)### BEGIN SOLUTION (?P<task>Task \d+\.\d+: .+)\n"
    r"(?:.*\n)*?\1### END SOLUTION\n",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Case:
    """One call of the student's code, and what it is worth."""

    task: str  # "2.1"
    name: str
    points: int
    arrays: Mapping[str, np.ndarray] = field(repr=False)
    within: float | None = None  # the tolerance, if it is not that of the dtype

    @property
    def function(self) -> str:
        """The name of its function in ``tests.py``."""
        return "task" + self.task.replace(".", "_")


@dataclass(frozen=True)
class Assignment:
    """One assignment, from its folder."""

    folder: Path
    title: str
    tests: ModuleType = field(repr=False)

    @property
    def name(self) -> str:
        """``02_linear``."""
        return self.folder.name

    @property
    def file(self) -> str:
        """The name of the student's file: ``linear.py``."""
        return self.name.partition("_")[2] + ".py"

    @property
    def solution(self) -> str:
        """The reference, as text."""
        return (self.folder / "solution.py").read_text(encoding="utf-8")

    @property
    def calls(self) -> str:
        """``tests.py``, as text."""
        return (self.folder / "tests.py").read_text(encoding="utf-8")

    @property
    def stub(self) -> str:
        """The student's copy: each solution is a NotImplementedError that names its task."""
        return MARKED.sub(
            lambda found: f"{found['indent']}raise NotImplementedError({_quoted(found['task'])})\n",
            self.solution,
        )

    @property
    def tasks(self) -> dict[str, str]:
        """What to do in each task, by its number, in order."""
        found = re.findall(r"### BEGIN SOLUTION Task (\d+\.\d+): (.+)", self.solution)
        return dict(found)

    @property
    def points(self) -> dict[str, int]:
        """What each task is worth: its cases, and one point for leaving its arguments alone."""
        cases = self.cases(PUBLIC)
        return {t: 1 + sum(case.points for case in cases if case.task == t) for t in self.tasks}

    def cases(self, seed: str) -> list[Case]:
        """Draw the calls from a seed, task after task."""
        drawn = []
        for task in self.tasks:
            digest = hashlib.sha256(f"{seed} {self.name} {task}".encode()).digest()
            rng = np.random.default_rng(int.from_bytes(digest))
            draw = getattr(self.tests, "cases" + task.replace(".", "_"))
            parts = len(hook(self.tests, "parts", task) or ("",))
            try:
                entries = list(draw(rng))
            except Exception as error:
                where = f"{self.name}: tests.py: {draw.__name__}"
                raise ValueError(f"{where}: {told(error, 'tests.py')}") from error
            if not entries:
                raise ValueError(
                    f"{self.name}: tests.py: {draw.__name__}: expected a case, got none"
                )
            drawn += [_case(self.name, task, entry, parts) for entry in entries]
        return drawn

    def expected(self, cases: list[Case]) -> list[dict[str, np.ndarray]]:
        """Return what the reference returns, run in this process; nothing where tests judge."""
        unjudged = [case for case in cases if not hook(self.tests, "wrong", case.task)]
        answers = iter(self.answers(unjudged))
        return [{} if hook(self.tests, "wrong", case.task) else next(answers) for case in cases]

    def answers(self, cases: Sequence[Case]) -> list[dict[str, np.ndarray]]:
        """Return what the reference returns, also where tests judge.

        Raises
        ------
        ValueError
            It cannot be loaded, or fails; with the line.
        """
        where = f"{self.name}: solution.py"
        try:
            reference = module(self.file.removesuffix(".py"), self.solution)
            found = []
            for case in cases:
                where = f"{self.name}: the reference, in {case.name!r} of task {case.task}"
                found.append(call(getattr(self.tests, case.function), reference, case.arrays)[0])
        except Exception as error:
            raise ValueError(f"{where}: {told(error, self.file, 'tests.py')}") from error
        return found


def find(name: str, folder: Path = FOLDER) -> Assignment:
    """Find an assignment by its name, ``02_linear``, ``linear`` or ``2``.

    Raises
    ------
    FileNotFoundError
        There is no folder of assignments.
    ValueError
        No assignment, or more than one, has this name.
    """
    return load(place(name, folder))


def place(name: str, folder: Path = FOLDER) -> Path:
    """Find the folder of an assignment by its name; the others may be in any state."""
    known = _folders(folder)
    fits = [
        path
        for path in known
        if name in (path.name, path.name.partition("_")[2])
        or name.lstrip("0") == path.name.partition("_")[0].lstrip("0")
    ]
    if len(fits) != 1:
        names = ", ".join(path.name for path in known)
        raise ValueError(f"name: expected one of {names}, got {name!r}")
    return fits[0]


def all_in(folder: Path = FOLDER) -> list[Assignment]:
    """Load all assignments of a folder, in the order of their names."""
    return [load(path) for path in _folders(folder)]


def _folders(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise FileNotFoundError(
            f"{folder}: does not exist. The assignments come with the lessons, in a clone of the"
            " project, not with an installed package: name their folder with --assignments"
        )
    return [path for path in sorted(folder.iterdir()) if (path / "solution.py").is_file()]


def load(folder: Path) -> Assignment:
    """Load the assignment in a folder."""
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        lacks = " and no ".join(missing)
        raise FileNotFoundError(f"{folder}: is not an assignment, it has no {lacks}")
    title = (folder / "README.md").read_text(encoding="utf-8").partition("\n")[0].lstrip("# ")
    try:
        tests = module("tests", (folder / "tests.py").read_text("utf-8"))
    except Exception as error:
        raise ValueError(f"{folder.name}: tests.py: {told(error, 'tests.py')}") from error
    return Assignment(folder, title, tests)


def _quoted(text: str) -> str:
    """Write a text as Python does between double quotes."""
    return json.dumps(text, ensure_ascii=False)


def _case(assignment: str, task: str, entry: Sequence, parts: int) -> Case:
    """Check one call as ``tests.py`` gives it."""
    where = f"{assignment}: tests.py: cases{task.replace('.', '_')}: "
    if not isinstance(entry, tuple) or len(entry) not in (3, 4):
        raise ValueError(f"{where}expected (name, points, arrays) for each, got {entry!r:.100}")
    name, points, arrays, *within = entry
    if not isinstance(name, str) or isinstance(points, bool) or not isinstance(points, int):
        raise ValueError(f"{where}expected a name and whole points, got {name!r} and {points!r}")
    if points < 1 or points % parts:
        wanted = f"points for {parts} parts alike" if parts > 1 else "at least 1 point"
        raise ValueError(f"{where}{name!r}: expected {wanted}, got {points}")
    if not isinstance(arrays, dict):
        raise ValueError(f"{where}{name!r}: expected a dict of arrays, got {type(arrays).__name__}")
    for argument, array in arrays.items():
        if not isinstance(array, np.ndarray) or array.dtype.hasobject:
            kind = array.dtype if isinstance(array, np.ndarray) else type(array).__name__
            raise ValueError(
                f"{where}{name!r}: {argument}: expected an array of numbers or text, got {kind}:"
                f" write np.array(...)"
            )
    if within and within[0] is not None and not 0 <= within[0] < 1:
        raise ValueError(f"{where}{name!r}: expected a tolerance from 0 to 1, got {within[0]}")
    return Case(task, name, points, arrays, *within)


def hook(tests: ModuleType | None, kind: str, task: str) -> Any:
    """Return what the tests have for a task besides its calls: ``wrong2_1``, ``parts2_1``."""
    return getattr(tests, kind + task.replace(".", "_"), None)


def module(name: str, source: str) -> ModuleType:
    """Make a module of our own from its text: solutions and tests, never what students wrote."""
    return loaded(f"{name}.py", source, {})
