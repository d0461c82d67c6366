"""What is typed on the command line, as values; of a mistake, argparse names the option."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tinynet._internal import checks


def option(check: Callable[[str], Any]) -> Callable[[str], Any]:
    """Make an option's ``type`` from a check of an argument; argparse adds the option's name."""

    def checked(text: str) -> Any:
        try:
            return check(text)
        except (TypeError, ValueError) as error:
            raise argparse.ArgumentTypeError(str(error).removeprefix("value: ")) from None

    return checked


@option
def size(text: str) -> int:
    """Read a whole number of at least 1."""
    return checks.size("value", whole(text))


@option
def sizes(text: str) -> list[int]:
    """Read the sizes of layers, two or more: 3,4,2."""
    return checks.sizes("value", [whole(part) for part in text.split(",")])


@option
def folder(text: str) -> Path:
    """Read the name of a folder, or of a file."""
    if not text:
        raise ValueError("expected the name of a folder, got nothing")
    return checks.path("value", text)  # ~ is the home folder


@option
def seed(text: str) -> int:
    """Read a whole number of at least 0."""
    seed = whole(text)
    if seed < 0:
        raise ValueError(f"expected 0 or more, got {seed}")
    return seed


@option
def positive(text: str) -> float:
    """Read a number above 0."""
    try:
        number = float(text)
    except ValueError:
        raise ValueError(f"expected a number, got {text!r}") from None
    return checks.positive("value", number)


def whole(text: str) -> int:
    """Read a whole number."""
    try:
        return int(text.replace("_", ""))
    except ValueError:
        raise ValueError(f"expected a whole number, got {text!r}") from None
