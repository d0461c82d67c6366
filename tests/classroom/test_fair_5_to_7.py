"""Other ways that are just as right score full: loops, einsum, float32, other algebra.

Each of FAIR is ``(assignment, task, old, new)``: ``old``, in the reference, is replaced.
"""

import re
from collections import Counter

import mistakes_05_initialization as m5
import mistakes_06_jacobians as m6
import mistakes_07_diagnosis as m7
import numpy as np
import pytest
from own import marked

from tinynet.classroom.assignments import find
from tinynet.exercises.comparing import TOLERANCES

FAIR = [
    (5, "5.1", m5.NORMALIZED, "mean = (n_in + n_out) / 2; return (3 / mean) ** 0.5"),
    (5, "5.1", m5.NORMALIZED, "return float(np.sqrt(6.0) / np.sqrt(n_in + n_out))"),
    (5, "5.2", m5.DRAW, "return a * (2 * rng.random((n_in, n_out)) - 1)"),
    (5, "5.2", m5.DRAW, "return a * rng.uniform(-1, 1, (n_out, n_in)).T"),
    (5, "5.2", m5.DRAW, "return a - 2 * a * rng.random((n_in, n_out), dtype=np.float32)"),
    (
        5,
        "5.2",
        m5.DRAW,
        "return np.array([[rng.uniform(-a, a) for _ in range(n_out)] for _ in range(n_in)])",
    ),
    (
        5,
        "5.3",
        m5.UP,
        """z_squares = [z_square]
    for gain in gains:
        z_squares.append(z_squares[-1] * gain)
    return z_squares""",
    ),
    (5, "5.3", m5.UP, "return [z_square * np.prod(gains[:i]) for i in range(len(variances))]"),
    (5, "5.3", m5.UP, "return np.exp(np.log(z_square) + np.append(0, np.cumsum(np.log(gains))))"),
    (5, "5.3", m5.UP, "return np.float32(z_square * np.cumprod(np.append(1, np.float32(gains))))"),
    (
        5,
        "5.4",
        m5.DOWN,
        """ds_squares = [ds_square] * len(variances)
    for i in reversed(range(len(variances) - 1)):
        ds_squares[i] = ds_squares[i + 1] * sizes[i + 2] * variances[i + 1]
    return ds_squares""",
    ),
    (5, "5.4", m5.DOWN, "return [ds_square * np.prod(gains[i:]) for i in range(len(variances))]"),
    (5, "5.5", m5.MEAN, "return [np.linalg.norm(z) ** 2 / z.size for z in zs]"),
    (5, "5.5", m5.MEAN, "return [np.einsum('ij,ij->', z, z) / z.size for z in zs]"),
    (5, "5.5", m5.MEAN, "return np.array([np.mean(np.float32(z) ** 2) for z in zs])"),
    (5, "5.5", m5.MEAN, "return [z.var() + z.mean() ** 2 for z in zs]"),
    (5, "5.5", m5.MEAN, "return [(z**2).mean(axis=0).mean() for z in zs]"),
    (5, "5.6", m5.FACTORS, "return [[n * np.mean(W**2) for n in W.shape] for W in Ws]"),
    (
        5,
        "5.6",
        m5.FACTORS,
        "return [[(W**2).sum() / W.shape[1], (W**2).sum() / len(W)] for W in Ws]",
    ),
    (5, "5.6", m5.FACTORS, "return [np.array(W.shape) * np.std(W) ** 2 for W in Ws]"),
    (
        5,
        "5.7",
        m5.UNDER,
        """for i in range(len(z_squares)):
        if z_squares[i] < fraction * z_squares[0]:
            return i
    return -1""",
    ),
    (
        5,
        "5.7",
        m5.UNDER,
        """under = z_squares / z_squares[0] < fraction
    return np.argmax(under) if under.any() else -1.0""",
    ),
    (6, "6.1", m6.ONE, "return np.diag(slope) @ W.T"),
    (6, "6.1", m6.ONE, "return (W * slope).T"),
    (6, "6.1", m6.ONE, "return np.einsum('k,lk->kl', slope, W)"),
    (6, "6.1", m6.ONE, "return [[slope[k] * w[k] for w in W] for k in range(len(b))]"),
    (6, "6.1", m6.ONE, "return slope[:, None].astype(np.float32) * W.T.astype(np.float32)"),
    (6, "6.1", m6.SLOPE, "    slope = 1 / np.cosh(s) ** 2\n"),
    (6, "6.1", m6.SLOPE, "    slope = 4 * np.exp(2 * s) / (np.exp(2 * s) + 1) ** 2\n"),
    (6, "6.2", m6.BATCH, "return np.array([np.diag(slope) @ W.T for slope in slopes])"),
    (6, "6.2", m6.BATCH, "return np.einsum('mk,lk->mkl', slopes, W)"),
    (6, "6.2", m6.BATCH, "return (W * slopes[:, None, :]).swapaxes(1, 2)"),
    (6, "6.2", m6.BATCH, "return [jacobian(example, W, b) for example in z]"),
    (
        6,
        "6.3",
        m6.LOWEST,
        "return np.linalg.multi_dot(Js[::-1]) if len(Js) > 1 else Js[0]\n    J = 0",
    ),
    (6, "6.3", m6.LOWEST, "J = np.eye(Js[0].shape[1])\n    Js = [None, *Js]"),
    (
        6,
        "6.3",
        m6.LOWEST,
        """J = Js[-1]
    for lower in Js[-2::-1]:
        J = np.einsum("kj,jl->kl", J, lower)
    return J
    J = 0""",
    ),
    (6, "6.4", m6.DIFFERENCE, "return (up / 2 - down / 2) / h"),
    (6, "6.4", m6.DIFFERENCE, "return np.array([(u - d) / h / 2 for u, d in zip(up, down)])"),
    (6, "6.4", m6.DIFFERENCE, "return ((up - f(z)) / h + (f(z) - down) / h) / 2"),
    (
        6,
        "6.4",
        m6.UP,
        """long = np.linalg.norm(v)
    return (f(z + h * v / long) - f(z - h * v / long)) / (2 * h) * long
    up = 0""",
    ),
    (
        6,
        "6.4",
        m6.UP,
        """steps = h * np.eye(len(z), dtype=z.dtype)
    J = np.array([f(z + step) - f(z - step) for step in steps]).T / (2 * h)
    return J @ v
    up = 0""",
    ),
    (6, "6.5", m6.VALUES, "values = np.array([np.linalg.svd(one)[1] for one in J])"),
    (
        6,
        "6.5",
        m6.VALUES,
        """short = J if J.shape[1] < J.shape[2] else J.swapaxes(1, 2)
    values = np.linalg.eigvalsh(short @ short.swapaxes(1, 2)).clip(0) ** 0.5""",
    ),
    (6, "6.5", m6.THREE, "return values.sum(1) / values.shape[1], values[:, 0], values[:, -1]"),
    (6, "6.5", m6.THREE, "return np.array([(v.mean(), v.max(), v.min()) for v in values]).T"),
    (6, "6.5", m6.VALUES, "values = np.linalg.svd(np.float32(J), compute_uv=False)"),
    (6, "6.6", m6.N_VAR, "n_var = (W**2).sum() / len(W)"),
    (6, "6.6", m6.RMS, "rms = np.linalg.norm(slopes, axis=1) / slopes.shape[1] ** 0.5"),
    (6, "6.6", m6.RMS, "rms = np.array([np.sqrt(np.mean(slope * slope)) for slope in slopes])"),
    (6, "6.6", m6.LAW, "return np.sqrt(64 / (9 * np.pi**2) * n_var * rms**2)"),
    (7, "7.1", m7.SHARE, "return flat.reshape(len(flat), -1).sum(axis=1) / slopes[0].size"),
    (7, "7.1", m7.SHARE, "return [np.count_nonzero(layer) / layer.size for layer in flat]"),
    (7, "7.1", m7.SHARE, "return flat.mean(axis=(1, 2), dtype=np.float32)"),
    (7, "7.1", m7.FLAT, "flat = 1.0 - (slopes > saturated_at)"),
    (7, "7.2", m7.NEVER, "never = slopes.max(axis=1) <= saturated_at"),
    (7, "7.2", m7.NEVER, "never = ~(slopes > saturated_at).any(axis=1)"),
    (
        7,
        "7.2",
        m7.UNITS,
        """shares = []
    for layer in slopes:
        units = [all(slope <= saturated_at for slope in unit) for unit in layer.T]
        shares.append(sum(units) / len(units))
    return shares""",
    ),
    (7, "7.3", m7.RMS, "rms = [np.linalg.norm(layer) for layer in z]"),
    (7, "7.3", m7.RMS, "rms = np.sqrt(np.einsum('lmn,lmn->l', z, z) / z[0].size)"),
    (7, "7.3", m7.FACTOR, "return np.exp(np.diff(np.log(rms)).mean())"),
    (7, "7.3", m7.FACTOR, "return np.prod(rms[1:] / rms[:-1]) ** (1 / steps)"),
    (7, "7.3", m7.RMS, "z = z.astype(np.float32); rms = np.sqrt((z**2).mean(axis=(1, 2)))"),
    (7, "7.4", m7.STD, "std = [np.std(layer) for layer in ds]"),
    (7, "7.4", m7.STD, "std = np.sqrt((ds**2).mean(axis=(1, 2)) - ds.mean(axis=(1, 2)) ** 2)"),
    (7, "7.4", m7.RATIO, "return (ds[0].var() / ds[-1].var()) ** 0.5"),
    (7, "7.4", m7.STD, "std = ds.astype(np.float32).std(axis=(1, 2))"),
    (7, "7.5", m7.ANSWERS, "answers = np.argsort(outputs, axis=1)[:, -1]"),
    (7, "7.5", m7.WRONG, "return 1 - np.mean(answers == labels)"),
    (7, "7.5", m7.WRONG, "return sum(a != b for a, b in zip(answers, labels)) / len(labels)"),
    (
        7,
        "7.5",
        m7.WRONG,
        "return (outputs[np.arange(len(labels)), labels] < outputs.max(1)).mean()",
    ),
    (7, "7.5", m7.WRONG, "return np.mean(answers != labels, dtype=np.float32)"),
    (
        7,
        "7.6",
        m7.DEAD,
        """if z.any(axis=1).mean() < 0.5:
        return "dead"
    if (outputs.argmax(axis=1) != labels).mean() > 0.25:
        return "mislabelled"
    sizes = abs(z).max(axis=(1, 2))
    if (sizes[1:] / sizes[:-1]).mean() > 1.5:
        return "exploding"
    if (slopes < 0.05).mean() > 2 / 3:
        return "saturated"
    return "vanishing"
    if True:""",
    ),
    (
        7,
        "7.6",
        m7.DEAD,
        """up = (seen["z_std"][-1] / seen["z_std"][0]) ** (1 / (len(z) - 1))
    down = seen["ds_std"][0] / seen["ds_std"][-1]
    if up > 1.5 and down > 2:
        return np.str_("exploding")
    if seen["error"] > 0.35:
        return "mislabelled"
    if seen["z_dead"].min() > 0.5:
        return "dead"
    if down < 0.2:
        return "vanishing"
    return "saturated"
    if True:""",
    ),
]


