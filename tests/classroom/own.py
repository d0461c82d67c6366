"""Marking in this process, for code that we wrote ourselves."""

import numpy as np

from tinynet.classroom import assignments
from tinynet.classroom.child import call
from tinynet.classroom.marking import Reply, marks


def marked(assignment, source, seed="a secret"):
    """The marks of a solution, given as text."""
    return marks_of(assignment, assignments.module("student", source), seed)


def marks_of(assignment, student, seed):
    """The marks of a module."""
    cases = assignment.cases(seed)
    replies = []
    for case in cases:
        try:
            replies.append(
                Reply(*call(getattr(assignment.tests, case.function), student, case.arrays))
            )
        except Exception as error:
            replies.append(Reply(error=repr(error)))
    return marks(cases, replies, assignment.expected(cases))


def earned(found):
    """Points by task."""
    tasks = dict.fromkeys(mark.task for mark in found)
    return {task: sum(mark.earned for mark in found if mark.task == task) for task in tasks}


class ByHeart:
    """A student's module that knows what the reference gave for the calls that it saw."""

    def __init__(self, reference):
        self.reference, self.known, self.learning = reference, {}, True

    def __getattr__(self, name):
        def answer(*arguments, **keywords):
            key = (name, told(arguments), told(keywords))
            if self.learning:
                self.known[key] = getattr(self.reference, name)(*arguments, **keywords)
            return self.known[key]

        return answer


def told(thing):
    """Arguments as something that can be looked up: functions and generators tell nothing."""
    if isinstance(thing, dict):
        return tuple((name, told(value)) for name, value in thing.items())
    if isinstance(thing, (list, tuple)):
        return tuple(map(told, thing))
    if callable(thing) or isinstance(thing, np.random.Generator):
        return None
    return np.asarray(thing).shape, np.asarray(thing).tobytes()
