"""The page to step through: numbers of the trace, lines of the source, in a browser too."""

import contextlib
import json
import re

import numpy as np
import pytest
from browser import SCHEMES, SIZES, browser, opened, problems
from own_parts import batch_for, own_net, small_net

import tinynet as tn
from tinynet.__main__ import main
from tinynet.plots.page import computing_lines, page, steps


@pytest.fixture(scope="module")
def trace():
    net = small_net(sizes=(3, 4, 2))
    return tn.trace(net, *batch_for(net, 2), tn.SoftmaxCrossEntropy())


def content_of(text):
    """What the page shows, as Python."""
    return json.loads(re.search(r"const content = (.*);\n", text)[1].replace("<\\/", "</"))


def places(trace):
    return [(step["place"], step["way"]) for step in steps(trace)]


# ---------------------------------------------------------------------------- the steps


def test_steps_go_forward_through_layers_and_loss_and_back(trace):
    forward = [(k, "forward") for k in (0, 1, 2, 3)]
    assert places(trace) == forward + [(k, "backward") for k in (3, 2, 1, 0)]


def test_every_array_of_a_pass_is_made_once_with_the_numbers_of_the_trace(trace):
    made = [array for step in steps(trace) for array in step["makes"]]
    wanted = ["z[1]", "s[0]", "s[1]", "p", "cost", "ds[1]", "dW[1]", "db[1]", "dz[1]"]
    wanted += ["ds[0]", "dW[0]", "db[0]", "dz[0]"]
    assert sorted(array["name"] for array in made) == sorted(wanted)
    of_trace = trace.named()
    for array in made:
        rows = np.atleast_2d(of_trace.get(array["name"], trace.loss.get(array["name"])))
        np.testing.assert_array_equal(array["rows"], rows)


def test_a_step_shows_what_its_lines_read_and_nothing_else(trace):
    used = {
        (step["place"], step["way"]): [array["name"] for array in step["uses"]]
        for step in steps(trace)
    }
    assert used[0, "forward"] == ["W[0]", "b[0]", "z[0]"]
    assert used[1, "backward"] == ["dz[1]", "s[0]"]
    assert used[2, "backward"] == ["ds[1]", "W[1]", "z[1]"]
    assert used[3, "backward"] == ["labels", "p"]


@pytest.mark.parametrize(
    ("place", "way", "name", "line"),
    [
        (0, "forward", "s[0]", "self.y = x @ self.W + self.b"),
        (1, "forward", "z[1]", "self.y = self.f(x)"),
        (2, "backward", "dW[1]", "np.matmul(self.x.T, dy, out=self.dW)"),
        (2, "backward", "db[1]", "dy.sum(axis=0, out=self.db)"),
        (2, "backward", "dz[1]", "self.dx = dy @ self.W.T"),
        (1, "backward", "ds[0]", "self.dx = dy * slope"),
        (3, "forward", "p", "self.p = exps / total"),
        (3, "backward", "ds[1]", "self.doutput = (self.p - one_hot) / m"),
    ],
)
def test_each_array_is_beside_the_line_that_made_it(trace, place, way, name, line):
    step = steps(trace)[places(trace).index((place, way))]
    array = next(array for array in step["makes"] if array["name"] == name)
    assert step["code"][array["line"]].startswith(line)


def test_no_line_that_computes_is_left_out():
    lines = computing_lines(tn.SoftmaxCrossEntropy.backward)
    assert lines == [
        "m = len(self.labels)",
        "one_hot = np.zeros_like(self.p)",
        "one_hot[np.arange(m), self.labels] = 1",
        "self.doutput = (self.p - one_hot) / m",
    ]


def test_the_lines_of_f_and_slope_are_shown_too(trace):
    code = steps(trace)[1]["code"]
    assert "f(s): return np.tanh(s)" in code


def test_custom_layers_are_shown(tmp_path):
    net = own_net()
    own = tn.trace(net, *batch_for(net), tn.SoftmaxCrossEntropy())
    gain = next(step for step in steps(own) if step["place"] == 1 and step["way"] == "backward")
    assert [array["where"].rsplit(".")[-1] for array in gain["makes"]] == ["dgamma", "dx"]


