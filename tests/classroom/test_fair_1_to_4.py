"""Other but right solutions of assignments 1 to 4 score full, and their texts say true numbers."""

import re
import textwrap

import numpy as np
import pytest
from own import earned, marked

from tinynet.classroom.assignments import MARKED, find, module

FAIR = {
    "1.1": [
        (
            "number by number",
            """
            y = np.empty_like(s)
            for k in np.ndindex(s.shape):
                if s[k] >= 0:
                    y[k] = 1 / (1 + np.exp(-s[k]))
                else:
                    y[k] = np.exp(s[k]) / (1 + np.exp(s[k]))
            return y
            """,
        ),
        ("as a tanh", "return 0.5 + 0.5 * np.tanh(s / 2)"),
        ("clipped where none sees it", "return 1 / (1 + np.exp(-np.clip(s, -60, 60)))"),
        ("by logaddexp", "return np.exp(-np.logaddexp(0, -s))"),
        (
            "two masks",
            """
            y = np.zeros_like(s)
            up = s >= 0
            y[up] = 1 / (1 + np.exp(-s[up]))
            e = np.exp(s[~up])
            y[~up] = e / (1 + e)
            return y
            """,
        ),
        ("in float32", "return (0.5 + 0.5 * np.tanh(s.astype(np.float32) / 2))"),
    ],
    "1.2": [
        ("y (1 - y)", "y = 0.5 + 0.5 * np.tanh(s / 2)\nreturn y * (1 - y)"),
        ("y - y^2", "y = np.exp(-np.logaddexp(0, -s))\nreturn y - y**2"),
        ("from that of tanh", "return (1 - np.tanh(s / 2) ** 2) / 4"),
        ("in float32", "y = 0.5 + 0.5 * np.tanh(s.astype(np.float32) / 2)\nreturn y * (1 - y)"),
    ],
    "1.3": [
        ("factored", "y = np.tanh(s)\nreturn (1 - y) * (1 + y)"),
        ("by exponentials", "e = np.exp(-2 * np.abs(s))\nreturn 4 * e / (1 + e) ** 2"),
        ("number by number", "return np.array([[1 - np.tanh(v) ** 2 for v in row] for row in s])"),
        ("in float32", "return 1 - np.tanh(s.astype(np.float32)) ** 2"),
    ],
    "1.4": [
        ("two sides", "return np.where(s >= 0, s / (1 + abs(s)), -abs(s) / (1 + abs(s)))"),
        ("number by number", "return np.array([[v / (1 + abs(v)) for v in row] for row in s])"),
        ("what is missing to 1", "return np.sign(s) * (1 - 1 / (1 + np.abs(s)))"),
        ("in float32", "return (s / (1 + np.abs(s))).astype(np.float32)"),
    ],
    "1.5": [
        ("from y", "y = s / (1 + np.abs(s))\nreturn (1 - np.abs(y)) ** 2"),
        ("the quotient rule", "a = 1 + np.abs(s)\nreturn (a - s * np.sign(s)) / a**2"),
        ("multiplied out", "return 1 / (1 + 2 * np.abs(s) + s**2)"),
        ("two sides", "return np.where(s > 0, 1.0, 1.0) / np.where(s > 0, 1 + s, 1 - s) ** 2"),
        ("in float32", "return (1 + np.abs(s.astype(np.float32))) ** -2"),
    ],
    "1.6": [
        ("a mask", "return s * (s > 0)"),
        ("where", "return np.where(s > 0, s, 0)"),
        ("half of s and its size", "return (s + np.abs(s)) / 2"),
        ("a copy, cut", "y = s.copy()\ny[y < 0] = 0\nreturn y"),
    ],
    "1.7": [
        ("where", "return np.where(s > 0, 1.0, 0.0)"),
        ("a mask, times 1", "return 1.0 * (s > 0)"),
        ("True and False", "return s > 0"),
        ("integers", "return (s > 0).astype(int)"),
        ("heaviside", "return np.heaviside(s, 0)"),
    ],
    "1.8": [
        ("the other order", "return slope(x) * dy"),
        ("multiply", "return np.multiply(dy, slope(x))"),
        ("einsum", "return np.einsum('mk,mk->mk', dy, slope(x))"),
        (
            "number by number",
            """
            dx = np.empty_like(dy)
            for k in np.ndindex(dy.shape):
                dx[k] = dy[k] * slope(x[k])
            return dx
            """,
        ),
        ("into the slope's own memory", "dx = slope(x)\ndx *= dy\nreturn dx"),
    ],
    "2.1": [
        ("einsum", "return np.einsum('el,lk->ek', x, W) + b"),
        ("columns", "return (W.T @ x.T + b[:, None]).T"),
        (
            "three loops",
            """
            y = np.zeros((len(x), len(b)))
            for e in range(len(x)):
                for k in range(len(b)):
                    y[e, k] = b[k]
                    for i in range(x.shape[1]):
                        y[e, k] += x[e, i] * W[i, k]
            return y
            """,
        ),
        (
            "the bias as a weight",
            """
            ones = np.ones((len(x), 1))
            return np.hstack([x, ones]) @ np.vstack([W, b])
            """,
        ),
        ("in float32", "return x.astype(np.float32) @ W.astype(np.float32) + np.float32(b)"),
    ],
    "2.2": [
        ("ones", "return np.ones(len(dy)) @ dy"),
        ("example by example", "return sum(dy[1:], dy[0])"),
        ("einsum", "return np.einsum('ek->k', dy)"),
        ("one neuron after the other", "return np.array([column.sum() for column in dy.T])"),
        ("in float32", "return dy.sum(axis=0, dtype=np.float32)"),
    ],
    "2.3": [
        ("einsum", "return np.einsum('el,ek->lk', x, dy)"),
        ("outer products", "return sum(np.outer(a, d) for a, d in zip(x, dy))"),
        ("transposed", "return (dy.T @ x).T"),
        ("tensordot", "return np.tensordot(x, dy, axes=(0, 0))"),
        (
            "two loops",
            """
            dW = np.zeros((x.shape[1], dy.shape[1]))
            for i in range(x.shape[1]):
                for k in range(dy.shape[1]):
                    dW[i, k] = (x[:, i] * dy[:, k]).sum()
            return dW
            """,
        ),
        ("in float32", "return x.T.astype(np.float32) @ dy.astype(np.float32)"),
    ],
    "2.4": [
        ("einsum", "return np.einsum('ek,lk->el', dy, W)"),
        ("columns", "return (W @ dy.T).T"),
        ("example by example", "return np.array([W @ d for d in dy])"),
        ("the order in which numbers lie", "return np.asfortranarray(dy @ W.T)"),
        ("in float32", "return dy.astype(np.float32) @ W.T.astype(np.float32)"),
    ],
    "2.5": [
        ("broadcast", "return x[:, :, None] * dy[:, None, :]"),
        ("outer products", "return np.array([np.outer(a, d) for a, d in zip(x, dy)])"),
        ("a stack of products", "return x[:, :, None] @ dy[:, None, :]"),
        (
            "three loops",
            """
            shares = np.empty((len(x), x.shape[1], dy.shape[1]))
            for e, i, k in np.ndindex(shares.shape):
                shares[e, i, k] = x[e, i] * dy[e, k]
            return shares
            """,
        ),
        ("in float32", "return (x[:, :, None] * dy[:, None, :]).astype(np.float32)"),
    ],
    "3.1": [
        (
            "row by row",
            """
            rows = []
            for row in output:
                e = [np.exp(logit - max(row)) for logit in row]
                rows.append([one / sum(e) for one in e])
            return np.array(rows)
            """,
        ),
        (
            "by the logarithm",
            """
            top = output.max(axis=1)[:, None]
            return np.exp(output - top - np.log(np.exp(output - top).sum(axis=1))[:, None])
            """,
        ),
        (
            "by columns",
            """
            e = np.exp((output.T - output.T.max(axis=0)))
            return (e / e.sum(axis=0)).T
            """,
        ),
        ("by logaddexp", "return np.exp(output - np.logaddexp.reduce(output, axis=1)[:, None])"),
        (
            "in float32",
            """
            e = np.exp((output - output.max(axis=1, keepdims=True)).astype(np.float32))
            return e / e.sum(axis=1, keepdims=True)
            """,
        ),
    ],
    "3.2": [
        (
            "example by example",
            """
            cost = 0.0
            for row, label in zip(output, labels):
                top = max(row)
                cost += top + np.log(sum(np.exp(logit - top) for logit in row)) - row[label]
            return cost / len(labels)
            """,
        ),
        (
            "by logaddexp, a mean, a float",
            """
            right = np.take_along_axis(output, labels[:, None], axis=1)[:, 0]
            return float(np.mean(np.logaddexp.reduce(output, axis=1) - right))
            """,
        ),
        (
            "one-hot",
            """
            one_hot = np.eye(output.shape[1])[labels]
            above = output - output.max(axis=1, keepdims=True)
            log_p = above - np.log(np.exp(above).sum(axis=1, keepdims=True))
            return -(one_hot * log_p).sum(axis=1).mean()
            """,
        ),
        (
            "from the right logit up",
            """
            far = output - output[np.arange(len(labels)), labels][:, None]
            top = far.max(axis=1)
            return (top + np.log(np.exp(far - top[:, None]).sum(axis=1))).mean()
            """,
        ),
        (
            "in float32, an array of no axes",
            """
            above = (output - output.max(axis=1, keepdims=True)).astype(np.float32)
            costs = np.log(np.exp(above).sum(axis=1)) - above[np.arange(len(labels)), labels]
            return np.array(costs.mean())
            """,
        ),
    ],
    "3.3": [
        ("eye", "return (p - np.eye(p.shape[1])[labels]) / len(p)"),
        ("a copy", "d = p.copy()\nd[np.arange(len(p)), labels] -= 1\nreturn d / len(p)"),
        (
            "two loops",
            """
            d = np.zeros(p.shape)
            for e in range(p.shape[0]):
                for k in range(p.shape[1]):
                    d[e, k] = (p[e, k] - (k == labels[e])) / p.shape[0]
            return d
            """,
        ),
        ("a comparison", "return (p - (np.arange(p.shape[1]) == labels[:, None])) / len(labels)"),
        ("in float32", "return ((p - np.eye(p.shape[1])[labels]) / len(p)).astype(np.float32)"),
    ],
    "3.4": [
        (
            "bincount, without the zeros",
            """
            q = np.bincount(labels) / len(labels)
            q = q[q > 0]
            return -np.sum(q * np.log(q))
            """,
        ),
        (
            "where",
            """
            q = np.bincount(labels, minlength=12) / len(labels)
            return -np.where(q > 0, q * np.log(q), 0).sum()
            """,
        ),
        (
            "example by example",
            "return -np.mean([np.log(np.mean(labels == label)) for label in labels])",
        ),
        (
            "log m less the mean log count",
            """
            counts = np.array([np.count_nonzero(labels == k) for k in set(labels.tolist())])
            return np.log(len(labels)) - counts @ np.log(counts) / len(labels)
            """,
        ),
    ],
    "4.1": [
        (
            "by number, no tanh that is not used",
            """
            s, z = [], []
            a = x
            for i in range(len(Ws)):
                z.append(a)
                s.append(np.einsum("el,lk->ek", a, Ws[i]) + bs[i])
                if i < len(Ws) - 1:
                    a = np.tanh(s[i])
            return s, z
            """,
        ),
        (
            "tuples, and the tanh by exponentials",
            """
            z, s = (x,), (x @ Ws[0] + bs[0],)
            for W, b in zip(Ws[1:], bs[1:]):
                e = np.exp(-2 * np.abs(s[-1]))
                z += (np.sign(s[-1]) * (1 - e) / (1 + e),)
                s += (z[-1] @ W + b,)
            return s, z
            """,
        ),
        (
            "example by example",
            """
            s = [np.zeros((len(x), len(b))) for b in bs]
            z = [x] + [np.zeros((len(x), len(b))) for b in bs[:-1]]
            for e in range(len(x)):
                for i, (W, b) in enumerate(zip(Ws, bs)):
                    s[i][e] = W.T @ z[i][e] + b
                    if i + 1 < len(z):
                        z[i + 1][e] = np.tanh(s[i][e])
            return s, z
            """,
        ),
        (
            "in float32",
            """
            s, z = [], [x.astype(np.float32)]
            for W, b in zip(Ws, bs):
                s.append(z[-1] @ W.astype(np.float32) + b.astype(np.float32))
                z.append(np.tanh(s[-1]))
            return s, z[:-1]
            """,
        ),
    ],
    "4.2": [
        ("einsum", "return np.einsum('ej,kj,ek->ek', ds_above, W_above, 1 - np.tanh(s) ** 2)"),
        (
            "columns, from z",
            "z = np.tanh(s)\nreturn (W_above @ ds_above.T).T * (1 - z) * (1 + z)",
        ),
        ("by cosh", "return ds_above @ W_above.T / np.cosh(s) ** 2"),
        (
            "one Jacobian an example",
            """
            rows = []
            for e in range(len(s)):
                J = np.diag(1 - np.tanh(s[e]) ** 2) @ W_above
                rows.append(J @ ds_above[e])
            return np.array(rows)
            """,
        ),
        (
            "in float32",
            "return (ds_above @ W_above.T * (1 - np.tanh(s) ** 2)).astype(np.float32)",
        ),
    ],
    "4.3": [
        (
            "from z, into lists of None",
            """
            dWs, dbs = [None] * len(Ws), [None] * len(Ws)
            ds = doutput
            for i in range(len(Ws) - 1, -1, -1):
                dWs[i] = np.einsum("el,ek->lk", z[i], ds)
                dbs[i] = np.ones(len(ds)) @ ds
                ds = (Ws[i] @ ds.T).T * (1 - z[i] ** 2)
            return dWs, dbs
            """,
        ),
        (
            "all ds first, then turned",
            """
            all_ds = [doutput]
            for W, below in zip(Ws[:0:-1], s[-2::-1]):
                all_ds.append(all_ds[-1] @ W.T / np.cosh(below) ** 2)
            all_ds = all_ds[::-1]
            dWs = [a.T @ ds for a, ds in zip(z, all_ds)]
            return dWs, [ds.sum(axis=0) for ds in all_ds]
            """,
        ),
        (
            "example by example",
            """
            dWs = [np.zeros(W.shape) for W in Ws]
            dbs = [np.zeros(W.shape[1]) for W in Ws]
            for e in range(len(doutput)):
                d = doutput[e].copy()
                for i in reversed(range(len(Ws))):
                    dWs[i] += np.outer(z[i][e], d)
                    dbs[i] += d
                    if i:
                        d = (Ws[i] @ d) * (1 - np.tanh(s[i - 1][e]) ** 2)
            return tuple(dWs), tuple(dbs)
            """,
        ),
        (
            "a function that calls itself",
            """
            def down(i, ds):
                if i < 0:
                    return [], []
                slope = 1 - z[i] ** 2 if i else 0
                dWs, dbs = down(i - 1, ds @ Ws[i].T * slope)
                return dWs + [z[i].T @ ds], dbs + [ds.sum(0)]
            return down(len(Ws) - 1, doutput)
            """,
        ),
        (
            "in float32",
            """
            dWs, dbs, ds = [], [], doutput.astype(np.float32)
            for i in reversed(range(len(Ws))):
                dWs.insert(0, z[i].T.astype(np.float32) @ ds)
                dbs.insert(0, ds.sum(axis=0))
                ds = ds @ Ws[i].T.astype(np.float32) * (1 - z[i].astype(np.float32) ** 2)
            return dWs, dbs
            """,
        ),
    ],
    "4.4": [
        (
            "a step, added",
            """
            da = np.zeros(a.size)
            for k in range(a.size):
                step = np.zeros(a.size)
                step[k] = h
                step = step.reshape(a.shape)
                da[k] = (cost(a + step) - cost(a - step)) / (2 * h)
            return da.reshape(a.shape)
            """,
        ),
        (
            "in place, and what was there kept",
            """
            da = np.zeros_like(a)
            for k in np.ndindex(a.shape):
                kept = a[k]
                a[k] = kept + h
                above = cost(a)
                a[k] = kept - h
                below = cost(a)
                a[k] = kept
                da[k] = (above - below) / (2 * h)
            return da
            """,
        ),
        (
            "with nditer, and the mean of two sides",
            """
            moved, da, here = np.array(a, float), np.zeros(a.shape), cost(a)
            it = np.nditer(a, flags=["multi_index"])
            for value in it:
                moved[it.multi_index] = float(value) + h
                right = (cost(moved) - here) / h
                moved[it.multi_index] = float(value) - h
                left = (here - cost(moved)) / h
                moved[it.multi_index] = float(value)
                da[it.multi_index] = (left + right) / 2
            return da
            """,
        ),
        (
            "a step of its own",
            """
            steps = 1e-5 * np.eye(a.size).reshape(a.size, *a.shape)
            slopes = [(cost(a + step) - cost(a - step)) / 2e-5 for step in steps]
            return np.array(slopes).reshape(a.shape)
            """,
        ),
    ],
    "4.5": [
        (
            "as one expression",
            """
            def error(g, n):
                largest = np.max(np.abs([g, n]))
                return np.max(np.abs(n - g)) / largest if largest else 0
            return np.array([error(g, n) for g, n in zip(gradients, measured)])
            """,
        ),
        (
            "by norms",
            """
            errors = []
            for i in range(len(gradients)):
                g, n = gradients[i].ravel(), measured[i].ravel()
                scale = max(np.linalg.norm(g, np.inf), np.linalg.norm(n, np.inf))
                errors.append(0.0 if scale == 0 else float(np.linalg.norm(g - n, np.inf) / scale))
            return tuple(errors)
            """,
        ),
        (
            "number by number",
            """
            errors = []
            for g, n in zip(gradients, measured):
                far = most = 0.0
                for a, b in zip(g.flat, n.flat):
                    far = max(far, abs(a - b))
                    most = max(most, abs(a), abs(b))
                errors.append(far / most if most else 0.0)
            return errors
            """,
        ),
        (
            "0/0 put right",
            """
            errors = []
            for g, n in zip(gradients, measured):
                scale = max(abs(g).max(), abs(n).max()) or 1
                errors.append(abs(g - n).max() / scale)
            return errors
            """,
        ),
    ],
}
NAMES = ["01_activations", "02_linear", "03_cross_entropy", "04_backprop"]
RIGHT = [
    pytest.param(task, body, id=f"{task} {name}")
    for task, solutions in FAIR.items()
    for name, body in solutions
]


