"""``python -m tinynet exercise``: check the answers in a lesson's file, and run nothing else."""

from __future__ import annotations

import argparse
import ast
import re
from pathlib import Path
from typing import Any

import tinynet as tn
from tinynet.commands import typed
from tinynet.exercises import checking

CELL = re.compile(r"^# %%", re.MULTILINE)


def add(commands: Any) -> None:
    """Add the command."""
    p = commands.add_parser(
        "exercise",
        help="check your answers in a lesson, or see a hint or a solution",
        description="Runs those cells of a lesson that hold your answers, and nothing else.",
    )
    p.set_defaults(command=exercise)
    p.add_argument(
        "which", type=which, help="a lesson, such as 7 or L1, or one exercise, such as 7.2"
    )
    p.add_argument(
        "--hint", action="count", default=0, help="the first hint; --hint --hint: both of them"
    )
    p.add_argument("--solution", action="store_true", help="a solution, once you have tried")
    p.add_argument("--file", type=typed.folder, help="the lesson, if it is not in lessons/")


@typed.option
def which(text: str) -> str:
    """Read the name of a lesson, or of an exercise."""
    text = text.upper()  # l1 for L1
    lesson, _, exercise = text.partition(".")
    if not checking.of_lesson(lesson):
        raise ValueError(
            f"expected a lesson, such as 7 or L1, or an exercise, such as 7.2, got {text!r}"
        )
    if exercise:
        checking.find(text)
    return text


def exercise(options: argparse.Namespace) -> int:
    """Check the answers in a lesson's file; then print what else was asked for."""
    lesson = options.which.split(".")[0]
    path = options.file or file_of(lesson)
    names = [options.which] if "." in options.which else list(checking.of_lesson(lesson))
    answers = run_cells(path, names)
    for name in names:
        if name not in answers:
            print(f"Exercise {name}: no check of it in {path}")
        for _ in range(options.hint):
            checking.hint(name)
        if options.solution:
            checking.solution(name)
    return 0


def file_of(lesson: str) -> Path:
    """Find a lesson's file, here or beside tinynet."""
    inside = "later" if lesson.startswith("L") else ""
    folders = [Path("lessons"), Path(), Path(tn.__file__).parents[1] / "lessons"]
    name = f"{int(lesson.removeprefix('L')):02}_*.py"
    found = [path for folder in folders for path in sorted((folder / inside).glob(name))]
    if not found:
        raise FileNotFoundError(f"lesson {lesson} is not here: name its file with --file")
    return found[0]


def run_cells(path: Path, names: list[str]) -> set[str]:
    """Run a lesson's imports, and its cells that check one of these exercises; return which."""
    text = path.read_text(encoding="utf-8")
    try:
        tree = ast.parse(text, str(path))
    except SyntaxError as error:
        raise ValueError(f"{path}, line {error.lineno}: {error.msg}") from None
    starts = [text.count("\n", 0, match.start()) + 1 for match in CELL.finditer(text)]
    ends = [*starts[1:], text.count("\n") + 2]
    room: dict[str, Any] = {"__name__": "__main__", "__file__": str(path)}
    imports: list[ast.stmt] = [
        node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))
    ]
    run(imports, path, room)
    found: set[str] = set()
    for start, end in zip(starts, ends, strict=True):
        cell = [node for node in tree.body if start <= node.lineno < end]
        here = checked_in(cell)
        if here.isdisjoint(names):
            continue
        others = here.difference(names)
        wanted = [node for node in cell if node not in imports and not checked_in([node]) & others]
        broken: set[str] = set()  # names that an error left unmade: what needs them is passed over
        for node in wanted:
            if broken.intersection(names_in(node)):
                continue
            try:
                run([node], path, room)
            except Exception as error:  # whatever a student's code can raise
                broken |= made_in(node)
                print(f"{path}, line {line_of(error, path)}: {type(error).__name__}: {error}")
                if isinstance(error, NameError) and error.name in made_in(tree):
                    print(f"  The cell that makes {error.name} is not run here: write the number,")
                    print(f"  or run the whole lesson: python {path}")
        found |= here
    return found


def run(nodes: list[ast.stmt], path: Path, room: dict[str, Any]) -> None:
    """Run statements of a file, which keep the numbers of their lines."""
    exec(compile(ast.Module(nodes, type_ignores=[]), str(path), "exec"), room)


def checked_in(cell: list[ast.stmt]) -> set[str]:
    """Return the exercises that a cell's calls of ``check`` name."""
    calls = [node for part in cell for node in ast.walk(part) if isinstance(node, ast.Call)]
    checks = [call for call in calls if getattr(call.func, "id", "") == "check" and call.args]
    return {str(getattr(call.args[0], "value", "")) for call in checks}


def names_in(tree: ast.AST) -> set[str]:
    """Return all names that some code uses or makes."""
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def made_in(tree: ast.AST) -> set[str]:
    """Return the names of the variables and functions that some code makes."""
    nodes = list(ast.walk(tree))
    functions = {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    names = [node for node in nodes if isinstance(node, ast.Name)]
    return functions.union(node.id for node in names if isinstance(node.ctx, ast.Store))


def line_of(error: Exception, path: Path) -> int | None:
    """Return the last line of a file that an error came through."""
    trace, line = error.__traceback__, None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(path):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