def test_an_array_made_by_another_method_is_shown_without_a_line():
    class Turned(tn.Linear):
        def backward(self, dy):
            super().backward(dy)
            self.dx = dy @ self.W
            return self.dx

    net = tn.Network([Turned(3, 3, rng=0), tn.Tanh(), tn.Linear(3, 2, rng=1)])
    last = steps(tn.trace(net, *batch_for(net, 2), tn.SoftmaxCrossEntropy()))[-1]
    assert {array["name"]: array["line"] for array in last["makes"]} == {
        **{"dW[0]": None, "db[0]": None},
        "dz[0]": last["code"].index("self.dx = dy @ self.W"),
    }


def test_layers_typed_at_a_prompt_are_shown_without_lines():
    names = {"tn": tn}
    exec("class Double(tn.Activation):\n  def f(self, s): return 2 * s", names)
    typed = type("Typed", (names["Double"],), {"slope": lambda self, s: 0 * s + 2})
    net = tn.mlp([3, 4, 2], activation=typed, rng=0)
    own = tn.trace(net, *batch_for(net, 2), tn.SoftmaxCrossEntropy())
    assert steps(own)[1]["code"] == ["self.y = self.f(x)"]  # of Activation; f is not at hand
    assert "z[1]" in page(own)


def test_a_network_too_large_to_look_at_is_refused():
    net = tn.mlp([200, 200, 2], rng=0)
    large = tn.trace(net, *batch_for(net, 2), tn.SoftmaxCrossEntropy())
    with pytest.raises(ValueError, match="trace: expected at most 20,000 numbers, got"):
        page(large)


def test_numbers_that_are_not_finite_are_refused():
    net = small_net(sizes=(3, 4, 2))
    net.layers[0].b[0] = np.inf
    with np.errstate(all="ignore"):
        broken = tn.trace(net, *batch_for(net, 2), tn.SoftmaxCrossEntropy())
        with pytest.raises(ValueError, match=r"trace: expected finite .*b\[0\]"):
            page(broken)


# ---------------------------------------------------------------------------- the file


def test_the_page_needs_no_other_file_and_holds_the_steps(trace):
    text = page(trace)
    outside = re.findall(r"""(?:src|href)=["']?([^"'> ]*)|url\(|https?:""", text)
    assert outside == ["data:,"]
    assert content_of(text)["steps"] == json.loads(json.dumps(steps(trace)))


def test_the_command_writes_the_page_and_keeps_an_earlier_one(tmp_path, capsys):
    file = tmp_path / "page.html"
    assert main(["picture", "--out", str(file)]) == 0
    before = file.read_bytes()
    assert main(["picture", "--seed", "1", "--out", str(file)]) == 1
    said = capsys.readouterr().err
    assert f"--out: {file} " in said
    assert "--overwrite" in said
    assert file.read_bytes() == before
    assert main(["picture", "--seed", "1", "--out", str(file), "--overwrite"]) == 0
    assert file.read_bytes() != before


# ---------------------------------------------------------------------------- the command


@pytest.mark.parametrize(
    ("options", "shapes", "kind"),
    [
        ([], [(3, 4), (4, 2)], "Tanh"),
        (["--sizes", "5,2,3", "--activation", "relu", "--init", "he"], [(5, 2), (2, 3)], "ReLU"),
        (["--sizes", "1,2", "--seed", "3"], [(1, 2)], None),
    ],
)
def test_the_command_draws_the_network_that_is_asked_for(tmp_path, options, shapes, kind):
    file = tmp_path / "page.html"
    assert main(["picture", *options, "--out", str(file)]) == 0
    content = content_of(file.read_text(encoding="utf-8"))
    arrays = [array for step in content["steps"] for array in step["uses"]]
    of_name = {array["name"]: array for array in arrays}
    assert [tuple(of_name[f"W[{k}]"]["shape"]) for k in range(len(shapes))] == shapes
    assert content["computes"]
    assert content["kinds"].count(kind) == (kind is not None)
    W = np.array(of_name["W[0]"]["rows"])
    if kind == "ReLU":
        assert np.array_equal(W, tn.he(5, 2, np.random.default_rng(0)))


