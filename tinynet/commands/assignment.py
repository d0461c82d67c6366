"""``python -m tinynet assignment list | verify | release | ...``."""

from __future__ import annotations

import argparse
import os
from typing import Any

from tinynet.classroom import (
    assignments,
    checking,
    exports,
    grading,
    handout,
    reports,
    seeds,
    submissions,
    tools,
    verifying,
)
from tinynet.commands import outputs, printing, shared, typed
from tinynet.training.interrupts import exit_status


def add(commands: Any) -> None:
    """Add the command, and those that can be typed after it."""
    top = commands.add_parser(
        "assignment",
        help="assignments for a class: handed out, checked, graded",
        description="Assignments for a class. Instructors use the others; students use check.",
    )
    top.set_defaults(command=printing.help_of(top))
    parts = top.add_subparsers(title="commands")

    p = parts.add_parser("list", help="the assignments, their tasks and points")
    p.set_defaults(command=list_all)
    _place(p)

    p = parts.add_parser("release", help="write the student's copy of an assignment")
    p.set_defaults(command=release)
    p.add_argument("name", help="such as 2, linear or 02_linear")
    p.add_argument("folder", type=typed.folder, help="a new folder")
    _place(p)

    p = parts.add_parser("verify", help="check an assignment of your own before it goes out")
    p.set_defaults(command=verify)
    p.add_argument("name", help="such as 2, linear or 02_linear")
    _place(p)

    p = parts.add_parser("check", help="run the public tests on your file")
    p.set_defaults(command=check)
    p.add_argument("file", type=typed.folder, help="yours, in the folder that release made")

    p = parts.add_parser("tools", help="write a wheel for students, with check and no answers")
    p.set_defaults(command=students_tools)
    p.add_argument("folder", type=typed.folder, help="where the wheel goes")

    p = parts.add_parser(
        "grade",
        help="grade all submissions in a folder",
        description="Runs every submission in child processes with limits on time, memory, output,"
        " files and processes; as root also as another user and without a network. Unless you run"
        " it as root, the submissions run with your own permissions: they can read what you can"
        " read. If that is not good enough, grade in a container.",
    )
    p.set_defaults(command=grade)
    p.add_argument("name", help="such as 2, linear or 02_linear")
    p.add_argument(
        "submissions", type=typed.folder, help="holds STUDENT.py, or STUDENT/ with the file in it"
    )
    shared.out(p, "folder for the gradebook and the reports", "tinynet-grades")
    shared.overwrite(p, "an earlier gradebook and its reports")
    p.add_argument(
        "--seed",
        help="the secret from which the cases are drawn (default: the one in the file"
        f" {seeds.SEED} in the folder, which is written if it is not there). Others on this"
        " machine can see what is typed here: better put it in that file",
    )
    p.add_argument("--workers", type=typed.size, help="submissions at a time (default: one a core)")
    p.add_argument("--gradescope", action="store_true", help="write Gradescope's results too")
    _visibility(p)
    p.add_argument(
        "--submitter",
        type=typed.folder,
        metavar="FILE",
        help="Gradescope's submission_metadata.json: whose the only submission is",
    )
    p.add_argument("--classroom50", action="store_true", help="write Classroom 50's results too")
    _place(p)

    p = parts.add_parser("autograder", help="write a zip for Gradescope")
    p.set_defaults(command=autograder)
    p.add_argument("name", help="such as 2, linear or 02_linear")
    p.add_argument("file", type=typed.folder, help="the zip")
    p.add_argument("--seed", help="the secret from which the cases are drawn (default: a new one)")
    _visibility(p)
    _place(p)


def _visibility(p: argparse.ArgumentParser) -> None:
    p.add_argument(
        "--visibility",
        choices=exports.VISIBILITY,
        default=exports.VISIBILITY[0],
        help="when students see the tests on Gradescope (default: %(default)s)",
    )


def _place(p: argparse.ArgumentParser) -> None:
    p.add_argument(
        "--assignments",
        type=typed.folder,
        default=assignments.FOLDER,
        help="folder of the assignments (default: that of the lessons)",
    )


