"""The exercises of lesson 5, the data."""

import numpy as np

from tinynet.exercises.kinds import Code, Explain, Number

P = np.repeat([1 / 6, 1 / 9, 1 / 18], 3)  # the frequencies of the classes
OBJECTS = np.repeat([0, 1, 1], 3)  # one, or two
MEAN, MEAN_SQUARE = -0.001, 0.373  # of the pixels, as the lesson prints them


def _groups(rng):
    """Draw frequencies of classes, and the groups they are in."""
    groups = int(rng.integers(2, 4))
    group = rng.permutation(np.arange(3 * groups) % groups)
    return {"p": rng.dirichlet(np.full(len(group), 2.0)), "group": group}


def _cost(p, group):
    share = np.bincount(group, weights=p)
    return -(p * np.log(p / share[group])).sum()


def _of_the_group(p, group):
    share = np.bincount(group, weights=p)
    return -(share * np.log(share)).sum()


def _every_group_alike(p, group):
    within = p / np.bincount(group, weights=p)[group]
    return -(within * np.log(within)).sum() / (group.max() + 1)


EXERCISES = {
    "5.1": Number(
        right=lambda: _cost(P, OBJECTS),
        within=0.002,
        hints=(
            "In half of the cases there is one object. What are the frequencies of the classes"
            " then, and what do they cost? And with two objects?",
            "With one object 1/3 each: log 3. With two 2/9 for each mixed class and 1/9 for each"
            " pair of equals. The cost is the mean of both halves.",
        ),
        solution="""
One object: three classes of 1/3 each, which costs log 3 = 1.099.
Two: three of 2/9, three of 1/9, which costs 2/3 log(9/2) + 1/3 log 9 = 1.735.
Each comes in half of the cases: (1.099 + 1.735)/2.
That is 0.693 below 2.110: log 2, one bit. One or two is a question with two equally likely
answers, and knowing the answer saves just what it is worth.
The cost is 1.417
""",
        wrong={
            "that is what the frequencies of all nine cost. Within a group they are larger.": (
                lambda right: -(P * np.log(P)).sum()
            ),
            "that is what knowing the number is worth. What cost is left?": np.log(2),
            "that is the cost if there is one object. And in the other half?": np.log(3),
            "that is the cost if there are two objects. And in the other half?": 1.7351,
            "that is the sum of the two halves. Each comes in half of the cases.": (
                lambda right: 2 * right
            ),
            "that would be with equal chances within each group. Are the classes of two objects"
            " equally frequent?": (np.log(3) + np.log(6)) / 2,
        },
    ),
    "5.2": Code(
        right=_cost,
        draw=_groups,
        gives=("cost",),
        hints=(
            "How frequent is a group? And how frequent is a class among those of its group?",
            "share = np.bincount(group, weights=p) is the first, p / share[group] the second. The"
            " cost is -log of the second, and class k comes in a share p[k] of all cases.",
        ),
        solution="""
def cost_of_knowing(p, group):
    share = np.bincount(group, weights=p)  # how frequent each group is
    within = p / share[group]              # how frequent each class is in its group
    return -(p * np.log(within)).sum()
# With group = [0, 0, 0, 1, 1, 1, 1, 1, 1] it gives the answer to 5.1.
""",
        wrong={
            "that is the cost of one who is not told the group.": lambda p, group: (
                -(p * np.log(p)).sum()
            ),
            "that is what knowing the group is worth. What cost is left?": _of_the_group,
            "that counts each group alike, and rare ones too much: a class comes in a share p[k] of"
            " all cases.": _every_group_alike,
            "that has the other sign: a cost is not negative.": lambda p, group: -_cost(p, group),
            "that is in bits: the natural logarithm gives nats.": lambda p, group: (
                _cost(p, group) / np.log(2)
            ),
        },
    ),
    "5.3": Number(
        right=lambda: (MEAN_SQUARE + 2 * MEAN + 1) / 4,
        within=0.005,
        hints=(
            "Write out the square of (x + 1)/2, and take the mean of each term.",
            "(x^2 + 2x + 1)/4: the lesson prints the means of x^2 and of x.",
        ),
        solution="""
((x + 1)/2)^2 = (x^2 + 2x + 1)/4
The means of x^2 and x are 0.373 and -0.001, so this is (0.373 - 0.002 + 1)/4.
Most of it is the mean 1/2, whose square is 1/4: a constant is a large part of such an input.
The mean square is 0.343
""",
        wrong={
            "that is the mean square of x/2. The 1 that is added counts, too.": MEAN_SQUARE / 4,
            "that is the square of the mean. The mean of the squares is larger.": 0.25,
            "that is the mean square of x + 1. And half of that, squared?": MEAN_SQUARE + 1,
            "that is half of the mean square of x + 1: the 1/2 is squared, too.": (
                (MEAN_SQUARE + 1) / 2
            ),
        },
    ),
    "5.4": Explain(
        solution="""
An error asks only which output is the largest, and that is a guess in both. The cost asks how
probable the right class was: larger random outputs make probabilities that are far from 1/9 without
a reason, and -log p adds more where p is too small than it saves where p is too large.
""",
        hints=(
            "Which of the two, error or cost, changes if all outputs are made ten times as large?",
            "Give two classes the probabilities 1/2 and 1/2, or at random 0.9 and 0.1. What is the"
            " mean of -log p in each case?",
        ),
        says=(
            "that an error depends only on the order of the outputs?",
            "that probabilities that are too sure cost more than they save?",
        ),
    ),
}