def written_anew(assignment, task, body):
    """The reference with another body for one task."""
    lines = textwrap.indent(textwrap.dedent(body).strip() + "\n", "    ")

    def other(found):
        return lines if found["task"].startswith(f"Task {task}:") else found[0]

    return MARKED.sub(other, assignment.solution)


@pytest.mark.parametrize(("task", "body"), RIGHT)
def test_another_right_solution_scores_full(task, body):
    assignment = find(task[0])
    for seed in ("a secret", "another"):
        found = marked(assignment, written_anew(assignment, task, body), seed)
        assert [mark for mark in found if mark.earned != mark.points] == []


@pytest.mark.parametrize("name", NAMES)
def test_each_task_can_be_written_in_other_ways(name):
    assert [task for task in find(name).tasks if len(FAIR[task]) < 3] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_text_says_the_tasks_and_their_points(name):
    assignment = find(name)
    full = earned(marked(assignment, assignment.solution))
    text = (assignment.folder / "README.md").read_text(encoding="utf-8")
    said = re.findall(r"^### Task (\d\.\d): `\w+\(.*\)` \((\d+) points\)$", text, re.MULTILINE)
    assert {task: int(points) for task, points in said} == full
    assert f"\n{sum(full.values())} points." in text
    assert f"`{assignment.file}`" in text


