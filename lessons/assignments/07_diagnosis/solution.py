"""Assignment 7: five sick networks. Put your code where a NotImplementedError is raised.

A network has L hidden layers of n units each, and has seen a batch of m examples. Its arrays
are stacked: z[i] is that of hidden layer i, counted from 0 at the bottom.
"""

import numpy as np


def saturated(slopes, saturated_at):
    """The share of each layer that is saturated, counting every unit at every example.

    Parameters
    ----------
    slopes : ndarray, shape (L, m, n)
        f'(s) of every unit at every example.
    saturated_at : float
        A unit is saturated where its slope is at most that.

    Returns
    -------
    shares : ndarray, shape (L,)
        From 0 to 1.
    """
    ### BEGIN SOLUTION Task 7.1: the share of units and examples that are saturated
    flat = slopes <= saturated_at
    return flat.mean(axis=(1, 2))
    ### END SOLUTION


def dead(slopes, saturated_at):
    """The share of each layer's units that are dead: saturated at every example.

    Parameters
    ----------
    slopes : ndarray, shape (L, m, n)
    saturated_at : float
        Both as for saturated.

    Returns
    -------
    shares : ndarray, shape (L,)
        From 0 to 1.
    """
    ### BEGIN SOLUTION Task 7.2: the share of units that are saturated at every example
    never = (slopes <= saturated_at).all(axis=1)
    return never.mean(axis=1)
    ### END SOLUTION


def growth(z):
    """The factor by which the rms of the activations changes from a layer to the next.

    Parameters
    ----------
    z : ndarray, shape (L, m, n)
        Activations; L is at least 2.

    Returns
    -------
    factor : float
        Raised to the number of steps from the first layer to the last, it gives the ratio of
        the last rms to the first.
    """
    ### BEGIN SOLUTION Task 7.3: the factor of the rms, for one step up
    rms = np.sqrt((z**2).mean(axis=(1, 2)))
    steps = len(z) - 1
    return (rms[-1] / rms[0]) ** (1 / steps)
    ### END SOLUTION


def gradient_ratio(ds):
    """How much of the gradient arrives at the bottom.

    Parameters
    ----------
    ds : ndarray, shape (L, m, n)
        The gradient of each example's cost at s.

    Returns
    -------
    ratio : float
        The std of the first layer's ds, divided by the std of the last one's.
    """
    ### BEGIN SOLUTION Task 7.4: the std of the first ds by that of the last
    std = ds.std(axis=(1, 2))
    return std[0] / std[-1]
    ### END SOLUTION


def contradicted(outputs, labels):
    """The share of the labels that a network contradicts.

    Parameters
    ----------
    outputs : ndarray, shape (m, classes)
        What a network says of m examples; its answer is the class with the largest output.
    labels : ndarray of int, shape (m,)
        The labels that came with the examples.

    Returns
    -------
    share : float
        From 0 to 1.
    """
    ### BEGIN SOLUTION Task 7.5: the share of labels that are not the network's answer
    answers = outputs.argmax(axis=1)
    return np.mean(answers != labels)
    ### END SOLUTION


def diagnose(z, ds, slopes, outputs, labels, seen):
    """What is wrong with a network.

    Parameters
    ----------
    z, ds, slopes : ndarray, each of shape (L, m, n)
        Of the sick network: activations, one example's gradients at s, and f'(s).
    outputs : ndarray, shape (m, classes)
        Of another network, a healthy one that has learnt the same classes well from good labels:
        what it says of the same m examples.
    labels : ndarray of int, shape (m,)
        The labels that the sick network is trained with.
    seen : dict
        What tn.Monitor records of the sick network: "z_std", "z_saturated", "z_dead" and
        "ds_std", each an array (L,), and "error", a float: the share of the labels that the
        healthy network contradicts.

    Returns
    -------
    word : str
        "saturated", "vanishing", "exploding", "dead" or "mislabelled".
    """
    ### BEGIN SOLUTION Task 7.6: one of the five words
    if seen["z_dead"].mean() > 0.45:
        return "dead"
    if seen["error"] > 0.2:
        return "mislabelled"
    if seen["z_std"][-1] > 4 * seen["z_std"][0]:
        return "exploding"
    if seen["z_saturated"].mean() > 0.65:
        return "saturated"
    return "vanishing"
    ### END SOLUTION