@pytest.mark.parametrize(
    ("sizes", "said"),
    [("3", "at least two"), ("3,x", "whole number"), ("3,0,2", "at least 1"), ("3,1", "2 outputs")],
)
def test_sizes_that_make_no_network_are_refused(tmp_path, capsys, sizes, said):
    file = tmp_path / "page.html"
    try:
        code = main(["picture", "--sizes", sizes, "--out", str(file)])
    except SystemExit as stop:
        code = stop.code
    assert code in (1, 2)
    last = capsys.readouterr().err.splitlines()[-1]
    assert "--sizes" in last
    assert said in last
    assert not file.exists()


def test_the_page_says_what_the_page_can_compute(trace):
    loss = tn.SoftmaxCrossEntropy()
    single = tn.mlp([3, 2], rng=0, dtype=np.float32)
    inner = tn.Network([tn.Linear(3, 4, rng=0), tn.Network([tn.Tanh()]), tn.Linear(4, 2, rng=1)])
    for net, wanted in ((single, False), (inner, False), (own_net(), False)):
        own = tn.trace(net, *batch_for(net, 2), loss)
        assert content_of(page(own))["computes"] == wanted
    assert content_of(page(trace))["computes"]


# ---------------------------------------------------------------------------- in a browser


@pytest.fixture(scope="module")
def chromium():
    with browser() as started:
        yield started


@pytest.fixture
def seen_at(chromium, trace, tmp_path):
    """Open the page at a step; further keywords are those of ``opened``."""
    with contextlib.ExitStack() as stack:

        def at(k, trace=trace, **keywords):
            file = tmp_path / "page.html"
            file.write_text(page(trace), encoding="utf-8")
            return stack.enter_context(opened(chromium, f"{file.as_uri()}#step={k}", **keywords))

        yield at


def numbers(page, part):
    """The numbers of a part of the page, as its script has them, and as they are written."""
    cells = (
        f'Array.from(document.querySelectorAll("#{part} tbody td"), (td) => [td.dataset.value, td.'
    )
    return [(float(x), text) for x, text in page.evaluate(f"() => {cells}textContent])")]


def test_a_browser_shows_each_step_with_its_numbers_and_lines(trace, seen_at):
    all_steps, seen = steps(trace), seen_at(0)
    for k, step in enumerate(all_steps):
        assert f"Step {k + 1} of {len(all_steps)}: " in seen.inner_text("#title")
        assert seen.locator("[aria-current=step]").count() == 1
        for part in ("makes", "uses"):
            wanted = [x for array in step[part] for row in array["rows"] for x in row]
            shown = numbers(seen, part)
            assert [x for x, _ in shown] == wanted
            for (_, text), x in zip(shown, wanted, strict=True):
                assert float(text) == pytest.approx(x, abs=6e-4, rel=0.06)
        marked = seen.locator("#code .made").count()
        assert marked == len({array["line"] for array in step["makes"]})
        seen.keyboard.press("ArrowRight")


def test_red_is_above_0_and_blue_below_as_in_the_lessons(seen_at):
    seen = seen_at(5)  # of the second Linear, backward
    shown = seen.evaluate(
        """() => Array.from(document.querySelectorAll("tbody td"), (td) =>
          [Number(td.dataset.value), getComputedStyle(td).backgroundColor])"""
    )
    assert {x > 0 for x, _ in shown} == {True, False}
    reds = []
    for x, colour in shown:
        red, _, blue = (float(part) for part in re.findall(r"[\d.]+", colour)[:3])
        assert (red >= blue) if x > 0 else (blue >= red)
        reds.append(abs(red - blue) * (255 if "srgb" in colour else 1))
    assert max(reds) > 100


def test_classes_and_the_cost_have_no_colour_and_probabilities_one(trace):
    scales = {
        array["name"]: array["scale"]
        for step in steps(trace)
        for array in [*step["uses"], *step["makes"]]
    }
    plain = {name for name, scale in scales.items() if scale == "plain"}
    assert plain == {"labels", "cost"}
    assert {name for name, scale in scales.items() if scale == "part"} == {"p"}