@pytest.mark.parametrize("name", NAMES)
def test_the_public_answers_are_those_of_no_secret_case(name):
    assignment = find(name)
    known = assignment.expected(assignment.cases("public"))
    drawn = assignment.cases("a secret")
    for case, right in zip(drawn, assignment.expected(drawn), strict=True):
        for answers in known:
            same = [np.array_equal(answers.get(name), right[name]) for name in right]
            assert not all(same), case


def put_together(assignment, source):
    """What the lines that the text of assignment 4 ends with print, for a given solution."""
    text = (assignment.folder / "README.md").read_text(encoding="utf-8")
    part = text.partition("## Put together")[2].partition("\n## ")[0]
    code = "\n".join(line[4:] for line in part.splitlines() if not line or line[:4] == "    ")
    rng = np.random.default_rng(0)
    shapes = {"x": (4, 3), "W0": (3, 5), "b0": (5,), "W1": (5, 2), "b1": (2,), "R": (4, 2)}
    known = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    printed = []
    exec(code, module("backprop", source).__dict__ | known | {"print": printed.extend})
    return printed


def test_the_check_at_the_end_of_assignment_4_tells_right_from_wrong():
    assignment = find("backprop")
    square = "(1 - np.tanh(s[i - 1]) ** 2)"
    assert assignment.solution.count(square) == 1
    right, wrong = (
        put_together(assignment, source)
        for source in (
            assignment.solution,
            assignment.solution.replace(square, square.replace(" ** 2", "")),
        )
    )
    assert len(right) == len(wrong) == 1
    assert right[0] < 1e-7
    assert wrong[0] > 1e-3
