"""The live page: its numbers are NumPy's, and anyone can read and use it."""

import base64
import json
import re
from types import SimpleNamespace

import numpy as np
import pytest
from browser import SCHEMES, SIZES, browser, opened, problems
from hypothesis import given
from hypothesis import strategies as st

import tinynet as tn
from tinynet.__main__ import main
from tinynet.plots.live import live_page, runs
from tinynet.studies import linear_regime, mean_field
from tinynet.studies.spectra import law_of
from tinynet.studies.variance import NODES, WEIGHTS, measured, sizes_and_variances

TWO = "#activation=tanh&depth=5&seed=1&a=standard&b=normalized"


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("live") / "live.html"
    assert main(["live", "--out", str(path)]) == 0
    return path


@pytest.fixture(scope="module")
def chromium():
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def page(chromium, file):
    """One page for all tests that compute with it, and change nothing."""
    with opened(chromium, file.as_uri()) as page:
        yield page


# ---------------------------------------------------------------------------- the file


def test_the_file_is_small_and_needs_no_other(file):
    text = file.read_text(encoding="utf-8")
    assert len(text.encode()) < 120_000
    assert re.findall(r"""(?:src|href)=["']?([^"'> ]*)|url\((?!#)|https?:""", text) == ["data:,"]


def test_the_page_holds_the_first_images_of_the_lessons(file):
    given = re.search(r"const given = (.*);\n", file.read_text(encoding="utf-8"))[1]
    content = json.loads(given)
    pairs = np.reshape(content["runs"], (-1, 2))
    pixels = np.repeat(np.array(content["levels"])[pairs[:, 0]], pairs[:, 1])
    x, labels = tn.Shapeset(rng=0).draw(50)
    np.testing.assert_array_equal(pixels.reshape(x.shape), x)
    assert content["labels"] == labels.tolist()


@given(st.lists(st.lists(st.sampled_from([-1.0, 0.25, 1.0]), min_size=3, max_size=3), min_size=1))
def test_runs_are_the_pixels(rows):
    x = np.array(rows)
    found = runs(x)
    pairs = np.reshape(found["runs"], (-1, 2))
    assert (pairs[:, 1] > 0).all()
    assert (np.diff(pairs[:, 0]) != 0).all()
    np.testing.assert_array_equal(
        np.repeat(np.array(found["levels"])[pairs[:, 0]], pairs[:, 1]), x.ravel()
    )


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("x", lambda a: {**a, "x": a["x"][:, :5]}),
        ("labels", lambda a: {**a, "labels": a["labels"] + 9}),
        ("nodes", lambda a: {**a, "nodes": [NODES]}),
        ("weights", lambda a: {**a, "weights": WEIGHTS[1:]}),
    ],
)
def test_what_does_not_fit_is_refused_by_name(name, change):
    x, labels = tn.Shapeset(rng=0).draw(2)
    right = {"x": x, "labels": labels, "nodes": NODES, "weights": WEIGHTS}
    with pytest.raises((TypeError, ValueError), match=f"^{name}: expected .*got"):
        live_page(**change(right))


def test_the_command_keeps_an_earlier_file(file, capsys):
    before = file.read_bytes()
    assert main(["live", "--out", str(file)]) == 1
    assert "--overwrite" in capsys.readouterr().err
    assert file.read_bytes() == before
    assert main(["live", "--out", str(file), "--overwrite"]) == 0


# ---------------------------------------------------------------------------- the numbers

READ = """([init, v, activation, depth, seed]) => {
  const one = look({init, v}, {activation, depth, seed});
  const plain = ({rows, cols, at}) => {
    const bytes = new Uint8Array(at.buffer, at.byteOffset, at.byteLength);
    const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
    return {shape: [rows, cols], bytes: btoa(text)};
  };
  return {
    W: weights(one.found).map(plain), dW: weightGradients(one.found).map(plain),
    z: one.found.z.map(plain), ds: one.found.ds.map(plain), labels: given.labels,
    measured: one.measured, field: one.field, straight: one.straight, spectra: one.spectra,
  };
}"""


def read(page, *settings):
    found = page.evaluate(READ, list(settings))
    for name in ("W", "dW", "z", "ds"):
        bytes_of = [np.frombuffer(base64.b64decode(x["bytes"])) for x in found[name]]
        found[name] = [a.reshape(x["shape"]) for a, x in zip(bytes_of, found[name], strict=True)]
    return SimpleNamespace(**found)


def assert_near(found, expected, within=1e-9):
    found, expected = np.asarray(found, float), np.asarray(expected, float)
    assert found.shape == expected.shape
    assert np.abs(found - expected).max() <= within * np.abs(expected).max()


