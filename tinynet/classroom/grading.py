"""Grading a class: every submission in its own child processes, several at a time."""

from __future__ import annotations

import os
import queue
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

from tinynet._internal.cores import cores
from tinynet._internal.progress import bar
from tinynet.classroom import processes, seeds, walls
from tinynet.classroom.assignments import Assignment
from tinynet.classroom.kept import about, digest
from tinynet.classroom.marking import Mark, marks
from tinynet.classroom.places import remove_forgotten, remove_left
from tinynet.classroom.processes import adopting, stop
from tinynet.classroom.reports import Graded, why_nothing
from tinynet.classroom.running import LIMITS, Limits, run
from tinynet.classroom.submissions import Submission, submissions


def grade(
    assignment: Assignment,
    submitted: Path | Mapping[str, Submission],
    seed: str,
    *,
    ids: Mapping[str, str] | None = None,
    kept: Mapping[str, Graded] | None = None,
    workers: int | None = None,
    limits: Limits = LIMITS,
    progress: Callable[..., Any] = bar,
    done: Callable[[Graded], None] = lambda graded: None,
) -> list[Graded]:
    """Grade submissions.

    Parameters
    ----------
    assignment : Assignment
    submitted : path or mapping
        The submissions by student, or a folder with them: see :func:`submissions`.
    seed : str
        The secret. Each submission's cases are drawn from it, from who handed it in, and from
        the bytes of the file. Anyone who knows it knows the questions.
    ids : mapping, optional
        From the name of a student to what the cases are drawn from instead.
    kept : mapping, optional
        Earlier results, by student. One that would come out the same is not run again.
    workers : int, optional
        Submissions at a time; by default as many as there are cores.
    limits : Limits, optional
    progress, done : function, optional
        Makes a progress bar like ``tqdm``; is called with each new result as it comes.

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
    if isinstance(submitted, Path):
        submitted = submissions(submitted, assignment.file)
    seeded = {student: (ids or {}).get(student, student) for student in submitted}
    on = digest(about(assignment), seed, limits)
    found: list[Graded] = []
    left: list[tuple] = []
    for student, one in submitted.items():
        content, source, note = one.read()
        key = digest(on, seeded[student], content, note)
        before = (kept or {}).get(student)
        if before is not None and before.key == key:
            found.append(before)
        else:
            left.append((student, content, source, note, key))
    if not left:
        return sorted(found, key=lambda one: one.student)

    tests = assignment.calls
    workers = min(workers or cores(), len(left))
    users: queue.Queue[int | None] = queue.Queue()
    remove_forgotten()

    def marked(who: str, content: bytes, source: str) -> tuple[list[Mark], str]:
        cases = assignment.cases(seeds.of_submission(seed, who, content))
        expected = assignment.expected(cases)
        user = users.get()
        try:
            replies, printed = run(assignment.file, source, tests, cases, limits, user)
        finally:
            if user is not None and walls.why_not():
                remove_left(user)
            users.put(user)
        return marks(cases, replies, expected, assignment.tests, hidden=True), printed

    def graded(student: str, content: bytes, source: str | None, note: str, key: str) -> Graded:
        if source is None:
            nothing = [replace(mark, earned=0, said=note) for mark in reference]
            return Graded(student, nothing, note=note, key=key)
        begun = time.monotonic()
        found, printed = marked(seeded[student], content, source)
        note = "; ".join(filter(None, (note, why_nothing(found, source))))
        seconds = time.monotonic() - begun
        return Graded(student, found, printed, note, key=key, seconds=seconds)

    drawn = processes.users(workers) if os.geteuid() == 0 else nullcontext([None] * workers)
    with adopting(), drawn as numbers:
        for user in numbers:
            users.put(user)
        solution = assignment.solution
        with (
            progress(total=len(left), desc="grading", unit="submissions") as shown,
            ThreadPoolExecutor(workers) as pool,
        ):
            # A signal is raised in this thread, which has nothing that must be cleaned up.
            try:
                reference, _ = pool.submit(marked, "", solution.encode(), solution).result()
                _is_full(reference)
                futures = [pool.submit(graded, *entry) for entry in left]
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
