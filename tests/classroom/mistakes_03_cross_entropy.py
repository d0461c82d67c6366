"""Mistakes planted in the reference of assignment 3.

Each is ``(name, old, new)``: ``old`` stands once in the solution.
"""

SHIFTED = "shifted = output - output.max(axis=1, keepdims=True)"
EXPS = "exps = np.exp(shifted)"
P = "return exps / exps.sum(axis=1, keepdims=True)"
ABOVE = "above = output - output.max(axis=1, keepdims=True)"
M_OF_COST = f"m = len(labels)\n    {ABOVE}"
TOTAL = "total = np.exp(above).sum(axis=1)"
COSTS = "costs = np.log(total) - above[np.arange(m), labels]"
COST = "return costs.sum() / m"
ONE_HOT = "one_hot = np.zeros_like(p)"
M_OF_GRADIENT = f"m = len(labels)\n    {ONE_HOT}"
RIGHT = "one_hot[np.arange(m), labels] = 1"
GRADIENT = "return (p - one_hot) / m"
COUNTS = "counts = np.unique(labels, return_counts=True)[1]"
FREQUENCIES = "frequencies = counts / len(labels)"
CHANCE = "return -(frequencies * np.log(frequencies)).sum()"

MISTAKES = {
    "3.1": [
        ("overflow", SHIFTED, "shifted = output"),
        ("one number off all rows", SHIFTED, "shifted = output - output.max()"),
        ("the mean off, not the largest", SHIFTED, SHIFTED.replace("max", "mean")),
        (
            "the largest by class",
            SHIFTED,
            "shifted = output - output.max(axis=0)",
        ),
        (
            "the largest by class where it is square",
            SHIFTED,
            "w = output.max(axis=1)\n"
            "    shifted = output - (w if output.shape[0] == output.shape[1] else w[:, None])",
        ),
        ("the wrong sign", EXPS, "exps = np.exp(-shifted)"),
        ("to the base 2", EXPS, "exps = 2**shifted"),
        ("a sum over the examples", P, "return exps / exps.sum(axis=0)"),
        ("a sum over all", P, "return exps / exps.sum()"),
        ("not divided", P, "return exps"),
        ("the logarithm", P, "return shifted - np.log(exps.sum(axis=1, keepdims=True))"),
        ("a mean, not a sum", P, "return exps / exps.mean(axis=1, keepdims=True)"),
        (
            "a batch of one loses its axis",
            P,
            "return (exps / exps.sum(axis=1, keepdims=True)).squeeze()",
        ),
        ("in place", SHIFTED, "output -= output.max(axis=1, keepdims=True)\n    shifted = output"),
    ],
    "3.2": [
        ("a mean over the classes", M_OF_COST, M_OF_COST.replace("len(labels)", "output.shape[1]")),
        ("overflow", ABOVE, "above = output"),
        ("one number off all rows", ABOVE, "above = output - output.max()"),
        ("the shift is not in the picked logit", COSTS, COSTS.replace("above[", "output[")),
        ("a sum over the examples", TOTAL, "total = np.exp(above).sum(axis=0)"),
        (
            "a sum over the examples where it is square",
            TOTAL,
            "total = np.exp(above).sum(axis=0 if above.shape[0] == above.shape[1] else 1)",
        ),
        ("the wrong sign", COSTS, "costs = above[np.arange(m), labels] - np.log(total)"),
        ("no logarithm", COSTS, "costs = -np.exp(above[np.arange(m), labels]) / total"),
        ("to the base 2", COSTS, "costs = np.log2(total) - above[np.arange(m), labels]"),
        ("every pair of labels", COSTS, "costs = (np.log(total)[:, None] - above[:, labels])[0]"),
        (
            "log of a p that is 0",
            COSTS,
            "costs = -np.log((np.exp(above) / total[:, None])[np.arange(m), labels])",
        ),
        (
            "log of p + 1e-15",
            COSTS,
            "costs = -np.log((np.exp(above) / total[:, None])[np.arange(m), labels] + 1e-15)",
        ),
        ("the best class, not the right one", COSTS, "costs = np.log(total)"),
        ("no mean", COST, "return costs.sum()"),
        ("the mean twice", COST, "return costs.sum() / m**2"),
        ("a mean over all numbers", COST, "return costs.sum() / output.size"),
        ("a cost for each example", COST, "return costs"),
        (
            "a batch of one loses its axis",
            ABOVE,
            "w = output.squeeze()\n    above = w - w.max(axis=-1, keepdims=True)",
        ),
        ("the mean off, not the largest", ABOVE, ABOVE.replace("max", "mean")),
        (
            "in place",
            ABOVE,
            "output -= output.max(axis=1, keepdims=True)\n    above = output",
        ),
    ],
    "3.3": [
        ("no mean", M_OF_GRADIENT, M_OF_GRADIENT.replace("len(labels)", "1")),
        ("a mean over the classes", GRADIENT, "return (p - one_hot) / p.shape[1]"),
        ("a mean over all numbers", GRADIENT, "return (p - one_hot) / p.size"),
        ("the mean twice", GRADIENT, "return (p - one_hot) / m**2"),
        ("the mean is forgotten", GRADIENT, "return p - one_hot"),
        ("only p is divided", GRADIENT, "return p / m - one_hot"),
        ("the wrong sign", GRADIENT, "return (one_hot - p) / m"),
        ("the right class only", GRADIENT, "return (p - 1) * one_hot / m"),
        ("ones, not zeros", ONE_HOT, "one_hot = np.ones_like(p)"),
        ("all examples have all labels", RIGHT, "one_hot[:, labels] = 1"),
        ("a label too far", RIGHT, "one_hot[np.arange(m), labels - 1] = 1"),
        ("-p of the right class", RIGHT, "one_hot[np.arange(m), labels] = p[np.arange(m), labels]"),
        (
            "transposed where it is square",
            GRADIENT,
            "return (p - (one_hot.T if p.shape[0] == p.shape[1] else one_hot)) / m",
        ),
        ("a batch of one loses its axis", GRADIENT, "return ((p - one_hot) / m).squeeze()"),
        ("p is changed in place", ONE_HOT, "p[np.arange(m), labels] -= 1\n    return p / m"),
    ],
    "3.4": [
        ("the classes, not how often", COUNTS, COUNTS.replace("[1]", "[0] + 1")),
        ("0 log 0", COUNTS, "counts = np.bincount(labels)"),
        ("over the number of classes", FREQUENCIES, "frequencies = counts / len(counts)"),
        ("not divided", FREQUENCIES, "frequencies = counts"),
        ("all equally frequent", FREQUENCIES, "frequencies = np.ones(len(counts)) / len(counts)"),
        ("the wrong sign", CHANCE, "return (frequencies * np.log(frequencies)).sum()"),
        ("a mean over the classes", CHANCE, "return -(frequencies * np.log(frequencies)).mean()"),
        ("not weighed", CHANCE, "return -np.log(frequencies).sum()"),
        ("in bits", CHANCE, "return -(frequencies * np.log2(frequencies)).sum()"),
        ("of the commonest class", CHANCE, "return -np.log(frequencies.max())"),
        ("the error, not the cost", CHANCE, "return 1 - frequencies.max()"),
        ("labels are sorted in place", COUNTS, f"labels.sort()\n    {COUNTS}"),
    ],
}
