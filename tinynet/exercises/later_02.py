"""The exercises of lesson L2, normalization without a batch."""

import numpy as np

from tinynet.exercises.kinds import Code, Explain, Number
from tinynet.later import Batchless

STD, RATE = 0.2, 0.1  # of a unit, and of natural steps


def _units(rng):
    """Draw a batch and Gaussians that do not fit it: not as many rows as units."""
    m, n = int(rng.integers(5, 9)), int(rng.integers(2, 5))
    mu, log_sigma = rng.normal(size=(2, n))
    return {"x": rng.normal(1, 2, size=(m, n)), "mu": mu, "log_sigma": log_sigma}


def _own_gradients(x, mu, log_sigma):
    """Let tinynet's layer do it, without its floor; what comes down to y does not matter."""
    norm = Batchless(x.shape[1], floor=0)
    norm.mu[:], norm.log_sigma[:] = mu, log_sigma
    norm.backward(np.zeros_like(norm.forward(x)))
    return norm.dmu, norm.dlog_sigma


def _cost(x, mu, log_sigma):
    x_hat = (x - mu) / np.exp(log_sigma)
    return float((log_sigma + x_hat**2 / 2).sum(axis=1).mean())


def _of(dmu, dlog_sigma):
    """Make gradients from functions of x_hat and sigma."""

    def own_gradients(x, mu, log_sigma):
        sigma = np.exp(log_sigma)
        x_hat = (x - mu) / sigma
        return dmu(x_hat, sigma), dlog_sigma(x_hat, sigma)

    return own_gradients


def _right_mu(x_hat, sigma):
    return -x_hat.mean(axis=0) / sigma


def _right_sigma(x_hat, sigma):
    return 1 - (x_hat**2).mean(axis=0)


EXERCISES = {
    "L2.1": Code(
        right=_own_gradients,
        draw=_units,
        gives=("dmu", "dlog_sigma"),
        cost=_cost,
        hints=(
            "For one row and one unit: how does x_hat = (x - mu)/e^log_sigma change with mu, and"
            " with log_sigma? Then log sigma + x_hat^2/2.",
            "x_hat changes by -1/sigma for mu, and by -x_hat for log_sigma; the slope of x_hat^2/2"
            " is x_hat, that of log sigma is 1. At the end the mean over the rows.",
        ),
        solution="""
def own_gradients(x, mu, log_sigma):
    sigma = np.exp(log_sigma)
    x_hat = (x - mu) / sigma
    dmu = -x_hat.mean(axis=0) / sigma
    dlog_sigma = 1 - (x_hat**2).mean(axis=0)
    return dmu, dlog_sigma
""",
        wrong={
            "dmu has the other sign: a larger mu makes x_hat smaller.": _of(
                lambda x_hat, sigma: -_right_mu(x_hat, sigma), _right_sigma
            ),
            "dmu lacks 1/sigma: that is the slope of x_hat by mu.": _of(
                lambda x_hat, sigma: -x_hat.mean(axis=0), _right_sigma
            ),
            "that is the natural step in mu, times sigma^2. Here the gradient is asked.": _of(
                lambda x_hat, sigma: -x_hat.mean(axis=0) * sigma, _right_sigma
            ),
            "the cost is a mean over the rows, and so are its gradients.": _of(
                lambda x_hat, sigma: -x_hat.sum(axis=0) / sigma,
                lambda x_hat, sigma: (1 - x_hat**2).sum(axis=0),
            ),
            "the cost is a mean over the rows, but a sum over the units.": _of(
                lambda x_hat, sigma: _right_mu(x_hat, sigma) / len(sigma),
                lambda x_hat, sigma: _right_sigma(x_hat, sigma) / len(sigma),
            ),
            "dmu is right. dlog_sigma has the other sign.": _of(
                _right_mu, lambda x_hat, sigma: -_right_sigma(x_hat, sigma)
            ),
            "dmu is right. The 1 in dlog_sigma, the slope of log sigma, is missing.": _of(
                _right_mu, lambda x_hat, sigma: -(x_hat**2).mean(axis=0)
            ),
            "dmu is right. The other is the gradient by sigma; by log sigma it is sigma times"
            " that.": _of(_right_mu, lambda x_hat, sigma: _right_sigma(x_hat, sigma) / sigma),
            "dmu is right. dlog_sigma has the mean of x_hat^2, not the square of the mean.": _of(
                _right_mu, lambda x_hat, sigma: 1 - x_hat.mean(axis=0) ** 2
            ),
        },
    ),
    "L2.2": Number(
        right=lambda: np.log(STD) + 1 / 2,
        hints=(
            "Where are both gradients 0?",
            "At mu = mean and sigma = std; the mean of x_hat^2 is 1 there.",
        ),
        solution="""
dmu = 0 at mu = the mean, dlog_sigma = 0 where the mean of x_hat^2 is 1: sigma = the std.
The cost there is log sigma + 1/2.
It is below 0, as the negative log of a density may be: a density may be above 1.
ln 0.2 + 0.5 = -1.109
""",
        wrong={
            "that leaves out the mean of x_hat^2/2, which is 1/2.": np.log(STD),
            "that has the variance under the log.": np.log(STD**2) + 1 / 2,
            "the mean of x_hat^2 is 1, and the cost has half of it.": np.log(STD) + 1,
            "that is with log to the base 10.": np.log10(STD) + 1 / 2,
        },
    ),
    "L2.3": Number(
        right=lambda: np.log(0.5) / np.log(1 - RATE),
        hints=(
            "Which share of the distance to the mean is left after one natural step?",
            "0.9 of it. After how many steps is 0.9^k one half?",
        ),
        solution="""
A natural step is mu <- mu + lr (mean - mu): 0.9 of the distance is left after each.
0.9^k = 1/2 gives k = ln 0.5 / ln 0.9.
The std of the unit does not matter. After about 7 updates a jump is half forgotten.
k = 6.579
""",
        wrong={
            "that is how many steps go the whole way if the first did not slow down.": 1 / RATE,
            "each step goes 0.1 of what is left, not of what there was.": 0.5 / RATE,
            "that is the time to 1/e, not to one half.": -1 / np.log(1 - RATE),
        },
    ),
    "L2.4": Explain(
        solution="""
With two rows the mean is halfway between them and the std half of their distance, so x_hat is 1 for
the larger and -1 for the smaller: by how much they differ is lost, and all that a layer hands on is
which of two images had more.
""",
        hints=(
            "Work it out for one unit: x is 3 in one row and 7 in the other.",
            "The mean is 5 and the std 2: what is x_hat? And with 3 and 700?",
        ),
        says=(
            "that x_hat is 1 and -1, whatever the two numbers are?",
            "that only which of them is larger is left?",
        ),
    ),
}