@pytest.mark.parametrize(
    ("keys", "step"),
    [
        (["ArrowRight"], 3),
        (["ArrowLeft", "ArrowLeft", "ArrowLeft"], 0),
        (["End"], 7),
        (["End", "ArrowRight"], 7),
        (["Home"], 0),
        (["a"], 2),
    ],
)
def test_the_keyboard_steps_through_the_page(seen_at, keys, step):
    seen = seen_at(2)
    for key in keys:
        seen.keyboard.press(key)
    assert seen.get_attribute("body", "data-step") == str(step)


def test_a_step_out_of_range_is_the_nearest_one(seen_at):
    assert seen_at(99).get_attribute("body", "data-step") == "7"


def test_a_click_on_a_layer_goes_there_on_the_same_way(seen_at):
    seen = seen_at(0)
    for step, wanted in [(0, [0, 1, 2, 3]), (7, [7, 6, 5, 4])]:
        seen.keyboard.press("Home" if step == 0 else "End")
        for k in range(4):
            seen.locator("#places button").nth(k).click()
            assert seen.get_attribute("body", "data-step") == str(wanted[k])


LIT = """() => Object.fromEntries(Array.from(document.querySelectorAll("table"), (table) => [
  table.caption.firstChild.textContent,
  Array.from(table.tBodies[0].rows, (row) => Array.from(row.querySelectorAll("td"), (td) =>
    td.classList.contains("from")))]))"""


def lit(seen):
    return {name: np.array(cells) for name, cells in seen.evaluate(LIT).items()}


def cell(seen, part, array, i, j):
    table = f'#{part} table[aria-label^="{array},"]'
    return seen.locator(f"{table} tbody tr").nth(i).locator("td").nth(j)


@pytest.mark.parametrize(
    ("step", "made", "at", "row_and_column"),
    [
        (0, "s[0]", (1, 2), {"z[0]": (1, slice(None)), "W[0]": (slice(None), 2), "b[0]": (0, 2)}),
        (1, "z[1]", (1, 2), {"s[0]": (1, 2)}),
        (3, "p", (1, 0), {"s[1]": (1, slice(None))}),
        (3, "cost", (0, 0), {"labels": (0, slice(None)), "p": ([0, 1], [0, 1])}),
        (4, "ds[1]", (0, 1), {"p": (0, 1), "labels": (0, 0)}),
        (5, "dW[1]", (3, 1), {"z[1]": (slice(None), 3), "ds[1]": (slice(None), 1)}),
        (5, "db[1]", (0, 1), {"ds[1]": (slice(None), 1)}),
        (5, "dz[1]", (1, 3), {"ds[1]": (1, slice(None)), "W[1]": (3, slice(None))}),
        (6, "ds[0]", (0, 3), {"dz[1]": (0, 3), "s[0]": (0, 3)}),
    ],
)
def test_an_entry_lights_up_what_it_is_made_of_and_writes_it_out(
    trace, seen_at, step, made, at, row_and_column
):
    seen = seen_at(step)
    cell(seen, "makes", made, *at).hover()
    for name, cells in lit(seen).items():
        wanted = np.zeros_like(cells)
        if name in row_and_column:
            wanted[row_and_column[name]] = True
        if (name, made) != ("p", "cost"):
            np.testing.assert_array_equal(cells, wanted, err_msg=name)
    first, *_, last = seen.inner_text("#readout").split(" = ")
    value = np.atleast_2d({**trace.named(), **trace.loss}.get(made, trace.cost))[at]
    index = {0: "", 1: f"[{at[1]}]", 2: f"[{at[0]}, {at[1]}]"}
    assert first == made + index[1 if made == "db[1]" else 0 if made == "cost" else 2]
    assert float(last) == value


@pytest.mark.parametrize(
    ("step", "made", "at"),
    [(0, "s[0]", (1, 2)), (5, "dW[1]", (3, 1)), (5, "dz[1]", (1, 3)), (5, "db[1]", (0, 1))],
)
def test_the_sum_that_is_written_out_is_the_number(seen_at, step, made, at):
    seen = seen_at(step)
    cell(seen, "makes", made, *at).hover()
    _, terms, value = seen.inner_text("#readout").split(" = ")
    assert eval(terms.replace("×", "*")) == pytest.approx(float(value), abs=5e-3)


