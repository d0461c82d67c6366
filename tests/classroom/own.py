"""Marking in this process, for code that we wrote ourselves, and reading tables of it."""

import re

from tinynet.classroom import assignments
from tinynet.classroom.child import call
from tinynet.classroom.marking import marks
from tinynet.classroom.replies import Reply


def read(table):
    """Read {task: [(name, text)]}; lines that are indented further belong to the text before."""
    found = {}
    for line in table.strip().splitlines():
        if line[0] != " ":
            rows = found[line] = []
        elif line[2] != " ":
            name, _, text = line.strip().partition(":")
            rows.append((name, text.strip()))
        else:
            name, text = rows[-1]
            rows[-1] = (name, f"{text}\n{line[4:]}".lstrip("\n"))
    return found


def changes(table):
    """Read a table of mistakes: [(task, name, right, wrong)]."""
    return [
        (task, name, *" ".join(text.split()).split(" -> "))
        for task, rows in read(table).items()
        for name, text in rows
    ]


def body(assignment, task):
    """The lines of a task's solution."""
    solution = assignment.solution.partition(f"### BEGIN SOLUTION Task {task}:")[2]
    return solution.partition("\n")[2].partition("    ### END SOLUTION")[0]


def with_another(assignment, task, lines):
    """The reference with other lines for one task."""
    start = assignment.solution.index(f"### BEGIN SOLUTION Task {task}:")
    before, after = assignment.solution[:start], assignment.solution[start:]
    return before + after.replace(body(assignment, task), lines, 1)


def with_a_mistake(assignment, task, right, wrong):
    """The reference with a text replaced that its task has once, however it is spaced."""
    text = r"\s*".join(re.escape(c) for c in right if not c.isspace())
    lines, count = re.subn(text, lambda _: wrong, body(assignment, task))
    assert count == 1, f"{task}: {count} times, expected once: {right}"
    return with_another(assignment, task, lines)


def marked(assignment, source, seed="a secret"):
    """The marks of a solution, given as text."""
    student, cases, replies = assignments.module("student", source), assignment.cases(seed), []
    for case in cases:
        try:
            function = getattr(assignment.tests, case.function)
            replies.append(Reply(*call(function, student, case.arrays)))
        except Exception as error:
            replies.append(Reply(error=repr(error)))
    return marks(cases, replies, assignment.expected(cases), assignment.tests, hidden=True)


def earned(found):
    """Points by task."""
    tasks = dict.fromkeys(mark.task for mark in found)
    return {task: sum(mark.earned for mark in found if mark.task == task) for task in tasks}
