"""The command line, ``python -m tinynet``: which commands there are, and how one ends."""

from __future__ import annotations

import argparse
import sys
from concurrent.futures.process import BrokenProcessPool

from tinynet.commands import (
    assignment,
    compare,
    data,
    exercise,
    figures,
    live,
    picture,
    printing,
    study,
    table1,
)
from tinynet.training.interrupts import exit_status, sigterm_raises

COMMANDS = (exercise, compare, figures, table1, picture, live, study, assignment, data)
SMALLER = "try a smaller --width or --size, or fewer --workers"


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return the exit status of the process."""
    printing.prepare()
    try:
        try:
            options = parser().parse_args(arguments)
            with sigterm_raises():
                return run(options)
        finally:
            printing.flush()
    except BrokenPipeError:
        printing.give_up()
        printing.complain("tinynet: stopped: its output is no longer read")
        return 1


def run(options: argparse.Namespace) -> int:
    """Run the command; whatever ends it early ends it with one line."""
    try:
        return options.command(options)
    except KeyboardInterrupt as stop:
        printing.complain(f"\ninterrupted: {options.interrupted}")
        return exit_status(stop)
    except MemoryError:
        printing.complain(f"tinynet: error: not enough memory: {SMALLER}")
    except BrokenProcessPool as error:
        _complain_of_notes(error)
        printing.complain(
            f"tinynet: error: a child process was killed, probably for lack of memory: {SMALLER}"
        )
    except BrokenPipeError:
        raise
    except ModuleNotFoundError as error:
        printing.complain(f"tinynet: error: {error}: is it installed for {sys.executable}?")
    except (OSError, ValueError, RuntimeError, FloatingPointError) as error:
        _complain_of_notes(error)
        printing.complain(f"tinynet: error: {error}")
    return 1


def _complain_of_notes(error: Exception) -> None:
    """Say which jobs of a sweep failed, or what is kept."""
    for note in getattr(error, "__notes__", []):
        printing.complain(note)


def parser() -> argparse.ArgumentParser:
    """Make the parser of all commands; without one, the help is printed."""
    top = argparse.ArgumentParser(
        prog="python -m tinynet",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="A multi-layer perceptron in plain NumPy that you can see through.\n\n"
        "Start with the lessons:\n  python lessons/01_one_neuron.py",
    )
    top.set_defaults(command=printing.help_of(top), interrupted="nothing was written")
    commands = top.add_subparsers(title="commands")
    for command in COMMANDS:
        command.add(commands)
    return top


if __name__ == "__main__":
    sys.exit(main())
