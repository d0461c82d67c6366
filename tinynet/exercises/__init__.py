"""A student's answers checked, with hints and solutions: what a lesson imports for its exercises.

The exercises of a lesson stand in a file of their own, with its number.
"""

import sys

from tinynet.exercises.checking import check, hint, solution
from tinynet.exercises.headings import with_headings
from tinynet.exercises.stopping import in_one_line

__all__ = ["check", "hint", "solution"]

sys.excepthook = in_one_line(sys.excepthook)  # a lesson imports this before anything takes long
sys.stdout = with_headings(sys.stdout)
