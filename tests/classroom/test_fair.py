"""Other ways that are just as right score full, and the texts of the assignments say what is true.

A row of ``FAIR`` is another solution of a task, on its line or below it.
"""

import re
from collections import Counter
from textwrap import indent

import numpy as np
import pytest
from own import body, earned, marked, read, with_a_mistake, with_another

from tinynet.classroom.assignments import all_in, find, module
from tinynet.exercises.comparing import TOLERANCES

FAIR = """
1.1
  as a tanh: return 0.5 + 0.5 * np.tanh(s / 2)
  clipped where none sees it: return 1 / (1 + np.exp(-np.clip(s, -60, 60)))
  in float32: return 0.5 + 0.5 * np.tanh(s.astype(np.float32) / 2)
1.2
  y (1 - y): y = 0.5 + 0.5 * np.tanh(s / 2); return y * (1 - y)
  in float32: return (1 - np.tanh(s.astype(np.float32) / 2) ** 2) / 4
1.3
  by exponentials: e = np.exp(-2 * np.abs(s)); return 4 * e / (1 + e) ** 2
  in float32: return 1 - np.tanh(s.astype(np.float32)) ** 2
1.4
  what is missing to 1: return np.sign(s) * (1 - 1 / (1 + np.abs(s)))
  in float32: return (s / (1 + np.abs(s))).astype(np.float32)
1.5
  from y: y = s / (1 + np.abs(s)); return (1 - np.abs(y)) ** 2
  in float32: return (1 + np.abs(s.astype(np.float32))) ** -2
1.6
  half of s and its size: return (s + np.abs(s)) / 2
  a copy, cut: y = s.copy(); y[y < 0] = 0; return y
1.7
  True and False: return s > 0
  integers: return (s > 0).astype(int)
1.8
  einsum: return np.einsum("mk,mk->mk", dy, slope(x))
  into the slope's own memory: dx = slope(x); dx *= dy; return dx
2.1
  the bias as a weight: return np.hstack([x, np.ones((len(x), 1))]) @ np.vstack([W, b])
  in float32: return x.astype(np.float32) @ W.astype(np.float32) + np.float32(b)
2.2
  ones: return np.ones(len(dy)) @ dy
  in float32: return dy.sum(axis=0, dtype=np.float32)
2.3
  outer products: return sum(np.outer(a, d) for a, d in zip(x, dy))
  in float32: return x.T.astype(np.float32) @ dy.astype(np.float32)
2.4
  example by example: return np.array([W @ d for d in dy])
  the order in which numbers lie: return np.asfortranarray(dy @ W.T)
  in float32: return dy.astype(np.float32) @ W.T.astype(np.float32)
2.5
  a stack of products: return x[:, :, None] @ dy[:, None, :]
  in float32: return (x[:, :, None] * dy[:, None, :]).astype(np.float32)
3.1
  by the logarithm: return np.exp(output - np.logaddexp.reduce(output, axis=1)[:, None])
  in float32:
    e = np.exp((output - output.max(axis=1, keepdims=True)).astype(np.float32))
    return e / e.sum(axis=1, keepdims=True)
3.2
  by logaddexp, a mean, a float:
    right = np.take_along_axis(output, labels[:, None], axis=1)[:, 0]
    return float(np.mean(np.logaddexp.reduce(output, axis=1) - right))
  in float32, an array of no axes:
    above = (output - output.max(axis=1, keepdims=True)).astype(np.float32)
    costs = np.log(np.exp(above).sum(axis=1)) - above[np.arange(len(labels)), labels]
    return np.array(costs.mean())
3.3
  a comparison: return (p - (np.arange(p.shape[1]) == labels[:, None])) / len(labels)
  in float32: return ((p - np.eye(p.shape[1])[labels]) / len(p)).astype(np.float32)
3.4
  without the zeros: q = np.bincount(labels) / len(labels); q = q[q > 0]; return -q @ np.log(q)
  NaN where none sees it:
    q = np.bincount(labels, minlength=12) / len(labels)
    return -np.where(q > 0, q * np.log(q), 0).sum()
4.1
  tuples, and the tanh by exponentials:
    z, s = (x,), (x @ Ws[0] + bs[0],)
    for W, b in zip(Ws[1:], bs[1:]):
        e = np.exp(-2 * np.abs(s[-1]))
        z += (np.sign(s[-1]) * (1 - e) / (1 + e),)
        s += (z[-1] @ W + b,)
    return s, z
  in float32:
    s, z = [], [x.astype(np.float32)]
    for W, b in zip(Ws, bs):
        s.append(z[-1] @ W.astype(np.float32) + b.astype(np.float32))
        z.append(np.tanh(s[-1]))
    return s, z[:-1]
4.2
  columns, from z: z = np.tanh(s); return (W_above @ ds_above.T).T * (1 - z) * (1 + z)
  in float32: return (ds_above @ W_above.T * (1 - np.tanh(s) ** 2)).astype(np.float32)
4.3
  all ds first, then turned:
    all_ds = [doutput]
    for W, below in zip(Ws[:0:-1], s[-2::-1]):
        all_ds.append(all_ds[-1] @ W.T / np.cosh(below) ** 2)
    all_ds = all_ds[::-1]
    dWs = [a.T @ ds for a, ds in zip(z, all_ds)]
    return dWs, [ds.sum(axis=0) for ds in all_ds]
  tuples, from z, in float32:
    dWs, dbs, ds = (), (), doutput.astype(np.float32)
    for i in reversed(range(len(Ws))):
        dWs, dbs = (z[i].T.astype(np.float32) @ ds, *dWs), (ds.sum(axis=0), *dbs)
        ds = ds @ Ws[i].T.astype(np.float32) * (1 - z[i].astype(np.float32) ** 2)
    return dWs, dbs
4.4
  in place, and what was there kept:
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
  a step of its own:
    steps = 1e-5 * np.eye(a.size).reshape(a.size, *a.shape)
    slopes = [(cost(a + step) - cost(a - step)) / 2e-5 for step in steps]
    return np.array(slopes).reshape(a.shape)
4.5
  an array:
    pairs = list(zip(gradients, measured))
    scales = np.array([max(abs(g).max(), abs(n).max()) or 1 for g, n in pairs])
    return np.array([abs(g - n).max() for g, n in pairs]) / scales
5.1
  from the mean size: n = n_in if init == "standard" else (n_in + n_out) / 6; return 1 / n**0.5
5.2
  from 0 to 1: return a * (2 * rng.random((n_in, n_out)) - 1)
  the other sign, in float32: return a - 2 * a * rng.random((n_in, n_out), dtype=np.float32)
5.3
  a list:
    gains = sizes[:-2] * variances[:-1]
    return [z_square * np.prod(gains[:i]) for i in range(len(variances))]
  by logarithms:
    logs = np.log(sizes[:-2] * variances[:-1])
    return np.exp(np.log(z_square) + np.append(0, np.cumsum(logs)))
  in float32:
    gains = np.float32(sizes[:-2] * variances[:-1])
    return np.float32(z_square * np.cumprod(np.append(1, gains)))
5.4
  a list:
    gains = sizes[2:] * variances[1:]
    return [ds_square * np.prod(gains[i:]) for i in range(len(variances))]
5.5
  a list: return [np.linalg.norm(z) ** 2 / z.size for z in zs]
  in float32: return np.array([np.mean(np.float32(z) ** 2) for z in zs])
  the variance and the mean: return [z.var() + z.mean() ** 2 for z in zs]
5.6
  lists, the mean taken for 0: return [[n * np.mean(W**2) for n in W.shape] for W in Ws]
5.7
  a loop: return next((i for i, z in enumerate(z_squares) if z < fraction * z_squares[0]), -1)
  a NumPy integer, or a float:
    under = z_squares / z_squares[0] < fraction
    return np.argmax(under) if under.any() else -1.0
6.1
  by cosh: return (W / np.cosh(z @ W + b) ** 2).T
  lists, by exponentials:
    e = np.exp(2 * (z @ W + b))
    return [[4 * e[k] / (e[k] + 1) ** 2 * w[k] for w in W] for k in range(len(b))]
  in float32: return np.float32(1 - np.tanh(z @ W + b) ** 2)[:, None] * np.float32(W.T)
6.2
  einsum: return np.einsum("mk,lk->mkl", 1 - np.tanh(z @ W + b) ** 2, W)
  a list: return [jacobian(example, W, b) for example in z]
6.3
  all at once: return np.linalg.multi_dot(Js[::-1]) if len(Js) > 1 else Js[0]
  from the top:
    J = np.eye(len(Js[-1]))
    for lower in Js[::-1]:
        J = J @ lower
    return J
6.4
  the mean of both sides: up, down = f(z + h * v), f(z - h * v); return (up / 2 - down / 2) / h
  a step of its own length:
    long = np.linalg.norm(v)
    return (f(z + h * v / long) - f(z - h * v / long)) / (2 * h) * long
6.5
  an array, from eigenvalues:
    short = J if J.shape[1] < J.shape[2] else J.swapaxes(1, 2)
    values = np.linalg.eigvalsh(short @ short.swapaxes(1, 2)).clip(0) ** 0.5
    return np.array([(v.mean(), v.max(), v.min()) for v in values]).T
  in float32:
    values = np.linalg.svd(np.float32(J), compute_uv=False)
    return values.sum(1) / values.shape[1], values[:, 0], values[:, -1]
6.6
  all under one root:
    n_var = (W**2).sum() / len(W)
    return np.sqrt(64 / (9 * np.pi**2) * n_var * (slopes**2).mean(axis=1))
7.1
  a list: return [np.count_nonzero(layer <= saturated_at) / layer.size for layer in slopes]
  in float32: return (1 - (slopes > saturated_at)).mean(axis=(1, 2), dtype=np.float32)
7.2
  by the largest: return (slopes.max(axis=1) <= saturated_at).mean(axis=1)
  a list: return [np.mean(~(layer > saturated_at).any(axis=0)) for layer in slopes]
7.3
  a mean of logarithms:
    rms = np.linalg.norm(z, axis=(1, 2))
    return np.exp(np.mean(np.diff(np.log(rms))))
  the product of all steps, in float32:
    rms = np.sqrt((z.astype(np.float32) ** 2).mean(axis=(1, 2)))
    return np.prod(rms[1:] / rms[:-1]) ** (1 / (len(z) - 1))
7.4
  from the variances: return (ds[0].var() / ds[-1].var()) ** 0.5
  in float32: std = ds.astype(np.float32).std(axis=(1, 2)); return std[0] / std[-1]
7.5
  what is left: return 1 - np.mean(np.argsort(outputs, axis=1)[:, -1] == labels)
  in float32: return np.mean(outputs.argmax(axis=1) != labels, dtype=np.float32)
7.6
  from the arrays:
    if z.any(axis=1).mean() < 0.5:
        return "dead"
    if (outputs.argmax(axis=1) != labels).mean() > 0.25:
        return "mislabelled"
    sizes = abs(z).max(axis=(1, 2))
    if (sizes[1:] / sizes[:-1]).mean() > 1.5:
        return "exploding"
    return "saturated" if (slopes < 0.05).mean() > 2 / 3 else "vanishing"
  from what was seen, as NumPy's texts:
    up = (seen["z_std"][-1] / seen["z_std"][0]) ** (1 / (len(z) - 1))
    down = seen["ds_std"][0] / seen["ds_std"][-1]
    if up > 1.5 and down > 2:
        return np.str_("exploding")
    if seen["error"] > 0.35:
        return np.str_("mislabelled")
    if seen["z_dead"].min() > 0.5:
        return np.str_("dead")
    return np.str_("vanishing" if down < 0.2 else "saturated")
8.1
  by the mean square:
    mean = x.mean(axis=0)
    var = (x**2).mean(axis=0) - mean**2
    return gamma * (x - mean) / np.sqrt(var + eps) + beta
  example by example:
    std = np.sqrt(((x - x.mean(axis=0)) ** 2).sum(axis=0) / len(x) + eps)
    return np.array([beta + gamma * (row - x.mean(axis=0)) / std for row in x])
  in float32:
    x = x.astype(np.float32)
    x_hat = (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + np.float32(eps))
    return (gamma * x_hat + beta).astype(np.float32)
8.2
  ddof: return mean + share * (x.mean(axis=0) - mean), var + share * (x.var(axis=0, ddof=1) - var)
  in float32:
    x = x.astype(np.float32)
    var = var + share * (x.var(axis=0, ddof=1) - var)
    return np.float32(mean + share * (x.mean(axis=0) - mean)), np.float32(var)
8.3
  one factor: k = gamma / np.sqrt(var + eps); return x * k + (beta - mean * k)
  in float32:
    return (gamma * (x.astype(np.float32) - mean) / np.sqrt(var + eps) + beta).astype(np.float32)
8.4
  einsum: return np.einsum("ek,ek->k", dy, x_hat), np.ones(len(dy)) @ dy
  in float32: return (dy * x_hat).sum(axis=0, dtype=np.float32), dy.sum(axis=0, dtype=np.float32)
8.5
  the three ways:
    m = len(x_hat)
    dmean = -dx_hat.sum(axis=0) / std
    dstd = -(dx_hat * x_hat).sum(axis=0) / std
    return dx_hat / std + dmean / m + dstd * x_hat / m
  as in the paper:
    m = len(x_hat)
    return (m * dx_hat - dx_hat.sum(axis=0) - x_hat * (dx_hat * x_hat).sum(axis=0)) / (m * std)
  in float32:
    d, h = dx_hat.astype(np.float32), x_hat.astype(np.float32)
    return ((d - d.mean(axis=0) - h * (d * h).mean(axis=0)) / std).astype(np.float32)
9.1
  einsum: return np.einsum("el,ek->elk", x, len(x) * dy), dy * len(dy)
  a loop: return np.array([len(x) * np.outer(a, d) for a, d in zip(x, dy)]), len(dy) * dy
  in float32:
    return (len(x) * x[:, :, None] * dy[:, None, :]).astype(np.float32), np.float32(len(x) * dy)
9.2
  from the gradients:
    g = np.concatenate([np.einsum("el,ek->elk", x, dy).reshape(len(x), -1), dy], axis=1)
    return ((len(x) * g) ** 2).sum(axis=1)
  in float32:
    return (len(x) ** 2 * ((x**2).sum(axis=1) + 1) * (dy**2).sum(axis=1)).astype(np.float32)
9.3
  from the gradients:
    g = len(x) * np.concatenate([np.einsum("el,ek->elk", x, dy).reshape(len(x), -1), dy], axis=1)
    return g @ g.T
  ones for the biases:
    z = np.hstack([x, np.ones((len(x), 1))])
    return len(x) ** 2 * (z @ z.T) * (dy @ dy.T)
  in float32: return (len(x) ** 2 * (x @ x.T + 1) * (dy @ dy.T)).astype(np.float32)
9.4
  off the diagonal:
    m = len(G)
    off = (G.sum() - np.trace(G)) / (m * (m - 1))
    v = np.trace(G) / m - off
    return v, v / G.mean()
  in float32:
    m = len(G)
    v = (np.trace(G) / m - G.mean()) * m / (m - 1)
    return np.float32(v), np.float32(v / G.mean())
9.5
  one by one:
    m = len(x)
    g = m * np.concatenate([np.einsum("el,ek->elk", x, dy).reshape(m, -1), dy], axis=1)
    n = np.linalg.norm(g, axis=1)
    g = (g / np.maximum(n / longest, 1)[:, None]).mean(axis=0)
    return g[: -dy.shape[1]].reshape(x.shape[1], -1), g[-dy.shape[1]:]
  in float32:
    m = len(x)
    n = m * np.sqrt(((x**2).sum(axis=1) + 1) * (dy**2).sum(axis=1))
    w = (np.minimum(1, longest / n)[:, None] * dy).astype(np.float32)
    return x.T.astype(np.float32) @ w, w.sum(axis=0)
"""
ROWS = [(task, name, lines) for task, rows in read(FAIR).items() for name, lines in rows]
ROUNDED = [row for row in ROWS if "in float32" in row[1] and row[0] != "5.2"]