CASES = [
    ("standard", 1 / 3, "tanh", 5, 1),
    ("normalized", 1, "tanh", 10, 2),
    ("normalized", 10, "tanh", 3, 3),
    ("orthogonal", 1, "tanh", 2, 4),
    ("standard", 0.1, "softsign", 5, 5),
    ("he", 5, "softsign", 4, 6),
    ("normalized", 1, "sigmoid", 5, 7),
    ("standard", 10, "sigmoid", 2, 8),
    ("he", 2, "relu", 5, 9),
    ("he", 10, "relu", 10, 10),
    ("orthogonal", 1, "identity", 5, 11),
    ("standard", 3, "identity", 1, 12),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: " ".join(map(str, case)))
def test_every_number_of_the_page_is_numpys(page, case):
    _, _, activation, depth, _ = case
    found = read(page, *case)
    net = tn.mlp([1024, *[100] * depth, 9], activation=activation, rng=0)
    for linear, W in zip(net.layers[::2], found.W, strict=True):
        linear.W[:] = W
    x, labels = tn.Shapeset(rng=0).draw(50)
    ours = measured(net, x.astype(float), labels)
    for name in ("z", "ds", "dW"):
        for theirs, array in zip(getattr(found, name), ours[name], strict=True):
            assert_near(theirs, array)
        assert_near(found.measured[name], [(array**2).mean() for array in ours[name]])

    z, ds = ([(array**2).mean(axis=1) for array in ours[name]] for name in ("z", "ds"))
    dw = [(a * b).mean() for a, b in zip(z, ds, strict=True)]
    assert_near(found.measured["dw"], dw)
    sizes, variances = sizes_and_variances(net)
    straight = linear_regime(sizes, variances, z[0].mean(), ds[-1].mean())
    field = mean_field(sizes, variances, net.layers[1], z[0], ds[-1])
    for name in ("z", "ds", "dw"):
        for theirs, theory in ((found.straight, straight), (found.field, field)):
            for k in range(depth + 1):  # each by itself: they may differ by powers of ten
                assert_near([theirs[name][k]], [theory[name][k]])

    net.forward(x[:1].astype(float))
    for i, spectrum in enumerate(found.spectra):
        expected = tn.singular_values(net, i, x[:1].astype(float))[0]
        zeros = 1e-7 if activation == "relu" else 1e-9
        large = expected > 1e-6 * expected[0]
        error = np.abs(spectrum["values"] - expected) / expected[0]
        assert error[large].max() <= 1e-9
        assert error.max() <= zeros
        assert_near([spectrum["mean"]], [expected.mean()], 1e-7)
        bend = net.layers[2 * i + 1]
        mean, rms = law_of(net.layers[2 * i], bend.slope(bend.x))
        assert_near([spectrum["lawMean"]], [mean])
        law = np.array(spectrum["law"])
        assert len(law) == len(expected)
        assert (np.diff(law) <= 0).all()
        assert np.sqrt((law**2).mean()) == pytest.approx(rms, rel=0.01)


def test_weights_have_the_variance_that_is_asked_for(page):
    for init, n_var in [("standard", 1 / 3), ("normalized", 1), ("he", 2), ("orthogonal", 1)]:
        W = read(page, init, n_var, "tanh", 3, 0).W
        for w, ours in zip(W, [(1024, 100), (100, 100), (100, 100), (100, 9)], strict=True):
            expected = getattr(tn, init)(*ours, rng=0)
            assert w.std() == pytest.approx(expected.std(), rel=0.06)
            assert abs(w.mean()) < 4 * w.std() / np.sqrt(w.size)
            if init in ("standard", "normalized"):
                assert np.abs(w).max() <= np.sqrt(3) * w.std() * 1.05
        if init == "orthogonal":
            for w in W:
                gram = w.T @ w if w.shape[0] >= w.shape[1] else w @ w.T
                np.testing.assert_allclose(gram, np.eye(len(gram)), atol=1e-12)


def test_standard_and_normalized_are_the_same_draws_and_a_seed_gives_others(page):
    standard = read(page, "standard", 1 / 3, "tanh", 3, 5).W
    normalized = read(page, "normalized", 1, "tanh", 3, 5).W
    other = read(page, "standard", 1 / 3, "tanh", 3, 6).W
    for a, b, c in zip(standard, normalized, other, strict=True):
        assert_near(b / b.std(), a / a.std(), 1e-12)
        assert abs(np.corrcoef(a.ravel(), c.ravel())[0, 1]) < 4 / np.sqrt(a.size)
    inner = np.corrcoef(standard[1].ravel(), standard[2].ravel())[0, 1]
    assert abs(inner) < 4 / np.sqrt(standard[1].size)


# ---------------------------------------------------------------------------- what is shown


def numbers(page, k=0):
    """The rows of a table: the layer, then a text for each column."""
    return page.evaluate(
        """(k) => Array.from(document.querySelectorAll("#numbers table")[k].tBodies[0].rows,
          (row) => Array.from(row.cells, (cell) => cell.textContent))""",
        k,
    )


