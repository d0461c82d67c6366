"""The kinds of exercises, and what is said of an answer: right, not yet, or none."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from tinynet._internal import checks
from tinynet.exercises import comparing

STEP = 1e-6  # of the centred differences
SHORT = 6  # words: fewer explain nothing


class Verdict(NamedTuple):
    """What is said of an answer; ``tried`` is False if there was none."""

    good: bool
    said: str
    tried: bool = True


@dataclass(frozen=True)
class Number:
    """A number, several, or a word to find.

    ``right`` is the answer, or a function that computes it once there is one to compare. ``wrong``
    names common mistakes: what is said of each, and what it gives, perhaps from the right answer.
    """

    right: Any
    hints: tuple[str, str]
    solution: str
    wrong: Mapping[str, Any] = field(default_factory=dict)
    within: float = 0.01  # as a share of the largest right number

    def verdict(self, answer: Any) -> Verdict:
        """Say whether an answer is right; if not, what it looks like, or how far off it is."""
        if answer is None:
            return Verdict(False, "no answer yet. Put it where the None is.", tried=False)
        right = self.right() if callable(self.right) else self.right
        if isinstance(right, str):
            return self._word(str(answer).strip().lower(), right)
        wanted = np.asarray(right, dtype=float)
        try:
            given = np.asarray(checks.numbers("answer", answer), dtype=float)
        except (TypeError, ValueError):
            got = checks.describe(answer)
            return Verdict(False, f"expected a number or numbers, got {got}.")
        if given.shape != wanted.shape:
            what = f"numbers of shape {wanted.shape}" if wanted.shape else "a single number"
            hint = "; write a decimal point, no comma" if isinstance(answer, tuple) else ""
            return Verdict(False, f"expected {what}, got shape {given.shape}{hint}.")
        if self._close(given, wanted):
            return Verdict(True, "right.")
        return Verdict(False, f"not yet: {self._looks(given, wanted)}")

    def _word(self, given: str, right: str) -> Verdict:
        if given == right:
            return Verdict(True, "right.")
        known = [said for said, word in self.wrong.items() if word == given]
        return Verdict(False, f"not yet: {known[0] if known else f'it is not {given!r}.'}")

    def _close(self, given: np.ndarray, wanted: np.ndarray) -> bool:
        # Asked with <=, because a NaN must not pass.
        return bool((np.abs(given - wanted) <= self.within * np.abs(wanted).max()).all())

    def _looks(self, given: np.ndarray, wanted: np.ndarray) -> str:
        for said, value in self.wrong.items():
            mistaken = np.asarray(value(wanted) if callable(value) else value, dtype=float)
            if mistaken.shape == given.shape and self._close(given, mistaken):
                return said
        if self._close(given, -wanted):
            return "the size is right, the sign is not."
        counts = f"(within {100 * self.within:g} % counts as right)"
        if given.ndim:
            said = comparing.wrong({"answer": given}, {"answer": wanted}, self.within)
            return f"{said} {counts}."
        if given * wanted < 0:
            return f"{given:g} has not even the right sign."
        larger = abs(given) > abs(wanted)
        how = "too large" if larger else "too small"
        if float(wanted).is_integer() and self.within <= 0.01:
            return f"{given:g} is {how}."  # of a count, how much would give it away
        return f"{given:g} is {_how_much(given, wanted)} {how} {counts}."


@dataclass(frozen=True)
class Code:
    """A function to write: it is called with arguments that are drawn, and so is ``right``.

    ``gives`` names what comes back. With ``cost``, a function of the same arguments, what is called
    ``dP`` is also compared with the centred differences of that cost by the argument P.
    """

    right: Callable[..., Any]
    draw: Callable[[np.random.Generator], dict[str, Any]]
    gives: tuple[str, ...]
    hints: tuple[str, str]
    solution: str
    wrong: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    cost: Callable[..., float] | None = None
    cases: int = 3

    def verdict(self, answer: Any) -> Verdict:
        """Say whether a function gives what the right one gives; if not, what is wrong first."""
        if answer is None:
            return Verdict(False, "no answer yet. Put a function where the None is.", tried=False)
        if not callable(answer):
            return Verdict(False, f"expected a function, got {checks.describe(answer)}.")
        rng, worst = np.random.default_rng(0), 0.0
        for _ in range(self.cases):
            case = self.draw(rng)
            try:
                got = self._called(answer, case)
            except NotImplementedError:
                said = "no answer yet. Write it where the NotImplementedError is raised."
                return Verdict(False, said, tried=False)
            except Exception as error:  # whatever a student's code can raise
                return Verdict(False, f"not yet: {_told(error)}\n  {_tried(case)}")
            said = self._wrong(got, case)
            if said:
                return Verdict(False, f"not yet: {said}\n  {_tried(case)}")
            worst = max(worst, self._from_differences(got, case))
        names = " and ".join(filter(None, [", ".join(self.gives[:-1]), self.gives[-1]]))
        said = f"right. {names} as it should be in {self.cases} cases"
        if self.cost:
            said += f", and at most {worst:.0e} from centred differences"
        return Verdict(True, f"{said}.")

    def _called(self, function: Callable[..., Any], case: dict[str, Any]) -> dict[str, np.ndarray]:
        """Call a function; return what came back by name."""
        given = {name: _copied(value) for name, value in case.items()}
        results = function(**given)
        for name, value in given.items():
            if not np.array_equal(value, case[name]):
                raise ValueError(f"{name} was changed in place: work on a copy")
        if results is None:
            raise TypeError("expected something back, got None: is there a return?")
        if len(self.gives) == 1:
            results = (results,)
        if not isinstance(results, (tuple, list)) or len(results) != len(self.gives):
            wanted = f"return {', '.join(self.gives)}"
            raise TypeError(f"expected {wanted}, got {checks.describe(results)}")
        return {name: np.asarray(result) for name, result in zip(self.gives, results, strict=True)}

    def _wrong(self, got: dict[str, np.ndarray], case: dict[str, Any]) -> str | None:
        given = [value for value in case.values() if isinstance(value, np.ndarray)]
        said = comparing.wrong(got, self._called(self.right, case), given=given)
        if said is None:
            return None
        for known, function in self.wrong.items():
            if comparing.wrong(got, self._called(function, case), given=given) is None:
                return known
        return said

    def _from_differences(self, got: dict[str, np.ndarray], case: dict[str, Any]) -> float:
        """Return how far gradients are from centred differences, as a share of the largest."""
        if self.cost is None:
            return 0.0
        gradients = {name: array for name, array in got.items() if name.startswith("d")}
        measured = {name: _differences(self.cost, case, name[1:]) for name in gradients}
        return max(
            float(np.abs(gradients[name] - slopes).max() / np.abs(slopes).max())
            for name, slopes in measured.items()
        )


@dataclass(frozen=True)
class Explain:
    """Something to say in two sentences; the model answer is the solution."""

    solution: str
    hints: tuple[str, str]
    says: tuple[str, ...]  # what an answer should say, as questions

    def verdict(self, answer: Any) -> Verdict:
        """Show the model answer to whoever has written one."""
        if answer is None:
            said = "no answer yet. Write a sentence or two, in quotes, where the None is."
            return Verdict(False, said, tried=False)
        if not isinstance(answer, str) or len(answer.split()) < SHORT:
            got = checks.describe(answer)
            return Verdict(False, f"expected a sentence or two in quotes, got {got}.", tried=False)
        asked = "\n".join(f"  - {question}" for question in self.says)
        said = f"compare yours with this one.\n{indented(self.solution)}\n  Does yours say\n{asked}"
        return Verdict(True, said)


def _how_much(given: np.ndarray, wanted: np.ndarray) -> str:
    """Say how far a number is from another of the same sign: "12 %", or "3.4 times"."""
    if given == 0:
        return "much"
    size = float(max(given / wanted, wanted / given))
    if size < 2:
        return f"{100 * abs(float(given / wanted) - 1):.2g} %"
    return f"{size:,.0f} times" if size >= 100 else f"{size:.2g} times"


def indented(text: str) -> str:
    """Put two spaces before each line."""
    return "\n".join(f"  {line}".rstrip() for line in text.strip("\n").splitlines())


def _copied(value: Any) -> Any:
    return value.copy() if isinstance(value, np.ndarray) else value


def _told(error: Exception) -> str:
    """Say what was raised, and in which line of the student's file."""
    raised = f"{type(error).__name__}: {error}"
    frames = traceback.extract_tb(error.__traceback__)
    theirs = [frame for frame in frames if not frame.filename.startswith(_HERE)]
    return f"{raised} (line {theirs[-1].lineno})" if theirs else raised


def _tried(case: Mapping[str, Any]) -> str:
    """Say what a function was called with."""
    given = [
        f"{name} {value.shape}" if isinstance(value, np.ndarray) else f"{name} = {value}"
        for name, value in case.items()
    ]
    return f"tried with {', '.join(given)}"


def _differences(cost: Callable[..., float], case: dict[str, Any], name: str) -> np.ndarray:
    """Return the centred differences of a cost by each entry of one argument."""
    value = np.array(case[name], dtype=float)
    slopes = np.empty(value.shape)
    for index in np.ndindex(value.shape):
        both = []
        for step in (STEP, -STEP):
            moved = value.copy()
            moved[index] += step
            both.append(cost(**{**case, name: moved if value.ndim else float(moved)}))
        slopes[index] = (both[0] - both[1]) / (2 * STEP)
    return slopes


_HERE = __file__.removesuffix("kinds.py")
