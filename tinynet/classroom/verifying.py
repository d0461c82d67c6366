"""An assignment, checked before it goes out: its marks, its stub, its tests, and what earns points.

Each check gives sentences that say what is wrong, and where.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from tinynet.classroom.assignments import FILES, PUBLIC, Assignment, Case, load
from tinynet.classroom.child import told
from tinynet.classroom.marking import Mark, marks
from tinynet.classroom.processes import adopting
from tinynet.classroom.replies import Arrays, Reply
from tinynet.classroom.running import LIMITS, run

LIKE_A_MARK = re.compile(r"#.*\b(?:BEGIN|END)\b.*\bSOLUTION\b", re.IGNORECASE)
BEGIN = re.compile(r"( *)### BEGIN SOLUTION Task (\d+\.\d+): \S.*")
END = re.compile(r"( *)### END SOLUTION")
SEEDS = ("one", "two", "three")
CONSTANTS = (0, 1, -1, 0.5)
RAISES = Reply(error="ValueError: no")


def verify(folder: Path) -> Assignment:
    """Check the assignment in a folder, and return it.

    Raises
    ------
    FileNotFoundError
        A file is missing.
    ValueError
        Something is wrong with it: a line for each mistake.
    """
    text = folder / "solution.py"
    if not text.is_file():
        raise FileNotFoundError(f"{folder}: is not an assignment, it needs {', '.join(FILES)}")
    _refuse(folder, wrong_marks(text.read_text(encoding="utf-8")))
    assignment = load(folder)
    if not assignment.title:
        _refuse(folder, ["README.md: the first line is the title: expected one, got nothing"])
    _refuse(folder, [*wrong_stub(assignment), *wrong_pairs(assignment)])
    _refuse(folder, wrong_draws(assignment))
    _refuse(folder, wrong_runs(assignment))
    for seed in SEEDS:
        _refuse(folder, undeserved(assignment, seed))
    return assignment


def _refuse(folder: Path, found: Iterable[str]) -> None:
    found = list(found)
    if found:
        raise ValueError("\n".join(f"{folder.name}: {one}" for one in found[:20]))


def wrong_marks(solution: str) -> Iterator[str]:
    """Look at every line that is, or was meant to be, a mark."""
    seen: dict[str, int] = {}
    begun: tuple[str, str, int] | None = None
    for number, line in enumerate(solution.splitlines(), 1):
        where = f"solution.py, line {number}: "
        if begin := BEGIN.fullmatch(line):
            indent, task = begin.groups()
            if begun is not None:
                yield f"{where}task {task} begins before the ### END SOLUTION of task {begun[1]}"
            if task in seen:
                yield f"{where}task {task} is marked in line {seen[task]} already"
            seen[task] = number
            begun = indent, task, number
        elif end := END.fullmatch(line):
            if begun is None:
                yield f"{where}an END without a BEGIN"
            elif end[1] != begun[0]:
                yield f"{where}END is indented by {len(end[1])}, its BEGIN by {len(begun[0])}"
            begun = None
        elif LIKE_A_MARK.search(line):
            yield (
                f"{where}expected '### BEGIN SOLUTION Task 2.1: what to do' or"
                f" '### END SOLUTION', got {line.strip()!r}"
            )
    if begun is not None:
        yield f"solution.py, line {begun[2]}: task {begun[1]} has no ### END SOLUTION"
    if not seen:
        yield "solution.py: no task is marked with ### BEGIN SOLUTION"


def wrong_stub(assignment: Assignment) -> Iterator[str]:
    """Compile the student's copy."""
    try:
        compile(assignment.stub, assignment.file, "exec")
    except (SyntaxError, ValueError) as error:
        yield f"the student's copy does not compile: {told(error, assignment.file)}"


def wrong_pairs(assignment: Assignment) -> Iterator[str]:
    """Pair the functions of ``tests.py`` with the marks."""
    known = {name for name, thing in vars(assignment.tests).items() if callable(thing)}
    for task in assignment.tasks:
        for kind in ("task", "cases"):
            name = kind + task.replace(".", "_")
            if name not in known:
                yield f"tests.py: there is no {name}, but task {task} is marked in solution.py"
    for name in sorted(known):
        found = re.fullmatch(r"(?:task|cases|wrong)(\d+)_(\d+)", name)
        if found and ".".join(found.groups()) not in assignment.tasks:
            yield f"tests.py: {name} belongs to no task that is marked in solution.py"


def wrong_draws(assignment: Assignment) -> Iterator[str]:
    """Draw the cases of a seed twice: they must be the same."""
    for case, again in zip(assignment.cases(PUBLIC), assignment.cases(PUBLIC), strict=True):
        if _asked(case) != _asked(again):
            yield (
                f"tests.py: {case.function.replace('task', 'cases')}: {case.name!r}: expected the"
                " same arrays from the same seed, got others: draw with rng alone"
            )


def wrong_runs(assignment: Assignment) -> Iterator[str]:
    """Run the reference as a submission is run: it must earn all points, whatever is drawn."""
    for seed in (PUBLIC, *SEEDS):
        cases = assignment.cases(seed)
        expected = assignment.expected(cases)
        with adopting():
            for what, source, full in [
                ("the reference", assignment.solution, True),
                ("the student's copy", assignment.stub, False),
                ("an empty file", "", False),
            ]:
                if not full and seed != PUBLIC:
                    continue
                replies, _ = run(assignment.file, source, assignment.calls, cases, LIMITS)
                found = marks(cases, replies, expected, assignment.tests, hidden=True)
                yield from _not(full, what, found)


def undeserved(assignment: Assignment, seed: str) -> Iterator[str]:
    """Try answers that know nothing: constants, the public answers by heart, an error."""
    cases = assignment.cases(seed)
    expected = assignment.expected(cases)
    answers = assignment.answers(cases)
    known = {_asked(case): answer for case, answer in _public(assignment)}
    tries = {f"the constant {c!r}": [_full(a, c) for a in answers] for c in _constants(answers)}
    tries["an error in every call"] = [RAISES] * len(cases)
    tries["the public answers by heart"] = [
        Reply(known[_asked(case)], {}) if _asked(case) in known else RAISES for case in cases
    ]
    for what, replies in tries.items():
        yield from _not(False, what, marks(cases, replies, expected, assignment.tests, hidden=True))


def _not(full: bool, what: str, found: Sequence[Mark]) -> Iterator[str]:
    """Say which points are missing, or are given for nothing."""
    for mark in found:
        if full and mark.earned < mark.points:
            yield f"{what} fails {mark.test!r} of task {mark.task}: {mark.said}"
        if not full and mark.earned:
            yield f"{what} earns {mark.earned} for {mark.test!r} of task {mark.task}"


def _public(assignment: Assignment) -> Iterator[tuple[Case, Arrays]]:
    cases = assignment.cases(PUBLIC)
    yield from zip(cases, assignment.answers(cases), strict=True)


def _asked(case: Case) -> tuple:
    return case.task, *((name, a.tobytes()) for name, a in sorted(case.arrays.items()))


def _constants(answers: Sequence[Arrays]) -> list:
    """Return numbers that anyone would try, and the words and whole numbers that are asked for."""
    named = {
        array.item()
        for results in answers
        for array in results.values()
        if array.ndim == 0 and array.dtype.kind not in "fc"
    }
    return [*CONSTANTS, *sorted(named - set(CONSTANTS), key=repr)]


def _full(answer: Mapping[str, np.ndarray], constant: object) -> Reply:
    return Reply({name: np.full(a.shape, constant) for name, a in answer.items()}, {})
