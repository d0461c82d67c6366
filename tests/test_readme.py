"""README's Python runs as it stands there, what README says is so, and README stays short."""

import codeop
import contextlib
import io
import re
from pathlib import Path

import numpy as np
import pytest

import tinynet as tn

README = Path(__file__).parents[1] / "README.md"
TEXT = README.read_text(encoding="utf-8")
PAGES = [README, *sorted(README.parent.glob("lessons/**/README.md"))]


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)


*_, OWN, RECIPES = blocks("python")  # the parts of one's own, and what a few lines give


def run(*sources):
    """Execute blocks one after the other in this folder: the names they leave, what they print."""
    names, printed = {"tn": tn}, io.StringIO()
    with contextlib.redirect_stdout(printed):
        for source in sources:
            exec(source, names)
    return names, printed.getvalue()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder to run in: README saves networks and runs."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_readme_stays_short():
    assert len(TEXT.splitlines()) <= 240


def test_the_first_shell_block_runs_the_main_job_and_the_second_the_tests():
    last_lines = [block.splitlines()[-1] for block in blocks("sh")]
    assert last_lines == [
        ".venv/bin/python -m tinynet compare",
        ".venv/bin/python -m pytest",
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(README.parent)))
def test_every_link_leads_to_a_file_and_a_heading(page):
    for link in re.findall(r"\]\((?!http)([^)]+)\)", page.read_text(encoding="utf-8")):
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        if anchor:
            titles = re.findall(r"^#+ (.*)", target.read_text(encoding="utf-8"), re.MULTILINE)
            slugs = [re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles]
            assert anchor in slugs, link


def test_each_lesson_on_what_came_after_stands_in_the_table_of_papers():
    folder = README.parent / "lessons" / "later"
    text = (folder / "README.md").read_text(encoding="utf-8")
    for lesson in folder.glob("[0-9][0-9]_*.py"):
        assert re.search(rf"\bL{int(lesson.name[:2])}\b", text), lesson.name


def test_the_python_prints_what_its_comments_say(folder):
    names, printed = run(*blocks("python")[:-1])
    assert "(1024, 1000) (10, 1000)\nTrue\n" in printed
    assert names["x"].shape == (10, 32 * 32)
    assert names["output"].shape == (10, 9)
    assert type(names["cost"]) is float
    assert tn.jacobian(names["again"], 1, names["x"][:2]).shape == (2, 1000, 1000)
    assert names["trace"].ds[0].shape == (10, 1000)
    assert names["monitor"]["z_p98"].shape == (2, 5)
    assert all(row.error <= row.bound for row in names["rows"])
    assert {"1 Sine", "2 Centre", "3.0 Linear", "3 Residual"} <= {r.layer for r in names["rows"]}


@pytest.mark.parametrize("block", blocks("python"))
def test_the_python_can_be_pasted_into_a_session(block):
    lines = []  # of one statement, which an interpreter ends at an empty line
    for line in [*block.splitlines(), ""]:
        lines.append(line)
        if codeop.compile_command("\n".join(lines), symbol="single"):
            lines = []
    assert not "".join(lines)


def test_a_run_of_parts_of_ones_own_goes_on_to_the_same_bits(folder):
    straight = run(OWN)[0]["net"]
    (folder / "own.npz").unlink()
    run(OWN.replace("updates=500", "updates=200"))
    resumed = run(OWN)[0]["net"]
    parameters = resumed.named_parameters()
    assert {"2.beta", "3.0.W"} <= set(parameters)
    for name, array in straight.named_parameters().items():
        np.testing.assert_array_equal(array, parameters[name], err_msg=name)
    np.testing.assert_array_equal(straight.layers[2].mean, resumed.layers[2].mean)


def test_parts_of_ones_own_learn(folder):
    names, _ = run(OWN)
    x, targets = names["Waves"]().draw(100)
    loss = names["Absolute"]()
    ignorant = loss.forward(np.zeros_like(targets), targets)
    assert tn.mean_cost(names["net"], loss, x, targets) < 0.8 * ignorant


def test_the_lowest_wrong_row_is_that_of_the_mistake(folder):
    right = "self.dx = dy - dy.mean(axis=0) if self.training else dy"
    assert right in OWN
    build = OWN.replace(right, "self.dx = dy").rpartition("tn.train(")[0]
    rows = run(build)[0]["rows"]
    wrong = [(row.layer, row.array) for row in rows if row.error > row.bound]
    above = [(row.layer, row.array) for row in rows if row.layer[0] in "01"]
    assert wrong == [*above, ("2 Centre", "dx")]


def test_the_recipes_stop_early_keep_the_best_and_are_right(folder):
    names, _ = run(OWN, RECIPES)
    net, x, labels, valid = (names[name] for name in ("net", "x", "labels", "valid"))
    assert names["best"]["k"] < 5000 - 200
    assert tn.mean_cost(net, names["Smooth"](), *valid) == names["best"]["cost"]
    loss = names["Smooth"]()
    output = net.forward(x)
    targets = 0.9 * np.eye(9)[labels] + 0.1 / 9
    wanted = -(targets * np.log(tn.softmax(output))).sum(axis=1).mean()
    assert loss.forward(output, labels) == pytest.approx(wanted)
    np.testing.assert_allclose(loss.backward(), (tn.softmax(output) - targets) / 100, atol=1e-12)


def test_numpys_global_seed_has_no_effect():
    drawn = []
    for _ in range(2):
        np.random.seed(0)  # noqa: NPY002
        drawn.append(tn.mlp([3, 2]).layers[0].W)
    assert not np.array_equal(*drawn)


def test_a_summary_shows_the_last_step_beside_the_weights_if_it_is_kept():
    net, loss = tn.mlp([4, 3, 2], rng=0), tn.SoftmaxCrossEntropy()
    sgd = tn.SGD(net, lr=0.1)
    for keep in (False, True):
        sgd.keep = keep
        loss.forward(net.forward(np.ones((2, 4))), np.array([0, 1]))
        net.backward(loss.backward())
        sgd.step()
        first, last = tn.summary(net, sgd, show=False)[0], net.layers[0]
        ratio = 0.1 * last.dW.std() / last.W.std()
        assert first.update_ratio == (pytest.approx(ratio) if keep else None)