def parameters(rows):
    return [pytest.param(task, lines, id=f"{task} {name}") for task, name, lines in rows]


@pytest.fixture(params=all_in(), ids=lambda found: found.name)
def assignment(request):
    return request.param


def text_of(assignment):
    return (assignment.folder / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("seed", ["a secret", "another"])
@pytest.mark.parametrize(("task", "lines"), parameters(r for r in ROWS if r not in ROUNDED))
def test_another_right_way_scores_full(task, lines, seed):
    assignment = find(task[0])
    found = marked(assignment, with_another(assignment, task, indent(lines + "\n", "    ")), seed)
    assert [mark for mark in found if mark.earned != mark.points] == []


@pytest.mark.parametrize(("task", "lines"), parameters(ROUNDED))
def test_float32_work_is_right_for_float32_arguments_only(task, lines):
    assignment = find(task[0])
    found = marked(assignment, with_another(assignment, task, indent(lines + "\n", "    ")))
    got, full = earned(found), earned(marked(assignment, assignment.solution))
    assert got[task] < full[task]
    lost = [mark.test for mark in found if mark.task == task and mark.earned < mark.points]
    for case in assignment.cases("a secret"):
        if case.task == task and any(map(is_float32, case.arrays.values())):
            assert [test for test in lost if test.startswith(case.name)] == []


def is_float32(array):
    return array.dtype == np.float32


def test_every_task_has_another_right_way(assignment):
    assert assignment.tasks.keys() <= {row[0] for row in ROWS if row not in ROUNDED}


def test_every_task_with_arrays_has_float32_and_its_rounding_is_allowed(assignment):
    cases = assignment.cases("a secret")
    for case, expected in zip(cases, assignment.expected(cases), strict=True):
        numbers = [right for right in expected.values() if right.dtype.kind == "f"]
        if any(map(is_float32, case.arrays.values())) and numbers:
            allowed = case.within or TOLERANCES["float32"] * all(map(is_float32, numbers))
            assert allowed >= 0.1 * TOLERANCES["float32"], case.name
    for task in assignment.tasks:
        arrays = [a for case in cases if case.task == task for a in case.arrays.values()]
        if any(array.ndim and array.dtype.kind == "f" for array in arrays):
            assert any(map(is_float32, arrays)), task


def test_the_text_says_the_tasks_and_their_points(assignment):
    """A text says the points beside each task, or of all tasks in one sentence."""
    full = earned(marked(assignment, assignment.solution))
    text = text_of(assignment)
    said = re.findall(r"^### Task (\d\.\d): `\w+\(.*\)` \((\d+) points\)$", text, re.MULTILINE)
    if not said:
        sentence = re.search(r"\d+ points: ([\d, ]+ and \d+) for the tasks", text)[1]
        points = re.findall(r"\d+", sentence)
        said = zip(re.findall(r"\*\*Task (\d\.\d), `", text), points, strict=True)
    assert {task: int(points) for task, points in said} == full
    assert re.search(rf"^{sum(full.values())} points", text, re.MULTILINE)
    assert f"`{assignment.file}`" in text


def test_the_text_says_what_float32_allows(assignment):
    text = " ".join(text_of(assignment).split())
    assert re.search(r"1e-4 (of it )?where an argument is float32", text)
    assert "cast of the answer to float32 widens nothing" in text


@pytest.mark.parametrize("part", ["dW", "db"])
def test_in_4_3_the_gradients_of_weights_and_of_biases_earn_points_by_themselves(part):
    assignment = find("4")
    lines = body(assignment, "4.3").replace(
        "return ", f"{part}s = [2 * a for a in {part}s]; return "
    )
    marks = marked(assignment, with_another(assignment, "4.3", lines))
    found = {mark.test: mark for mark in marks if mark.task == "4.3"}
    lost = [test for test, mark in found.items() if mark.earned < mark.points]
    assert lost == [test for test in found if test.endswith(f", {part}")]
    assert 2 * sum(found[test].points for test in lost) == sum(m.points for m in found.values()) - 1


ROUGH = {  # numbers that are too rough, cast to float32 on the way out
    "6.6": """
    size = (W**2).sum() / len(W) * (slopes**2).mean(axis=1)
    return (0.8488 * size**0.5).astype(np.float32)
""",
    "6.1": """
    steps = 1e-6 * np.eye(len(z))
    up, down = np.tanh((z + steps) @ W + b), np.tanh((z - steps) @ W + b)
    return ((up - down) / 2e-6).T.astype(np.float32)
""",
}


@pytest.mark.parametrize("task", ROUGH)
def test_a_rough_answer_is_no_better_for_being_cast_to_float32(task):
    assignment = find(task[0])
    found = marked(assignment, with_another(assignment, task, ROUGH[task]))
    right = {mark.test for mark in found if mark.task == task and mark.earned}
    for case in assignment.cases("a secret"):
        if case.task == task and not any(map(is_float32, case.arrays.values())):
            assert case.name not in right


@pytest.mark.parametrize("number", "567")
def test_the_example_of_the_text_runs(number, tmp_path, monkeypatch, capsys):
    assignment = find(number)
    (tmp_path / assignment.file).write_text(assignment.solution, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    exec(re.search("```python\n(.*?)```", text_of(assignment), re.DOTALL)[1], {})
    assert capsys.readouterr().out


def put_together(assignment, source):
    """What the lines that the text of assignment 4 ends with print, for a given solution."""
    part = text_of(assignment).partition("## Put together")[2].partition("\n## ")[0]
    code = "\n".join(line[4:] for line in part.splitlines() if not line or line[:4] == "    ")
    rng = np.random.default_rng(0)
    shapes = {"x": (4, 3), "W0": (3, 5), "b0": (5,), "W1": (5, 2), "b1": (2,), "R": (4, 2)}
    known = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    printed = []
    exec(code, module("backprop", source).__dict__ | known | {"print": printed.extend})
    return printed


def test_the_check_at_the_end_of_assignment_4_tells_right_from_wrong():
    assignment = find("backprop")
    (right,) = put_together(assignment, assignment.solution)
    mistake = with_a_mistake(assignment, "4.3", "np.tanh(s[i - 1]) ** 2", "np.tanh(s[i - 1])")
    (wrong,) = put_together(assignment, mistake)
    assert right < 1e-7
    assert wrong > 1e-3


def test_no_sick_network_is_near_a_threshold():
    assignment = find("7")
    for seed in map(str, [*range(5), 72]):  # at 72 half of the labels were wrong
        cases = [case for case in assignment.cases(seed) if case.task == "7.6"]
        words = [str(expected["word"]) for expected in assignment.expected(cases)]
        assert Counter(words) == dict.fromkeys(
            ("saturated", "vanishing", "exploding", "dead", "mislabelled"), 2
        )
        for case, word in zip(cases, words, strict=True):
            seen = case.arrays
            step = (seen["z_std"][-1] / seen["z_std"][0]) ** (1 / (len(seen["z"]) - 1))
            assert step > 1.7 if word == "exploding" else step < 1.3
            assert seen["error"] > 0.6 if word == "mislabelled" else seen["error"] < 0.1
            dead = seen["z_dead"].mean()
            assert dead > 0.55 if word == "dead" else dead < 0.4
            if word not in ("dead", "vanishing"):
                assert seen["ds_std"][0] > 0.2 * seen["ds_std"][-1]
            if word == "vanishing":
                assert seen["ds_std"][0] < 0.08 * seen["ds_std"][-1]
            if word not in ("dead", "saturated"):
                assert seen["z_saturated"].mean() < 0.6
            if word == "saturated":
                assert seen["z_saturated"].mean() > 0.7