def changed_pass(activation, W=None, b=None, x=None):
    """A trace, and what NumPy makes of it with one entry set: (layer, i, j, value)."""
    net = tn.mlp([3, 4, 3, 2], activation=activation, rng=1)
    inputs, labels = batch_for(net, 3)
    before = tn.trace(net, inputs, labels, tn.SoftmaxCrossEntropy())
    if W:
        net.layers[W[0]].W[W[1], W[2]] = W[3]
    if b:
        net.layers[b[0]].b[b[2]] = b[3]
    if x:
        inputs = inputs.copy()
        inputs[x[1], x[2]] = x[3]
    return before, tn.trace(net, inputs, labels, tn.SoftmaxCrossEntropy())


@pytest.mark.parametrize(
    ("activation", "change"),
    [
        ("tanh", {"W": (2, 3, 1, -2.5)}),
        ("sigmoid", {"b": (0, 0, 2, 4)}),
        ("relu", {"x": (0, 1, 2, 0.125)}),
        ("softsign", {"W": (4, 0, 1, 30)}),
        ("identity", {"W": (0, 2, 0, 0)}),
    ],
)
def test_an_entry_that_is_changed_changes_the_pass_as_numpy_does(seen_at, activation, change):
    before, after = changed_pass(activation, **change)
    all_steps = steps(before)
    [(attribute, (layer, i, j, value))] = change.items()
    seen = seen_at(layer, trace=before)
    name = {"W": f"W[{layer // 2}]", "b": f"b[{layer // 2}]", "x": "z[0]"}[attribute]
    cell(seen, "uses", name, i, j).click()
    seen.keyboard.press("Enter")
    seen.keyboard.type(str(value))
    seen.keyboard.press("Enter")  # back to the table
    assert f"The cost is {after.cost:.3f}; it was {before.cost:.3f}." == seen.inner_text("#cost")
    wanted = steps(after)
    for k in range(len(all_steps)):
        seen.evaluate(f"show({k})")
        for part in ("makes", "uses"):
            found = [x for x, _ in numbers(seen, part)]
            numpys = [x for array in wanted[k][part] for row in array["rows"] for x in row]
            np.testing.assert_allclose(found, numpys, rtol=1e-12, atol=1e-14)
    seen.click("#reset")
    seen.keyboard.press("Home")
    first = [x for array in all_steps[0]["makes"] for row in array["rows"] for x in row]
    assert [x for x, _ in numbers(seen, "makes")] == first


def test_what_only_python_can_compute_cannot_be_changed(seen_at):
    net = own_net()
    own = tn.trace(net, *batch_for(net), tn.SoftmaxCrossEntropy())
    single = tn.mlp([3, 2], rng=0, dtype=np.float32)
    x, labels = batch_for(single, 2)
    narrow = tn.trace(single, x, labels, tn.SoftmaxCrossEntropy())
    for trace in (own, narrow):
        seen = seen_at(0, trace=trace)
        seen.locator("#uses tbody td").first.click()
        assert not seen.is_visible("#edit")
        assert " = " in seen.inner_text("#readout")


def test_a_table_is_one_tab_stop_with_arrow_keys_inside(seen_at):
    seen = seen_at(0)
    tables = seen.locator("table").count()
    assert seen.locator("td[tabindex='0']").count() == tables == 4
    seen.locator("#makes tbody td").first.focus()
    for key, at in [("ArrowRight", 1), ("ArrowDown", 5), ("End", 7), ("ArrowDown", 7), ("Home", 4)]:
        seen.keyboard.press(key)
        assert seen.evaluate("all => Array.from(document.querySelectorAll('#makes tbody td'))"
                             ".indexOf(document.activeElement)") == at  # fmt: skip
    assert seen.get_attribute("body", "data-step") == "0"
    assert seen.locator("td[tabindex='0']").count() == tables
    seen.keyboard.press("Tab")
    assert seen.evaluate("document.activeElement.closest('#uses') !== null")


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_anyone_can_read_it(seen_at, size, scheme):
    seen = seen_at(0, size=size, scheme=scheme)
    for step in (0, 3, 5):
        seen.evaluate(f"show({step})")
        seen.locator("tbody td").first.click()
        assert problems(seen) == []