def test_the_table_and_the_sentence_say_what_was_computed(chromium, file):
    with opened(chromium, file.as_uri() + TWO) as page:
        said = page.inner_text("#said").splitlines()
        for k, init in enumerate(["standard", "normalized"]):
            one = read(page, init, 1 / 3 if init == "standard" else 1, "tanh", 5, 1)
            rows = numbers(page, k)
            assert [row[0] for row in rows] == ["1", "2", "3", "4", "5", "output"]
            shown = np.array([[float(text or "nan") for text in row[1:]] for row in rows])
            z = np.sqrt(one.measured["z"][1:])
            np.testing.assert_allclose(shown[:5, 0], z, rtol=0.02)
            for column, squares in [
                *[(3, one.measured["ds"]), (4, one.field["ds"]), (5, one.straight["ds"])],
                *[(6, one.measured["dw"]), (7, one.field["dw"]), (8, one.straight["dw"])],
                (9, one.measured["dW"]),
            ]:
                np.testing.assert_allclose(shown[:, column], np.sqrt(squares), rtol=0.02)
            means = [[s["values"][0], s["mean"], s["lawMean"]] for s in one.spectra]
            np.testing.assert_allclose(shown[:5, 10:], means, rtol=0.02)
            up, back = z[4] / z[0], np.sqrt(one.measured["ds"][0] / one.measured["ds"][4])
            stated = [float(x) for x in re.findall(r"is (\S+) times", said[k])]
            np.testing.assert_allclose(stated, [up, back], rtol=0.01)
        assert said[0].count("dies out") == 2
        assert said[1].count("gets through") == 2


def test_an_exploding_signal_is_said_to_explode(chromium, file):
    with opened(chromium, file.as_uri() + "#activation=identity&depth=5&a=standard:10") as page:
        assert page.inner_text("#said").count("explodes") == 2


def test_two_networks_share_their_scales(chromium, file):
    with opened(chromium, file.as_uri() + TWO) as page:
        labels = page.evaluate(
            """() => Array.from(document.querySelectorAll("#charts .pair"), (pair) =>
              Array.from(pair.querySelectorAll("svg"), (svg) =>
                Array.from(svg.querySelectorAll("text"), (text) => text.textContent)))"""
        )
        assert len(labels) == 5
        for left, right in labels:
            assert left == right


# ---------------------------------------------------------------------------- settings


def settings(page):
    return json.loads(page.evaluate("JSON.stringify(state)"))


def test_the_address_keeps_every_setting(chromium, file):
    with opened(chromium, file.as_uri()) as page:
        page.select_option("#activation", "softsign")
        page.locator("#depth").press("ArrowRight")
        page.click("#again")
        page.check("#second")
        page.locator("#networks input").nth(1).press("ArrowRight")
        page.click("#networks [data-init=he] >> nth=0")
        wanted = settings(page)
        assert wanted["activation"] == "softsign"
        assert (wanted["depth"], wanted["seed"]) == (6, 2)
        assert [network["init"] for network in wanted["networks"]] == ["he", "normalized"]
        assert wanted["networks"][1]["v"] == pytest.approx(10**0.01, rel=1e-3)
        address, table = page.url, page.inner_text("#numbers")
    with opened(chromium, address) as page:
        assert settings(page) == wanted
        assert page.inner_text("#numbers") == table


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("depth=99&seed=-1&activation=none", {"depth": 10, "seed": 1, "activation": "tanh"}),
        ("depth=0&a=nothing:abc", {"depth": 1}),
        ("a=standard:1e9", {"networks": [{"init": "standard", "v": 10}]}),
        ("a=__proto__&b=he:2", {"networks": [{"init": i, "v": v} for i, v in
                                             [("standard", 1 / 3), ("he", 2)]]}),
    ],
)  # fmt: skip
def test_an_address_that_is_wrong_gives_the_nearest_settings(chromium, file, address, wanted):
    with opened(chromium, f"{file.as_uri()}#{address}") as page:
        found = settings(page)
        assert {name: found[name] for name in wanted} == wanted
        assert page.locator("#charts svg").count() >= 5


def test_the_keyboard_alone_reaches_and_changes_everything(chromium, file):
    with opened(chromium, file.as_uri() + TWO) as page:
        reached = []
        for _ in range(40):
            page.keyboard.press("Tab")
            reached.append(
                page.evaluate(
                    """() => { const at = document.activeElement;
                    return at.id || at.dataset.init || at.type || at.getAttribute("role"); }"""
                )
            )
            if reached[-1] is None:
                break
        of_one = ["range", "standard", "normalized", "he", "orthogonal"]
        own = ["activation", "depth", "seed", "again", "second"]
        assert reached[:-1] == [*own, *of_one, *of_one, "region", "region"]
        before = page.inner_text("#said")
        page.locator("#networks input").first.focus()
        page.keyboard.press("End")
        page.wait_for_function("(before) => byId('said').innerText !== before", arg=before)
        assert settings(page)["networks"][0]["v"] == 10


# ---------------------------------------------------------------------------- for everyone


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("address", ["", TWO, "#activation=relu&depth=10&a=he"])
def test_anyone_can_read_it(chromium, file, address, size, scheme):
    with opened(chromium, file.as_uri() + address, size, scheme) as page:
        assert problems(page) == []