def list_all(options: argparse.Namespace) -> int:
    """Print a line for each assignment, and one for each of its tasks."""
    for assignment in assignments.all_in(options.assignments):
        cases = assignment.cases(assignments.PUBLIC)
        points = {
            task: 1 + sum(case.points for case in cases if case.task == task)
            for task in assignment.tasks
        }
        print(f"{assignment.name:<20}{assignment.title} ({sum(points.values())} points)")
        for task, what in assignment.tasks.items():
            print(f"    {task}  {what} ({points[task]})")
    return 0


def release(options: argparse.Namespace) -> int:
    """Write a student's copy of an assignment."""
    assignment = verifying.verify(assignments.place(options.name, options.assignments))
    for file in handout.release(assignment, options.folder):
        print(f"Written: {file}")
    print(f"To check it: python -m tinynet assignment check {options.folder / assignment.file}")
    return 0


def verify(options: argparse.Namespace) -> int:
    """Check an instructor's assignment."""
    assignment = verifying.verify(assignments.place(options.name, options.assignments))
    print(
        f"{assignment.name}: the reference earns all points; the student's copy, an empty file,"
        " constants, the public answers by heart and errors earn none"
    )
    return 0


def check(options: argparse.Namespace) -> int:
    """Print a line for each task, and what came back where it was wrong."""
    good, lines = checking.check(options.file)
    print("\n".join(lines))
    return 0 if good else 1


def students_tools(options: argparse.Namespace) -> int:
    """Write the wheel for students."""
    path = tools.wheel(options.folder)
    print(f"Written: {path}. To install it: python -m pip install {path}")
    return 0


def grade(options: argparse.Namespace) -> int:
    """Grade a class, and write the results."""
    assignment = assignments.find(options.name, options.assignments)
    book = options.out / reports.BOOK
    outputs.is_new(book, overwrite=options.overwrite)
    submissions.submissions(options.submissions, assignment.file)  # before anything is written
    options.out.mkdir(mode=0o700, parents=True, exist_ok=True)  # no submission reads the others'
    for kind in ("reports", "gradescope", "classroom50"):  # of an earlier grading
        for file in (options.out / kind).glob("*.*"):
            file.unlink()
    (options.out / "reports").mkdir(exist_ok=True)
    seed = seeds.secret_seed(options.out, options.seed)
    tasks = assignment.tasks
    ids = {}
    if options.submitter is not None:
        (student,) = submissions.submissions(options.submissions, assignment.file)
        ids = {student: exports.submitter(options.submitter)}

    def write(one: reports.Graded) -> None:
        report = reports.report(one, assignment.title, tasks)
        (options.out / "reports" / f"{one.student}.txt").write_text(report, encoding="utf-8")
        if options.gradescope:
            result = exports.gradescope(one, tasks, options.visibility)
            exports.write(options.out / "gradescope", one.student, result)
        if options.classroom50:
            exports.write(options.out / "classroom50", one.student, exports.classroom50(one))

    if os.name == "posix" and os.geteuid() != 0:
        printing.complain(
            "submissions run with your own permissions, and can read what you can: see grade --help"
        )
    try:
        graded = grading.grade(
            assignment,
            options.submissions,
            seed,
            ids=ids,
            workers=options.workers,
            done=write,
        )
    except KeyboardInterrupt as stop:
        printing.complain(f"\nstopped: {book} was not written; the reports so far are there")
        return exit_status(stop)
    reports.gradebook(graded, book)
    if others := submissions.not_graded(options.submissions):
        print(f"not graded, because it is no .py file: {', '.join(others)}")
    points = [sum(one.points.values()) for one in graded]
    print(
        f"{len(graded)} graded, {min(points)} to {max(points)} of"
        f" {sum(graded[0].maximum.values())} points. Written: {book} and {options.out / 'reports'}"
    )
    return 0


def autograder(options: argparse.Namespace) -> int:
    """Write a zip to upload."""
    assignment = assignments.find(options.name, options.assignments)
    if options.file.exists():
        raise FileExistsError(f"file: {options.file} is there: give another name")
    seed = options.seed or seeds.new_seed()
    exports.autograder(assignment, seed, options.file, options.visibility)
    print(f"Written: {options.file}. It holds the reference and the seed: for the instructor only.")
    return 0
