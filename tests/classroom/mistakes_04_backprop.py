"""Mistakes planted in the reference of assignment 4.

Each is ``(name, old, new)``: ``old`` stands once in the solution.
"""

BEGIN = "s, z = [], [x]"
LAYERS = "for W, b in zip(Ws, bs, strict=True):"
LINEAR = "s.append(z[-1] @ W + b)"
TANH = "z.append(np.tanh(s[-1]))"
LISTS = "return s, z[:-1]"
DZ = "dz = ds_above @ W_above.T"
DS = "return dz * (1 - np.tanh(s) ** 2)"
EMPTY = "dWs, dbs = [], []"
DOUTPUT = "ds = doutput"
DOWN = "for i in reversed(range(len(Ws))):"
DW = "dWs.insert(0, z[i].T @ ds)"
DB = "dbs.insert(0, ds.sum(axis=0))"
UNLESS_FIRST = "if i > 0:"
BELOW = "below = ds @ Ws[i].T"
THROUGH_TANH = "ds = below * (1 - np.tanh(s[i - 1]) ** 2)"
GRADIENTS = "return dWs, dbs"
MOVED = "moved = a.astype(np.float64)"
DA = "da = np.zeros(a.shape)"
EVERY = "for k in np.ndindex(a.shape):"
UP = "moved[k] = a[k] + h"
RIGHT = "right = cost(moved)"
DOWNWARD = "moved[k] = a[k] - h"
LEFT = "left = cost(moved)"
BACK = "moved[k] = a[k]\n"
SLOPE = "da[k] = (right - left) / (2 * h)"
MEASURED = "return da\n"
NO_ERRORS = "errors = []"
PAIRS = "for ours, theirs in zip(gradients, measured, strict=True):"
DIFFERENCE = "difference = np.abs(ours - theirs).max()"
SCALE = "scale = max(np.abs(ours).max(), np.abs(theirs).max())"
ERROR = "errors.append(difference / scale if scale > 0 else 0.0)"
ERRORS = "return errors"

