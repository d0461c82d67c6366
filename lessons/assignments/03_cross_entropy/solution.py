"""Assignment 3: softmax and cross-entropy. Put your code where a NotImplementedError is raised.

In all of it output, shape (m, classes), are the logits of m examples, one a row, labels, shape
(m,), the number of each one's class, and p, shape (m, classes), probabilities.
"""

import numpy as np


def softmax(output):
    """The probabilities that the softmax makes of logits. It must not overflow.

    Parameters
    ----------
    output : ndarray, shape (m, classes)
        Logits.

    Returns
    -------
    p : ndarray, shape (m, classes)
        Each row sums to 1.
    """
    ### BEGIN SOLUTION Task 3.1: the probabilities, also of logits of 10000
    shifted = output - output.max(axis=1, keepdims=True)
    exps = np.exp(shifted)
    return exps / exps.sum(axis=1, keepdims=True)
    ### END SOLUTION


def cross_entropy(output, labels):
    """The mean over the batch of -log p of the right class. It must not overflow.

    Parameters
    ----------
    output : ndarray, shape (m, classes)
        Logits.
    labels : ndarray of int, shape (m,)
        From 0 to classes - 1.

    Returns
    -------
    cost : float
        In nats.
    """
    ### BEGIN SOLUTION Task 3.2: the mean cost, also of logits of 10000
    m = len(labels)
    above = output - output.max(axis=1, keepdims=True)
    total = np.exp(above).sum(axis=1)
    costs = np.log(total) - above[np.arange(m), labels]
    return costs.sum() / m
    ### END SOLUTION


def gradient(p, labels):
    """The gradient of the mean cost with respect to the logits.

    Parameters
    ----------
    p : ndarray, shape (m, classes)
        The softmax of the logits.
    labels : ndarray of int, shape (m,)
        From 0 to classes - 1.

    Returns
    -------
    doutput : ndarray, shape (m, classes)
    """
    ### BEGIN SOLUTION Task 3.3: doutput, from p and the labels
    m = len(labels)
    one_hot = np.zeros_like(p)
    one_hot[np.arange(m), labels] = 1
    return (p - one_hot) / m
    ### END SOLUTION


def chance(labels):
    """The cost of predicting the frequencies of the classes, whatever comes in.

    Parameters
    ----------
    labels : ndarray of int, shape (m,)
        Some numbers may be left out: 0, 1 and 4 can be all the classes that occur.

    Returns
    -------
    cost : float
        The mean over these m examples, in nats.
    """
    ### BEGIN SOLUTION Task 3.4: the chance level of these labels
    counts = np.unique(labels, return_counts=True)[1]
    frequencies = counts / len(labels)
    return -(frequencies * np.log(frequencies)).sum()
    ### END SOLUTION