@pytest.mark.parametrize("seed", ["a secret", "another"])
@pytest.mark.parametrize(("number", "task", "old", "new"), FAIR)
def test_another_right_way_scores_full(number, task, old, new, seed):
    assignment = find(str(number))
    assert assignment.solution.count(old) == 1
    found = marked(assignment, assignment.solution.replace(old, new), seed)
    assert [mark for mark in found if mark.task == task and mark.earned != mark.points] == []


def float32(array):
    return array.dtype == np.float32


@pytest.mark.parametrize("number", range(5, 8))
def test_the_rounding_of_float32_arguments_is_allowed(number):
    assignment = find(str(number))
    cases = assignment.cases("a secret")
    for case, expected in zip(cases, assignment.expected(cases), strict=True):
        numbers = [right for right in expected.values() if right.dtype.kind == "f"]
        if any(float32(array) for array in case.arrays.values()) and numbers:
            allowed = case.within or TOLERANCES["float32"] * all(map(float32, numbers))
            assert allowed >= TOLERANCES["float32"], case.name


@pytest.mark.parametrize("number", range(5, 8))
def test_every_task_with_arrays_has_float32(number):
    assignment = find(str(number))
    cases = assignment.cases("a secret")
    for task in assignment.tasks:
        arrays = [a for case in cases if case.task == task for a in case.arrays.values()]
        if any(array.ndim and array.dtype.kind == "f" for array in arrays):
            assert any(float32(array) for array in arrays), task


