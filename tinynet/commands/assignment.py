"""``python -m tinynet assignment list | verify | release | ...``."""

from __future__ import annotations

import argparse
from typing import Any

from tinynet.classroom import (
    assignments,
    autograders,
    checking,
    handout,
    seeds,
    tools,
    verifying,
)
from tinynet.commands import grade_class, printing, typed


def add(commands: Any) -> None:
    """Add the command, and those that can be typed after it."""
    top = commands.add_parser(
        "assignment",
        help="assignments for a class: handed out, checked, graded",
        description="Assignments for a class. Students need check, instructors the others.",
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

    _place(grade_class.add(parts))

    p = parts.add_parser("autograder", help="write a zip for Gradescope, or Classroom 50's bundle")
    p.set_defaults(command=autograder)
    p.add_argument("name", help="such as 2, linear or 02_linear")
    p.add_argument("file", type=typed.folder, help="the zip, or the folder of the bundle")
    p.add_argument("--classroom50", action="store_true", help="a folder with an autograder.py")
    p.add_argument("--seed", help="the secret from which the cases are drawn (default: a new one)")
    grade_class.visibility(p)
    _place(p)


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
        points = assignment.points
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


def autograder(options: argparse.Namespace) -> int:
    """Write a zip to upload, or a folder to publish."""
    assignment = assignments.find(options.name, options.assignments)
    seed = options.seed or seeds.new_seed()
    if options.classroom50:
        autograders.bundle(assignment, seed, options.file)
        print(
            f"Written: {options.file}. It holds the reference and the seed, and what Classroom 50"
            " publishes of it can be read by anyone who finds the address."
        )
        return 0
    if options.file.exists():
        raise FileExistsError(f"file: {options.file} is there: give another name")
    autograders.autograder(assignment, seed, options.file, options.visibility)
    print(f"Written: {options.file}. It holds the reference and the seed: for the instructor only.")
    return 0
