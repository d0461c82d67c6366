"""The graders are graded: the stub, the reference, and mistakes of every kind."""

import pytest
from mistakes import MISTAKES
from own import body, changes, earned, marked, with_a_mistake

from tinynet.classroom.assignments import PUBLIC, all_in, find

ALL = {assignment.name: assignment for assignment in all_in()}
PLANTED = changes(MISTAKES)
ROWS = [pytest.param(task, *change, id=f"{task} {name}") for task, name, *change in PLANTED]


@pytest.fixture(params=list(ALL))
def assignment(request):
    return ALL[request.param]


def test_the_reference_scores_full(assignment):
    found = marked(assignment, assignment.solution)
    assert [mark for mark in found if mark.earned != mark.points] == []


def test_the_stub_scores_nothing_and_names_its_tasks(assignment):
    found = marked(assignment, assignment.stub)
    assert sum(mark.earned for mark in found) == 0
    for mark in found[:1]:
        assert f"Task {mark.task}: {assignment.tasks[mark.task]}" in mark.said


@pytest.mark.parametrize(("task", "right", "wrong"), ROWS)
def test_a_mistake_loses_points_in_its_task_and_in_no_other(task, right, wrong):
    assignment = find(task[0])
    found = marked(assignment, with_a_mistake(assignment, task, right, wrong))
    assert not [mark for mark in found if "NameError" in mark.said]
    got, full = earned(found), earned(marked(assignment, assignment.solution))
    assert got[task] < full[task]
    assert got | {task: full[task]} == full


def test_memorized_public_answers_earn_nothing_when_graded(assignment):
    """No hidden case asks what a public one does."""
    public, hidden = (
        {(c.task, *(a.tobytes() for a in c.arrays.values())) for c in assignment.cases(seed)}
        for seed in (PUBLIC, "a secret")
    )
    assert public.isdisjoint(hidden)


def test_every_task_has_five_planted_mistakes_and_every_line_one(assignment):
    for task in assignment.tasks:
        changed = ["".join(right.split()) for at, _, right, _ in PLANTED if at == task]
        lines = ["".join(line.split()) for line in body(assignment, task).splitlines()]
        assert len(changed) >= 5
        assert [line for line in lines if not any(c in line or line in c for c in changed)] == []
