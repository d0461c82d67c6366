"""Grading a class: every submission in its own child processes, several at a time."""

from __future__ import annotations

import csv
import io
import os
import queue
import secrets
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tinynet._internal.progress import bar
from tinynet._internal.replacing import replacing
from tinynet.classroom.assignments import Assignment
from tinynet.classroom.marking import NOTHING_RIGHT, Mark, Reply, marks
from tinynet.classroom.processes import adopting, stop
from tinynet.classroom.running import LIMITS, MIB, Limits, run
from tinynet.training.sweep import cores

SEED = "secret-seed.txt"
BOOK = "gradebook.csv"
# Users without a name: systemd gives these numbers to services that need one for a moment.
FIRST_USER = 0xEF00


@dataclass(frozen=True)
class Graded:
    """The result of one student's submission."""

    student: str
    marks: list[Mark]
    printed: str = ""
    note: str = field(default="")

    @property
    def points(self) -> dict[str, int]:
        """The points earned, by task."""
        return _by_task(self.marks, "earned")

    @property
    def maximum(self) -> dict[str, int]:
        """The points of the reference, by task, whatever came back."""
        return _by_task(self.marks, "points")


def grade(
    assignment: Assignment,
    folder: Path,
    seed: str,
    *,
    workers: int | None = None,
    limits: Limits = LIMITS,
    progress: Callable[..., Any] = bar,
    done: Callable[[Graded], None] = lambda graded: None,
) -> list[Graded]:
    """Grade all submissions in a folder.

    Parameters
    ----------
    assignment : Assignment
    folder : path
        Holds a file ``STUDENT.py`` or a folder ``STUDENT/`` with the assignment's file for each
        student; or the file itself, for one student with the name of the folder.
    seed : str
        The seed of the cases. Anyone who knows it knows the questions.
    workers : int, optional
        Submissions at a time; by default as many as there are cores.
    limits : Limits, optional
    progress, done : function, optional
        Makes a progress bar like ``tqdm``; is called with each result as it comes.

    Returns
    -------
    list of Graded
        In the order of the students' names.

    Raises
    ------
    FileNotFoundError, ValueError
        There is nothing to grade.
    RuntimeError
        The reference does not get all points, or grading is not safe on this system. As root,
        the students' code is run as another user; if that cannot be done, it is not run.
    """
    if os.name != "posix":
        raise RuntimeError("grading needs Linux or macOS: what a submission does cannot be limited")
    submitted = submissions(folder, assignment.file)
    cases = assignment.cases(seed)
    expected = assignment.expected(cases)
    tests = assignment.calls
    workers = min(workers or cores(), len(submitted))
    users: queue.Queue[int | None] = queue.Queue()
    for k in range(workers):
        users.put(FIRST_USER + k if os.geteuid() == 0 else None)

    def marked(source: str) -> tuple[list[Mark], str]:
        user = users.get()
        try:
            replies, printed = run(assignment.file, source, tests, cases, limits, user)
        finally:
            users.put(user)
        return marks(cases, replies, expected), printed

    def graded(student: str, path: Path) -> Graded:
        source, note = read_source(path, assignment.file)
        if source is None:
            nothing = [Reply(error=note, loaded=False)] * len(cases)
            return Graded(student, marks(cases, nothing, expected), note=note)
        return Graded(student, *marked(source))

    with adopting():
        _is_full(marked(assignment.solution)[0])
        found = []
        with (
            progress(total=len(submitted), desc="grading", unit="submissions") as shown,
            ThreadPoolExecutor(workers) as pool,
        ):
            futures = [pool.submit(graded, *entry) for entry in submitted.items()]
            try:
                for future in as_completed(futures):
                    found.append(future.result())
                    done(found[-1])
                    shown.update(1)
            except BaseException:
                stop()
                pool.shutdown(cancel_futures=True)
                raise
    return sorted(found, key=lambda one: one.student)


def submissions(folder: Path, file: str) -> dict[str, Path]:
    """Find the students' files, by student."""
    if not folder.is_dir():
        raise FileNotFoundError(f"submissions: {folder} is not a folder")
    folder = folder.resolve()  # it may be a link, but what is in it may not
    entries = [entry for entry in _shown(folder) if _counts(entry)]
    if folder / file in entries:
        if len(entries) > 1:
            others = ", ".join(entry.name for entry in entries if entry.name != file)[:200]
            raise ValueError(f"submissions: {folder} has {file} beside {others}: whose is it?")
        return {_name(folder.name): folder / file}
    found: dict[str, Path] = {}
    for entry in entries:
        student = _name(entry.name if entry.is_dir() else entry.stem)
        if student in found:
            raise ValueError(f"submissions: {student} has a folder and a file: which counts?")
        found[student] = entry / file if entry.is_dir() else entry
    if not found:
        raise ValueError(
            f"submissions: expected STUDENT.py or STUDENT/{file} in {folder}, got neither"
        )
    return found


