"""The graders are graded: the stub, the reference, and mistakes of every kind."""

from importlib import import_module

import pytest
from own import ByHeart, earned, marked, marks_of

from tinynet.classroom.assignments import PUBLIC, all_in, module

ALL = {assignment.name: assignment for assignment in all_in()}
MISTAKES = {name: import_module(f"mistakes_{name}").MISTAKES for name in ALL}
PLANTED = [
    pytest.param(name, task, *mistake, id=f"{task} {mistake[0]}")
    for name, tasks in MISTAKES.items()
    for task, mistakes in tasks.items()
    for mistake in mistakes
]


@pytest.fixture(params=list(ALL))
def assignment(request):
    return ALL[request.param]


def maximum(assignment):
    return earned(marked(assignment, assignment.solution))


def test_the_reference_scores_full(assignment):
    found = marked(assignment, assignment.solution)
    assert [mark for mark in found if mark.earned != mark.points] == []


def test_the_stub_scores_nothing_and_names_its_tasks(assignment):
    found = marked(assignment, assignment.stub)
    assert sum(mark.earned for mark in found) == 0
    for mark in found[:1]:
        assert f"Task {mark.task}: {assignment.tasks[mark.task]}" in mark.said


@pytest.mark.parametrize(("name", "task", "mistake", "old", "new"), PLANTED)
def test_a_mistake_loses_points_in_its_task_and_in_no_other(name, task, mistake, old, new):
    assignment = ALL[name]
    assert assignment.solution.count(old) == 1
    found = marked(assignment, assignment.solution.replace(old, new))
    assert not [mark for mark in found if "NameError" in mark.said]
    got, full = earned(found), maximum(assignment)
    assert got[task] < full[task]
    assert {other: got[other] for other in got if other != task} == {
        other: full[other] for other in full if other != task
    }


def test_memorized_public_answers_earn_nothing_when_graded(assignment):
    student = ByHeart(module("reference", assignment.solution))
    learnt = marks_of(assignment, student, PUBLIC)
    assert all(mark.earned == mark.points for mark in learnt)
    student.learning = False
    assert sum(mark.earned for mark in marks_of(assignment, student, PUBLIC)) > 0.9 * sum(
        mark.points for mark in learnt
    )
    assert sum(mark.earned for mark in marks_of(assignment, student, "a secret")) == 0


def lines_of(assignment, task):
    """The lines of a task's solution that do something."""
    solution = assignment.solution.partition(f"### BEGIN SOLUTION Task {task}:")[2]
    body = solution.partition("\n")[2].partition("### END SOLUTION")[0].splitlines()
    return [line.strip() for line in body if line.strip() and not line.strip().startswith("#")]


def test_every_task_has_five_planted_mistakes_and_every_line_one(assignment):
    for task in assignment.tasks:
        planted = MISTAKES[assignment.name][task]
        assert len(planted) >= 5
        changed = "\n".join(old for _, old, _ in planted)
        assert [
            line
            for line in lines_of(assignment, task)
            if not any(part in line or line in part for part in changed.splitlines())
        ] == []
