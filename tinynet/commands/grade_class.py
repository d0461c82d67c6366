"""``python -m tinynet assignment grade``: a class is graded, once or again."""

from __future__ import annotations

import argparse
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tinynet._internal.replacing import replacing
from tinynet.classroom import (
    assignments,
    classes,
    exports,
    grading,
    kept,
    overrides,
    platforms,
    reports,
    roster,
    seeds,
    statistics,
    submissions,
    walls,
)
from tinynet.classroom.classes import Class
from tinynet.classroom.reports import Graded
from tinynet.commands import printing, shared, typed
from tinynet.training.interrupts import exit_status, sigterm_raises


def add(parts: Any) -> argparse.ArgumentParser:
    """Add the command."""
    p = parts.add_parser(
        "grade",
        help="grade all submissions in a folder",
        description="Runs every submission in child processes with limits on time, memory, output,"
        " files and processes. Where bwrap (Debian: bubblewrap) is installed, each is in a room"
        " of its own, without a network and with no file but Python's and NumPy's. Without it, as"
        " root, each runs as another user; and not as root with your own permissions: it can read"
        " what you can read. Into the same folder again, only what changed is run, and what was"
        " stopped goes on.",
    )
    p.set_defaults(command=grade)
    p.add_argument("name", help="such as 2, linear or 02_linear")
    p.add_argument(
        "submissions",
        type=typed.folder,
        help="holds STUDENT.py, or STUDENT/ with the file in it; Canvas' and Moodle's names too",
    )
    shared.out(p, "folder for the gradebook and the reports", "tinynet-grades")
    shared.overwrite(p, "an earlier gradebook, its results and its reports")
    p.add_argument(
        "--roster",
        type=typed.folder,
        metavar="FILE",
        help="who is in the class: CSV with name, id, email, or an export of Canvas or Moodle",
    )
    p.add_argument(
        "--only",
        action="append",
        metavar="STUDENT",
        help="run this student's submission, changed or not, and no other; may be given again",
    )
    p.add_argument(
        "--seed",
        help="the secret from which the cases are drawn (default: the one in the file"
        f" {seeds.SEED} in the folder, which is written if it is not there). Others on this"
        " machine can see what is typed here: better put it in that file",
    )
    p.add_argument("--workers", type=typed.size, help="submissions at a time (default: one a core)")
    p.add_argument("--gradescope", action="store_true", help="write Gradescope's results too")
    visibility(p)
    p.add_argument(
        "--alone", action="store_true", help="the folder is one student's, with all that is in it"
    )
    p.add_argument(
        "--submitter",
        type=typed.folder,
        metavar="FILE",
        help="with --alone: Gradescope's submission_metadata.json, which says whose it is",
    )
    p.add_argument("--classroom50", action="store_true", help="write Classroom 50's results too")
    return p


def visibility(p: argparse.ArgumentParser) -> None:
    """Add ``--visibility``."""
    p.add_argument(
        "--visibility",
        choices=exports.VISIBILITY,
        default=exports.VISIBILITY[0],
        help="when students see the tests on Gradescope (default: %(default)s)",
    )