def not_graded(folder: Path) -> list[str]:
    """List what else is in the folder: archives, notebooks."""
    return [entry.name for entry in _shown(folder) if not _counts(entry)]


def _shown(folder: Path) -> list[Path]:
    """List the entries of a folder that are not hidden."""
    return [e for e in sorted(folder.iterdir()) if not e.name.startswith((".", "__"))]


def _counts(entry: Path) -> bool:
    """Tell whether an entry is a submission."""
    return entry.is_dir() or entry.suffix == ".py"


def _name(name: str) -> str:
    """Return a student's name as text that can be written, also as the name of a file."""
    name = os.fsencode(name).decode(errors="backslashreplace")
    if len(name.encode()) > 200:
        raise ValueError(f"submissions: expected names of at most 200 bytes, got {name}")
    return name


def read_source(path: Path, file: str) -> tuple[str | None, str]:
    """Read the text of a submission; return it, and what to say if it cannot be read."""
    try:
        if path.is_symlink() or path.parent.is_symlink():
            return _nothing(f"{path.name} is a link: links are not followed")
        if not path.is_file():
            return _nothing(f"there is no {file}")
        if path.stat().st_size > MIB:
            return _nothing(f"{path.name} has more than {MIB:,} bytes")
        return path.read_text(encoding="utf-8-sig"), ""
    except (OSError, UnicodeDecodeError) as error:
        return _nothing(f"{path.name} cannot be read: {error}"[:300])


def new_seed() -> str:
    """Draw a seed that nobody can guess."""
    return secrets.token_hex(16)


def secret_seed(folder: Path, seed: str | None) -> str:
    """Return the given seed, or the one in the folder, or a new one; keep it in the folder."""
    file = folder / SEED
    kept = seed is None and file.exists()
    if kept:
        seed = file.read_text(encoding="utf-8")
    seed = new_seed() if seed is None else seed.strip()
    if not seed:
        raise ValueError(f"seed: expected a secret, got nothing; write --seed, or remove {file}")
    if not kept:
        file.unlink(missing_ok=True)  # others may be allowed to read it
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(seed.encode() + b"\n")
    return seed


def gradebook(graded: Sequence[Graded], path: Path) -> None:
    """Write a line per student: points by task, their sum, the maximum, and a note."""
    tasks = list(graded[0].maximum)
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(["student", *tasks, "points", "maximum", "note"])
    for one in graded:
        points, maximum = one.points, one.maximum
        cells = [points[task] for task in tasks]
        rows.writerow(
            [_cell(one.student), *cells, sum(cells), sum(maximum.values()), _cell(one.note)]
        )
    with replacing(path) as out:
        out.write(text.getvalue().encode())


def report(one: Graded, title: str, tasks: Mapping[str, str]) -> str:
    """Write what a student is told."""
    points, maximum = one.points, one.maximum
    lines = [title, f"{one.student}: {sum(points.values())} of {sum(maximum.values())} points"]
    lines += [one.note] if one.note else []
    told = {one.note, NOTHING_RIGHT}
    for task, what in tasks.items():
        lines += ["", f"Task {task}: {what}: {points[task]} of {maximum[task]}"]
        for mark in one.marks:
            if mark.task == task:
                state = "passed" if mark.earned == mark.points else "failed"
                lines.append(f"  {state}  {mark.earned} of {mark.points}  {mark.test}")
                if mark.said and mark.said not in told:
                    lines += [f"          {line}" for line in mark.said.splitlines()]
                told.add(mark.said)
    if one.printed:
        lines += ["", "It printed:", one.printed]
    return "\n".join(lines) + "\n"


def _nothing(why: str) -> tuple[None, str]:
    return None, why.encode(errors="backslashreplace").decode()


def _is_full(found: Sequence[Mark]) -> None:
    """Check that the reference gets all points, before anybody is measured by it."""
    for mark in found:
        if mark.earned < mark.points:
            raise RuntimeError(
                f"the reference fails {mark.test!r} of task {mark.task}: {mark.said}"
            )


def _by_task(found: Sequence[Mark], what: str) -> dict[str, int]:
    tasks = dict.fromkeys((mark.task for mark in found), 0)
    for mark in found:
        tasks[mark.task] += getattr(mark, what)
    return tasks


def _cell(text: str) -> str:
    """Return text that a spreadsheet does not take for a formula."""
    return "'" + text if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
