"""Grading a class: every submission in its own child processes, several at a time."""

from __future__ import annotations

import os
import queue
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from tinynet._internal.cores import cores
from tinynet._internal.progress import bar
from tinynet.classroom import seeds
from tinynet.classroom.assignments import Assignment
from tinynet.classroom.marking import Mark, marks
from tinynet.classroom.processes import adopting, stop
from tinynet.classroom.replies import Reply
from tinynet.classroom.reports import Graded
from tinynet.classroom.running import LIMITS, Limits, run
from tinynet.classroom.submissions import read, submissions

# Users without a name: systemd gives these numbers to services that need one for a moment.
FIRST_USER = 0xEF00


def grade(
    assignment: Assignment,
    folder: Path,
    seed: str,
    *,
    ids: Mapping[str, str] | None = None,
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
        The secret. Each submission's cases are drawn from it, from who handed it in, and from
        the bytes of the file. Anyone who knows it knows the questions.
    ids : mapping, optional
        From the name of a student to what the cases are drawn from instead.
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
    ids = ids or {}
    tests = assignment.calls
    workers = min(workers or cores(), len(submitted))
    users: queue.Queue[int | None] = queue.Queue()
    for k in range(workers):
        users.put(FIRST_USER + k if os.geteuid() == 0 else None)

    def marked(student: str, content: bytes, source: str | None, note: str) -> Graded:
        cases = assignment.cases(seeds.of_submission(seed, ids.get(student, student), content))
        expected = assignment.expected(cases)
        printed = ""
        if source is None:
            replies = [Reply(error=note, loaded=False)] * len(cases)
        else:
            user = users.get()
            try:
                replies, printed = run(assignment.file, source, tests, cases, limits, user)
            finally:
                users.put(user)
        found = marks(cases, replies, expected, assignment.tests, hidden=True)
        return Graded(student, found, printed, note)

    def graded(student: str, path: Path) -> Graded:
        return marked(student, *read(path, assignment.file))

    with adopting():
        solution = assignment.solution
        _is_full(marked("", solution.encode(), solution, "").marks)
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


def _is_full(found: Sequence[Mark]) -> None:
    """Check that the reference gets all points, before anybody is measured by it."""
    for mark in found:
        if mark.earned < mark.points:
            raise RuntimeError(
                f"the reference fails {mark.test!r} of task {mark.task}: {mark.said}"
            )