def grade(options: argparse.Namespace) -> int:
    """Grade a class, and write the results."""
    assignment = assignments.find(options.name, options.assignments)
    out, tasks = options.out, assignment.tasks
    kept.is_of(out, assignment, overwrite=options.overwrite)
    find = submissions.one_of if options.alone else submissions.submissions
    submitted = find(options.submissions, assignment.file)
    people = roster.read(options.roster) if options.roster else None
    class_ = classes.alone(submitted) if people is None else classes.enrolled(submitted, people)
    ids = class_.ids
    if options.submitter is not None:
        ids = {student: exports.submitter(options.submitter) for student in submitted}
    path = out / overrides.OVERRIDES
    decisions = overrides.read(path, assignment.points) if path.is_file() else []
    decided = classes.by_student(class_, decisions, path)
    only = [class_.student(name, "--only") for name in options.only or ()]

    open_to_all = [] if options.alone else [options.submissions]
    walls.refuse_open([assignment.folder / "solution.py", *open_to_all, out])
    out.mkdir(mode=0o700, parents=True, exist_ok=True)  # no submission reads the others'
    seed = seeds.secret_seed(out, options.seed)
    if options.overwrite:
        kept.forget(out, {})
    earlier = kept.read(out)
    kept.begin(out, assignment)
    write = _writer(options, assignment, lambda one: class_.with_decisions(one, decided))

    def done(one: Graded) -> None:
        kept.keep(out, one)
        write(one)

    if unsafe := walls.unsafe():
        printing.complain(unsafe)
    wanted = {name: one for name, one in class_.submitted.items() if not only or name in only}
    rest = [one for name, one in earlier.items() if name in class_.submitted and name not in wanted]
    hangup = [signal.SIGHUP] if hasattr(signal, "SIGHUP") else []
    try:
        with sigterm_raises(*hangup):
            found = grading.grade(
                assignment,
                wanted,
                seed,
                ids=ids,
                kept={} if only else earlier,
                workers=options.workers,
                done=done,
            )
    except KeyboardInterrupt as stop:
        printing.complain(
            f"\nstopped: {out / reports.BOOK} was not written; the reports so far are there, and"
            " the same command goes on"
        )
        return exit_status(stop)
    graded = sorted([*rest, *found], key=lambda one: one.student)
    kept.forget(out, {one.student: one for one in graded})
    graded = [write(one) for one in graded]
    _remove_others(out, {one.student for one in graded})
    reports.gradebook(graded, out / reports.BOOK)
    if people is not None:
        _to_platforms(out, assignment.title, class_, graded)
    if others := [] if options.alone else submissions.not_graded(options.submissions):
        print(f"not graded, because it is no .py file: {', '.join(others)}")
    if decisions:
        print(f"{len(decisions)} decided by the instructor, in {path}")
    print("\n".join(statistics.lines(graded, tasks)))
    points = [sum(one.points.values()) for one in graded]
    run = len([one for one in found if earlier.get(one.student) is not one])
    print(
        f"{run} of {len(graded)} run, {min(points)} to {max(points)} of"
        f" {sum(graded[0].maximum.values())} points."
        f" Written: {out / reports.BOOK} and {out / 'reports'}"
    )
    return 0


def _writer(
    options: argparse.Namespace,
    assignment: assignments.Assignment,
    decided: Callable[[Graded], Graded],
) -> Callable[[Graded], Graded]:
    """Make the function that writes a student's report and exports, where they changed."""
    tasks, out = assignment.tasks, options.out
    (out / "reports").mkdir(exist_ok=True)

    def write(one: Graded) -> Graded:
        one = decided(one)
        path = out / "reports" / f"{one.student}.txt"
        report = reports.report(one, assignment.title, tasks).encode()
        if not path.is_file() or path.read_bytes() != report:
            with replacing(path) as file:
                file.write(report)
        if options.gradescope:
            result = exports.gradescope(one, tasks, options.visibility)
            exports.write(out / "gradescope", one.student, result)
        if options.classroom50:
            exports.write(out / "classroom50", one.student, exports.classroom50(one))
        return one

    return write


def _remove_others(out: Path, students: set[str]) -> None:
    """Remove what an earlier grading wrote about students who are not in this class."""
    for kind in ("reports", "gradescope", "classroom50"):
        for file in (out / kind).glob("*.*"):
            if file.stem not in students:
                file.unlink()


def _to_platforms(out: Path, title: str, class_: Class, graded: list[Graded]) -> None:
    """Write the grades of those on the roster as Canvas and Moodle read them."""
    of = {one.student: one for one in graded}
    people = {(p.name, p.id): of[name] for name, p in class_.people.items() if name in of}
    platforms.write(out, title, list(class_.people.values()), people)
