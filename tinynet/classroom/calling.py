"""One call of a student's function. This file runs by itself too, beside the student's code."""

import numpy as np


def call(task, student, arrays):
    """What the call gives as arrays by name, and its arguments as they are afterwards."""
    arguments = {name: np.array(array) for name, array in arrays.items()}
    results = task(student, **arguments)
    return {name: np.asarray(result) for name, result in results.items()}, arguments