MISTAKES = {
    "4.1": [
        ("tanh of the input", BEGIN, "s, z = [], [np.tanh(x)]"),
        ("x is not among z", LISTS, "return s, z[1:-1]"),
        ("z of one layer too many", LISTS, "return s, z"),
        ("z before tanh", TANH, "z.append(s[-1])"),
        ("a sigmoid", TANH, "z.append(1 / (1 + np.exp(-s[-1])))"),
        ("s after tanh, in place", TANH, "z.append(np.tanh(s[-1], out=s[-1]))"),
        ("no biases", LINEAR, "s.append(z[-1] @ W)"),
        ("every layer sees the input", LINEAR, "s.append(z[0] @ W + b)"),
        (
            "transposed where it is square",
            LINEAR,
            "s.append(z[-1] @ (W.T if len(W) == len(W.T) else W) + b)",
        ),
        ("a batch of one loses its axis", LINEAR, "s.append((z[-1] @ W).squeeze() + b)"),
        ("from the last to the first", LAYERS, "for W, b in zip(Ws[::-1], bs[::-1], strict=True):"),
        ("the last layer is left out", LAYERS, "for W, b in zip(Ws[:-1], bs[:-1], strict=True):"),
        ("tanh of the output", LISTS, "return [*s[:-1], np.tanh(s[-1])], z[:-1]"),
        ("a first s too many", BEGIN, "s, z = [x], [x]"),
        ("W is changed in place", LISTS, "Ws[0] *= 2\n    return s, z[:-1]"),
    ],
    "4.2": [
        ("W is not transposed where it fits", DZ, "dz = ds_above @ W_above"),
        (
            "W is not transposed where it is square",
            DZ,
            "W = W_above\n    dz = ds_above @ (W if len(W) == len(W.T) else W.T)",
        ),
        ("no weights", DZ, "dz = ds_above.mean(axis=1, keepdims=True)"),
        ("a mean over the batch, again", DZ, "dz = ds_above @ W_above.T / len(s)"),
        (
            "a batch of one loses its axis",
            DS,
            "return dz.squeeze() * (1 - np.tanh(s.squeeze()) ** 2)",
        ),
        ("no slope", DS, "return dz"),
        ("the slope is not squared", DS, "return dz * (1 - np.tanh(s))"),
        ("s is taken for tanh(s)", DS, "return dz * (1 - s**2)"),
        ("the slope at tanh(s)", DS, "return dz * (1 - np.tanh(np.tanh(s)) ** 2)"),
        ("the slope at dz", DS, "return dz * (1 - np.tanh(dz) ** 2)"),
        ("the function, not its slope", DS, "return dz * np.tanh(s)"),
        ("the wrong sign", DS, "return dz * (np.tanh(s) ** 2 - 1)"),
        ("a mean slope", DS, "return dz * (1 - np.tanh(s) ** 2).mean(axis=0)"),
        ("s becomes tanh(s) in place", DS, "return dz * (1 - np.tanh(s, out=s) ** 2)"),
    ],
    "4.3": [
        ("the first gradient from the last", GRADIENTS, "return dWs[::-1], dbs[::-1]"),
        ("biases and weights exchanged", GRADIENTS, "return dbs, dWs"),
        ("one list too long", EMPTY, "dWs, dbs = [], [doutput.sum(axis=0)]"),
        ("the mean once more", DOUTPUT, "ds = doutput / len(doutput)"),
        ("tanh at the output", DOUTPUT, "ds = doutput * (1 - np.tanh(s[-1]) ** 2)"),
        ("the wrong sign", DOUTPUT, "ds = -doutput"),
        ("the first layer is left out", DOWN, "for i in reversed(range(1, len(Ws))):"),
        ("upward", DOWN, "for i in range(len(Ws)):"),
        ("dW with a mean over the batch", DW, "dWs.insert(0, z[i].T @ ds / len(ds))"),
        ("dW with the z after it", DW, "dWs.insert(0, np.tanh(s[i]).T @ ds)"),
        ("dW with s for z", DW, "dWs.insert(0, (s[i - 1] if i > 0 else z[0]).T @ ds)"),
        ("dW is transposed", DW, "dWs.insert(0, ds.T @ z[i])"),
        (
            "dW is transposed where it is square",
            DW,
            "dWs.insert(0, ds.T @ z[i] if ds.shape == z[i].shape else z[i].T @ ds)",
        ),
        ("db is a mean", DB, "dbs.insert(0, ds.mean(axis=0))"),
        ("db sums over the units", DB, "dbs.insert(0, ds.sum(axis=1))"),
        (
            "db sums over the units where it fits",
            DB,
            "dbs.insert(0, ds.sum(axis=int(len(ds) == len(ds.T))))",
        ),
        ("db is wrong in a batch of one", DB, "dbs.insert(0, ds.squeeze().sum(axis=0))"),
        ("it stops a layer early", UNLESS_FIRST, "if i > 1:"),
        ("it goes on below the first", UNLESS_FIRST, "if True:"),
        ("W is not transposed", BELOW, "below = ds @ Ws[i]"),
        (
            "W is not transposed where it is square",
            BELOW,
            "below = ds @ (Ws[i] if len(Ws[i]) == len(Ws[i].T) else Ws[i].T)",
        ),
        ("the weights of the layer below", BELOW, "below = ds @ Ws[i - 1].T"),
        ("no slope", THROUGH_TANH, "ds = below"),
        (
            "the slope at z, not at s",
            THROUGH_TANH,
            "ds = below * (1 - np.tanh(z[i]) ** 2)",
        ),
        (
            "the slope of the layer above",
            THROUGH_TANH,
            "ds = below * (1 - np.tanh(s[i]) ** 2)",
        ),
        (
            "the slope of the layer above where it fits",
            THROUGH_TANH,
            "at = s[i] if s[i].shape == s[i - 1].shape else s[i - 1]\n"
            "            ds = below * (1 - np.tanh(at) ** 2)",
        ),
        ("the slope by s^2", THROUGH_TANH, "ds = below * (1 - s[i - 1] ** 2)"),
        ("added up from layer to layer", THROUGH_TANH, THROUGH_TANH + " + ds.mean()"),
        ("doutput is divided in place", DOUTPUT, "doutput /= 1.5\n    ds = doutput * 1.5"),
    ],
    "4.4": [
        ("of the array itself", MOVED, "moved = a"),
        (
            "moved in place, and back but for rounding",
            "\n        ".join([UP, RIGHT, DOWNWARD, LEFT, BACK.strip(), SLOPE]),
            "a[k] += h\n        right = cost(a)\n        a[k] -= 2 * h\n        left = cost(a)\n"
            "        a[k] += h\n        da[k] = (right - left) / (2 * h)",
        ),
        ("in float32", MOVED, "moved = a.astype(np.float32)"),
        ("starts at ones", DA, "da = np.ones(a.size)"),
        ("the first row only", EVERY, "for k in np.ndindex(a[:1].shape):"),
        ("the diagonal only", EVERY, "for k in [(i,) * a.ndim for i in range(min(a.shape))]:"),
        ("all numbers at once", UP, "moved[:] = a + h"),
        ("not moved up", UP, "moved[k] = a[k]  # + h"),
        ("the cost at a", RIGHT, "right = cost(a)"),
        ("not moved down", DOWNWARD, "moved[k] = a[k] + 0"),
        ("the cost at a, on the left", LEFT, "left = cost(a)"),
        ("not moved back", BACK, "pass\n"),
        ("no 2", SLOPE, "da[k] = (right - left) / h"),
        ("no h", SLOPE, "da[k] = right - left"),
        ("the wrong sign", SLOPE, "da[k] = (left - right) / (2 * h)"),
        ("transposed", MEASURED, "return da.T\n"),
        ("flat", MEASURED, "return da.ravel()\n"),
        ("one side", SLOPE, "moved[k] = a[k]\n        da[k] = (right - cost(moved)) / h"),
    ],
    "4.5": [
        ("one for all arrays", ERRORS, "return [max(errors)]"),
        ("the mean of all arrays", ERRORS, "return [sum(errors) / len(errors)] * len(errors)"),
        ("a first error too many", NO_ERRORS, "errors = [0.0]"),
        (
            "the same list twice",
            PAIRS,
            "for ours, theirs in zip(gradients, gradients, strict=True):",
        ),
        ("the other order", PAIRS, "for ours, theirs in zip(gradients[::-1], measured[::-1]):"),
        ("no size", DIFFERENCE, "difference = (ours - theirs).max()"),
        ("a mean, not the largest", DIFFERENCE, "difference = np.abs(ours - theirs).mean()"),
        (
            "the difference of the largest",
            DIFFERENCE,
            "difference = abs(ours.max() - theirs.max())",
        ),
        ("the largest of ours only", SCALE, "scale = np.abs(ours).max()"),
        ("the largest of theirs only", SCALE, "scale = np.abs(theirs).max()"),
        ("the sum of both", SCALE, "scale = np.abs(ours).max() + np.abs(theirs).max()"),
        ("the largest, not by size", SCALE, "scale = max(ours.max(), theirs.max())"),
        ("something small below", SCALE, SCALE + " + 1e-8"),
        ("not relative", ERROR, "errors.append(difference)"),
        ("0 by 0", ERROR, "errors.append(difference / scale)"),
        ("1 where both are 0", ERROR, "errors.append(difference / scale if scale > 0 else 1.0)"),
        (
            "0 where one is 0",
            ERROR,
            "errors.append(difference / scale if np.any(ours) and np.any(theirs) else 0.0)",
        ),
        ("number by number", ERROR, "errors.append((np.abs(ours - theirs) / np.abs(ours)).max())"),
        (
            "subtracted in place",
            DIFFERENCE,
            "scale_of_ours = ours.copy()\n        ours -= theirs\n"
            "        difference, ours = np.abs(ours).max(), scale_of_ours",
        ),
    ],
}