@pytest.mark.parametrize("number", range(5, 8))
def test_the_text_has_the_same_tasks_as_the_solution(number):
    assignment = find(str(number))
    text = (assignment.folder / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"\*\*Task (\d\.\d), `", text) == list(assignment.tasks)
    points = re.search(r"^(\d+) points: ([\d, ]+) and (\d+) for the tasks", text, re.MULTILINE)
    total, first, last = points.groups()
    found = marked(assignment, assignment.solution)
    of_tasks = [sum(m.points for m in found if m.task == task) for task in assignment.tasks]
    assert [int(n) for n in first.split(", ")] + [int(last)] == of_tasks
    assert int(total) == sum(of_tasks)


@pytest.mark.parametrize("number", range(5, 8))
def test_the_example_of_the_text_runs(number, tmp_path, monkeypatch, capsys):
    assignment = find(str(number))
    text = (assignment.folder / "README.md").read_text(encoding="utf-8")
    (tmp_path / assignment.file).write_text(assignment.solution, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    exec(re.search("```python\n(.*?)```", text, re.DOTALL)[1], {})
    assert capsys.readouterr().out


def test_no_sick_network_is_near_a_threshold():
    assignment = find("7")
    for seed in map(str, range(10)):
        cases = [case for case in assignment.cases(seed) if case.task == "7.6"]
        words = [str(expected["word"]) for expected in assignment.expected(cases)]
        assert Counter(words) == dict.fromkeys(
            ("saturated", "vanishing", "exploding", "dead", "mislabelled"), 2
        )
        for case, word in zip(cases, words, strict=True):
            seen = case.arrays
            step = (seen["z_std"][-1] / seen["z_std"][0]) ** (1 / (len(seen["z"]) - 1))
            assert step > 1.7 if word == "exploding" else step < 1.3
            assert seen["error"] > 0.4 if word == "mislabelled" else seen["error"] < 0.1
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
