"""What a command prints: on any terminal, in a pipe that closes early, or nowhere."""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import sys
from collections.abc import Callable


def prepare() -> None:
    """Let stdout and stderr take every letter (as ``\\xe9`` in ASCII), also where one is closed."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, io.StringIO())
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def flush() -> None:
    """Write now what Python would write, and may fail to, when it ends."""
    sys.stdout.flush()


def give_up() -> None:
    """Print to nowhere from now on: the pipe is closed."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def complain(text: str) -> None:
    """Print a line to stderr, if anything still reads it."""
    with contextlib.suppress(BrokenPipeError):
        print(text, file=sys.stderr, flush=True)


def help_of(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Make the command that prints what can be typed."""

    def print_help(options: argparse.Namespace) -> int:
        parser.print_help()
        return 0

    return print_help
