"""Mistakes planted in the reference of assignment 7.

Each is ``(name, old, new)``: ``old`` stands once in the solution.
"""

FLAT = "flat = slopes <= saturated_at"
SHARE = "return flat.mean(axis=(1, 2))"
NEVER = "never = (slopes <= saturated_at).all(axis=1)"
UNITS = "return never.mean(axis=1)"
RMS = "rms = np.sqrt((z**2).mean(axis=(1, 2)))"
STEPS = "steps = len(z) - 1"
FACTOR = "return (rms[-1] / rms[0]) ** (1 / steps)"
STD = "std = ds.std(axis=(1, 2))"
RATIO = "return std[0] / std[-1]"
ANSWERS = "answers = outputs.argmax(axis=1)"
WRONG = "return np.mean(answers != labels)"
DEAD = 'if seen["z_dead"].mean() > 0.45:'
MISLABELLED = 'if seen["error"] > 0.2:'
EXPLODING = 'if seen["z_std"][-1] > 4 * seen["z_std"][0]:'
SATURATED = 'if seen["z_saturated"].mean() > 0.65:'
VANISHING = 'return "vanishing"'

MISTAKES = {
    "7.1": [
        ("at the threshold is not saturated", FLAT, "flat = slopes < saturated_at"),
        ("what is not saturated", FLAT, "flat = slopes > saturated_at"),
        ("a threshold of its own", FLAT, "flat = slopes <= 0.05"),
        ("the mean slope", FLAT, "flat = slopes"),
        ("in place", FLAT, "slopes *= 1.5; flat = slopes <= 1.5 * saturated_at"),
        ("a sum", SHARE, "return flat.sum(axis=(1, 2))"),
        ("over all layers", SHARE, "return flat.mean()"),
        ("over layers and examples", SHARE, "return flat.mean(axis=(0, 1))"),
        ("a share for each unit", SHARE, "return flat.mean(axis=1)"),
        ("in percent", SHARE, "return 100 * flat.mean(axis=(1, 2))"),
        ("units that are so at one example", SHARE, "return flat.any(axis=1).mean(axis=1)"),
    ],
    "7.2": [
        ("at the threshold is alive", NEVER, "never = (slopes < saturated_at).all(axis=1)"),
        ("saturated at one example", NEVER, "never = (slopes <= saturated_at).any(axis=1)"),
        (
            "examples at which no unit is alive",
            NEVER,
            "never = (slopes <= saturated_at).all(axis=2)",
        ),
        ("alive at every example", NEVER, "never = (slopes > saturated_at).all(axis=1)"),
        ("flat on average", NEVER, "never = slopes.mean(axis=1) <= saturated_at"),
        ("exactly 0", NEVER, "never = (slopes == 0).all(axis=1)"),
        ("in place", NEVER, "slopes -= saturated_at; never = (slopes <= 0).all(axis=1)"),
        ("a number of units", UNITS, "return never.sum(axis=1)"),
        ("over all layers", UNITS, "return never.mean()"),
        ("over layers", UNITS, "return never.mean(axis=0)"),
        ("those that live", UNITS, "return 1 - never.mean(axis=1)"),
    ],
    "7.3": [
        ("no root", RMS, "rms = (z**2).mean(axis=(1, 2))"),
        ("std: the mean is taken off", RMS, "rms = z.std(axis=(1, 2))"),
        ("the mean size", RMS, "rms = abs(z).mean(axis=(1, 2))"),
        ("over layers", RMS, "rms = np.sqrt((z**2).mean(axis=(0, 1)))"),
        ("the first example alone", RMS, "rms = np.sqrt((z[:, 0] ** 2).mean(axis=1))"),
        ("in place", RMS, "z **= 2; rms = np.sqrt(z.mean(axis=(1, 2)))"),
        ("layers for steps", STEPS, "steps = len(z)"),
        ("one step too few", STEPS, "steps = max(len(z) - 2, 1)"),
        ("examples for layers", STEPS, "steps = max(z.shape[1] - 1, 1)"),
        ("upside down", FACTOR, "return (rms[0] / rms[-1]) ** (1 / steps)"),
        ("the whole ratio", FACTOR, "return rms[-1] / rms[0]"),
        ("divided by the steps", FACTOR, "return rms[-1] / rms[0] / steps"),
        ("the mean of the ratios", FACTOR, "return (rms[1:] / rms[:-1]).mean()"),
        ("the first step alone", FACTOR, "return rms[1] / rms[0]"),
    ],
    "7.4": [
        ("the variance", STD, "std = ds.var(axis=(1, 2))"),
        ("the rms", STD, "std = (ds**2).mean(axis=(1, 2)) ** 0.5"),
        ("the mean of the units' std", STD, "std = ds.std(axis=1).mean(axis=1)"),
        ("over layers", STD, "std = ds.std(axis=(0, 1))"),
        ("a little added", STD, "std = ds.std(axis=(1, 2)) + 1e-3"),
        ("the first example alone", STD, "std = ds[:, :1].std(axis=(1, 2))"),
        ("in place", STD, "ds -= ds.mean(axis=(1, 2), keepdims=True); std = ds.std(axis=(1, 2))"),
        ("upside down", RATIO, "return std[-1] / std[0]"),
        ("one layer off", RATIO, "return std[1] / std[-1]"),
        ("one layer off at the top", RATIO, "return std[0] / std[-2]"),
        ("smallest by largest", RATIO, "return std.min() / std.max()"),
        ("a difference", RATIO, "return std[0] - std[-1]"),
    ],
    "7.5": [
        ("the least likely class", ANSWERS, "answers = outputs.argmin(axis=1)"),
        ("the wrong axis", ANSWERS, "answers = outputs.argmax(axis=0)[: len(labels)]"),
        ("of all examples", ANSWERS, "answers = outputs.argmax()"),
        ("classes from 1", ANSWERS, "answers = outputs.argmax(axis=1) + 1"),
        ("the largest size", ANSWERS, "answers = abs(outputs).argmax(axis=1)"),
        ("in place", ANSWERS, "outputs.sort(axis=1); answers = labels"),
        ("the share that is right", WRONG, "return np.mean(answers == labels)"),
        ("a number of labels", WRONG, "return np.sum(answers != labels)"),
        ("by classes", WRONG, "return np.sum(answers != labels) / outputs.shape[1]"),
        ("how far the class is off", WRONG, "return np.mean(abs(answers - labels))"),
        ("one for each", WRONG, "return answers != labels"),
    ],
    "7.6": [
        ("nothing is dead", DEAD, 'if seen["z_dead"].mean() > 1:'),
        ("few units live: all networks", DEAD, 'if seen["z_dead"].mean() < 0.45:'),
        ("saturated is dead", DEAD, 'if seen["z_saturated"].mean() > 0.65:'),
        ("labels are never wrong", MISLABELLED, 'if seen["error"] > 1:'),
        ("labels are always wrong", MISLABELLED, 'if seen["error"] >= 0:'),
        ("good labels for bad", MISLABELLED, 'if seen["error"] < 0.2:'),
        ("from the top down", EXPLODING, 'if seen["z_std"][0] > 4 * seen["z_std"][-1]:'),
        ("a size, not a growth", EXPLODING, 'if seen["z_std"][0] < 0.9:'),
        (
            "in place",
            EXPLODING,
            'z *= 2; slopes *= 3\n    if seen["z_std"][-1] > 4 * seen["z_std"][0]:',
        ),
        ("too strict", SATURATED, 'if seen["z_saturated"].mean() > 0.95:'),
        ("what is not saturated", SATURATED, 'if seen["z_saturated"].mean() < 0.65:'),
        ("dead units alone", SATURATED, 'if seen["z_dead"].mean() > 0.65:'),
        ("dead is called saturated", 'return "dead"', 'return "saturated"'),
        ("labels are not named", 'return "mislabelled"', 'return "vanishing"'),
        ("a spelling", 'return "exploding"', 'return "Exploding"'),
        ("a number for a word", 'return "saturated"', "return 0"),
        ("another word", VANISHING, 'return "vanished"'),
        ("exploding for vanishing", VANISHING, 'return "exploding"'),
    ],
}
