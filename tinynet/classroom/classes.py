"""A class: who is in it, what each handed in, and what the instructor decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tinynet.classroom import roster
from tinynet.classroom.overrides import Override
from tinynet.classroom.reports import Graded, decided
from tinynet.classroom.roster import Person
from tinynet.classroom.submissions import NOTHING, Submission


@dataclass(frozen=True)
class Class:
    """Submissions and people, by the name that stands in the gradebook."""

    submitted: Mapping[str, Submission]
    people: Mapping[str, Person]  # those on the roster; empty if there is none

    @property
    def ids(self) -> dict[str, str]:
        """What each student's cases are drawn from, where it is not the name."""
        return {name: person.id for name, person in self.people.items() if person.id}

    def student(self, named: str, where: str) -> str:
        """Find a student by name, id or e-mail.

        Raises
        ------
        ValueError
            It is nobody's.
        """
        if named in self.submitted:
            return named
        person = roster.who(self.people.values(), [named])
        found = [name for name in self.submitted if self.people.get(name) is person is not None]
        if not found:
            raise ValueError(f"{where}: expected a student of this class, got {named!r}")
        return found[0]

    def with_decisions(self, one: Graded, overrides: Mapping[str, Sequence[Override]]) -> Graded:
        """Return a result with its id and e-mail, and with what the instructor decided."""
        person = self.people.get(one.student)
        if person is not None:
            one = replace(one, id=person.id, email=person.email)
        return decided(one, overrides.get(one.student, ()))


def alone(submitted: Mapping[str, Submission]) -> Class:
    """Make a class of those who handed in."""
    return Class(submitted, {})


def enrolled(submitted: Mapping[str, Submission], people: Sequence[Person]) -> Class:
    """Put together who is on the roster and what was handed in.

    Raises
    ------
    ValueError
        Two submissions are one person's, or two students would have one name.
    """
    names = _names(people)
    by_person: dict[str, Submission] = {}
    strangers: dict[str, Submission] = {}
    for student, one in submitted.items():
        person = roster.who(people, [one.id, student])
        if person is None:
            note = "; ".join(filter(None, (one.note, "not on the roster")))
            strangers[student] = replace(one, note=note)
            continue
        name = names[id(person)]
        if name in by_person:
            both = f"{by_person[name].student} and {student}"
            raise ValueError(f"submissions: {both} are both {name}, of the roster: which counts?")
        by_person[name] = one
    found = {name: Submission(name, None, NOTHING) for name in names.values()} | by_person
    for student in strangers:
        if student in found:
            raise ValueError(f"submissions: whose is {student}? On the roster it could be several")
    return Class(found | strangers, {names[id(person)]: person for person in people})


def by_student(class_: Class, overrides: Iterable[Override], path: Path) -> dict[str, list]:
    """Return the instructor's decisions by the name in the gradebook.

    Raises
    ------
    ValueError
        One is of nobody in the class.
    """
    found: dict[str, list] = {}
    for override in overrides:
        found.setdefault(class_.student(override.student, str(path)), []).append(override)
    return found


def _names(people: Sequence[Person]) -> dict[int, str]:
    """Return a name for each person: their own, with the id where several have it."""
    often = [roster.key(person.name) for person in people]
    names = {}
    for person in people:
        # It is the name of a file too, and some have no end.
        name = person.name.replace("/", "-").encode()[:120].decode(errors="ignore")
        if often.count(roster.key(person.name)) > 1:
            name = f"{name} ({person.id or person.email})"
        names[id(person)] = name
    if len({roster.key(name) for name in names.values()}) < len(names):
        raise ValueError("--roster: two lines have the same name, and no ids to tell them apart")
    return names
