"""Assignment 2: a linear layer. Put your code where a NotImplementedError is raised."""


def forward(x, W, b):
    """The output of a linear layer.

    Parameters
    ----------
    x : ndarray, shape (m, n_in)
        A batch of m examples, one a row.
    W : ndarray, shape (n_in, n_out)
    b : ndarray, shape (n_out,)

    Returns
    -------
    y : ndarray, shape (m, n_out)
    """
    ### BEGIN SOLUTION Task 2.1: y, from x, W and b
    return x @ W + b
    ### END SOLUTION
