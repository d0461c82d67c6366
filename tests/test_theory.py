"""The studies at initialization: theory against measurement, both against the known numbers.

At width 1000, on the images of the data set, over several networks: what these tests assert is
what the lessons and README say.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tinynet as tn
from tinynet import studies

SIZES = [1024, *[1000] * 5, 9]
KINDS = [(a, init) for a in ("tanh", "softsign") for init in ("standard", "normalized")]
each_kind = pytest.mark.parametrize("kind", KINDS, ids="-".join)


@pytest.fixture(scope="module")
def images():
    return tn.Shapeset(rng=[0, 1]).draw(300)


def theory(images, activation, init, **keywords):
    return studies.variance_theory(SIZES, *images, activation=activation, init=init, **keywords)


@pytest.fixture(scope="module")
def found(images):
    """Four networks of each kind."""
    return {kind: theory(images, *kind) for kind in KINDS}


# ---------------------------------------------------------------- the numbers of the paper's size

STD = {
    "standard": [0.308, 0.173, 0.098, 0.056, 0.032],
    "normalized": [0.456, 0.385, 0.335, 0.301, 0.278],
}
RATIOS = {"standard": [0.53, 0.56, 0.57, 0.58], "normalized": [0.85, 0.88, 0.90, 0.92]}


@pytest.mark.parametrize("init", STD)
def test_activations_have_the_known_spread(found, init):
    result = found["tanh", init]
    std = np.sqrt(result["z_measured"] - result["mean_z_measured"] ** 2)[1:]
    np.testing.assert_allclose(std, STD[init], rtol=0.05)


@pytest.mark.parametrize("init", RATIOS)
def test_gradients_shrink_downward_by_the_known_ratios(found, init):
    ds = np.sqrt(found["tanh", init]["ds_measured"])[:-1]
    np.testing.assert_allclose(ds[:-1] / ds[1:], RATIOS[init], rtol=0.04)


@pytest.mark.parametrize("init", RATIOS)
def test_weight_gradients_are_alike_in_all_hidden_layers(found, init):
    std = found["tanh", init]["dW_std"][:-1]
    assert std.max() / std.min() <= 1.10


@each_kind
def test_the_mean_field_is_within_two_percent(found, kind):
    result = found[kind]
    ratio = np.sqrt(result["z_mean_field"] / result["z_measured"])
    np.testing.assert_allclose(ratio, 1, atol=0.02)


@each_kind
def test_the_gradient_ratios_of_the_mean_field_are_within_three_percent(found, kind):
    result = found[kind]
    predicted = np.sqrt(result["ds_mean_field"])[:-1]
    seen = np.sqrt(result["ds_measured"])[:-1]
    np.testing.assert_allclose(predicted[:-1] / predicted[1:], seen[:-1] / seen[1:], rtol=0.03)


@each_kind
def test_one_average_length_is_three_to_seven_percent_off(found, kind):
    result = found[kind]
    ratio = np.sqrt(result["z_one_length"] / result["z_measured"])[1:]
    assert 1.03 < ratio.min() < ratio.max() < 1.07


def test_linear_theory_says_constant_where_normalized_tanh_drifts(found):
    result = found["tanh", "normalized"]
    linear, seen = np.sqrt(result["z_linear"])[1:], np.sqrt(result["z_measured"])[1:]
    np.testing.assert_allclose(linear, linear[0], rtol=0.01)
    assert seen[-1] < 0.65 * seen[0]


def test_sigmoid_carries_second_moments_and_its_mean_is_a_half(images):
    result = theory(images, "sigmoid", "standard", networks=2)
    np.testing.assert_allclose(result["mean_z_mean_field"][1:], 0.5, atol=1e-9)
    np.testing.assert_allclose(result["mean_z_measured"][1:], 0.5, atol=0.01)
    ratio = np.sqrt(result["z_mean_field"] / result["z_measured"])
    np.testing.assert_allclose(ratio, 1, atol=0.02)


@pytest.mark.parametrize(
    ("init", "means", "within"),
    [
        ("standard", [0.476, 0.485, 0.489, 0.490], 0.012),
        ("normalized", [0.74, 0.76, 0.775, 0.786], 0.04),
    ],
)
def test_mean_singular_values_are_the_known_ones(images, init, means, within):
    result = studies.jacobian_spectra(SIZES, images[0][:2], init=init)
    np.testing.assert_allclose(result["mean"][1:], means, atol=within)
    np.testing.assert_allclose(result["mean"][1:], result["law_mean"][1:], rtol=0.02)
    np.testing.assert_allclose(result["mean"][0], result["law_mean"][0], rtol=0.03)  # most bent
    np.testing.assert_allclose(result["rms"], result["law_rms"], rtol=0.01)


def test_the_peaks_of_figures_6_and_7_rise_and_fall_as_in_the_paper(images):
    result = studies.layer_histograms(SIZES, *images, output_init="normalized")
    np.testing.assert_allclose(
        result["z_standard_peak"], [1.35, 2.6, 4.3, 7.8, 13.8], rtol=0.2
    )  # the paper's, read off Figure 6
    np.testing.assert_allclose(
        result["ds_standard_peak"], [85, 44, 23, 13, 8], rtol=0.4
    )  # and off Figure 7: ours are 10 to 35 % higher
    assert (np.diff(result["ds_normalized_peak"]) < 0).all()  # the paper's are all alike


# ------------------------------------------------------------------------ any sizes, any numbers


@given(
    hidden=st.lists(st.integers(300, 500), min_size=1, max_size=3),
    init=st.sampled_from(["standard", "normalized", "he"]),
    seed=st.integers(0, 2**32 - 1),
)
@settings(max_examples=10)
def test_the_linear_theory_is_right_for_linear_networks_of_any_sizes(hidden, init, seed):
    sizes = [200, *hidden, 10]
    rng = np.random.default_rng(seed)
    x, labels = rng.normal(size=(20, sizes[0])), rng.integers(sizes[-1], size=20)
    result = studies.variance_theory(
        sizes, x, labels, activation="identity", init=init, networks=2, seed=seed
    )
    for name in ("z", "ds", "dw"):
        np.testing.assert_allclose(result[f"{name}_measured"], result[f"{name}_linear"], rtol=0.3)
        np.testing.assert_allclose(
            result[f"{name}_mean_field"], result[f"{name}_measured"], rtol=0.3
        )


def test_linear_regime_is_the_product_over_the_layers_below_and_above():
    sizes, variances = [2, 3, 5, 7], [0.1, 0.2, 0.4]
    found = studies.linear_regime(sizes, variances, 10.0, 100.0)
    np.testing.assert_allclose(found["z"], [10, 10 * 2 * 0.1, 10 * 2 * 0.1 * 3 * 0.2])
    np.testing.assert_allclose(found["ds"], [100 * 7 * 0.4 * 5 * 0.2, 100 * 7 * 0.4, 100])
    np.testing.assert_allclose(found["dw"], found["z"] * found["ds"])


@pytest.mark.parametrize("std", [0.01, 0.3, 1, 3, 10])
@pytest.mark.parametrize("kind", [tn.Tanh, tn.Sigmoid, tn.ReLU, tn.Identity, tn.Softsign])
def test_the_mean_field_is_an_average_over_gaussian_preactivations(kind, std):
    """Its quadrature against a sum over a million steps."""
    steps = np.linspace(-10, 10, 1_000_000)  # an even number: none on the kink
    p = np.exp(-(steps**2) / 2)
    p /= p.sum()
    f = kind()
    one = np.array([std**2]), np.array([2.0])  # 4 units of variance 0.25 leave z^2 as it is
    found = studies.mean_field([4, 6, 3], [0.25, 0.5], f, *one)
    z, slope = (f.f(std * steps) ** 2) @ p, (f.slope(std * steps) ** 2) @ p
    np.testing.assert_allclose(found["z"], [std**2, z], rtol=1e-7)
    np.testing.assert_allclose(found["ds"], [slope * 3 * 0.5 * 2.0, 2.0], rtol=1e-7)


# --------------------------------------------------------------------------- laws and surfaces


@given(n_out=st.integers(1, 60), n_in=st.integers(1, 60), variance=st.floats(1e-4, 10))
@settings(max_examples=30)
def test_the_law_has_the_root_mean_square_of_the_matrix(n_out, n_in, variance):
    """The sum of the squared singular values is the sum of the squared entries."""
    _, rms = studies.law(n_out, n_in, variance)
    assert rms**2 == pytest.approx(n_out * n_in * variance / min(n_out, n_in))


@pytest.mark.parametrize(("n_out", "n_in"), [(600, 600), (600, 200), (150, 600)])
def test_random_matrices_obey_the_law(n_out, n_in):
    W = np.random.default_rng(0).uniform(-1, 1, (n_out, n_in))
    values = np.linalg.svd(W, compute_uv=False)
    mean, rms = studies.law(n_out, n_in, 1 / 3)
    assert values.mean() == pytest.approx(mean, rel=0.01)
    assert np.sqrt((values**2).mean()) == pytest.approx(rms, rel=0.01)
    edges = np.linspace(0, 1.05 * values.max(), 12)
    seen = np.histogram(values, edges, density=True)[0]
    fine = np.linspace(edges[0], edges[-1], 11001)
    density = studies.marchenko_pastur(fine, n_out, n_in, 1 / 3)
    expected = density[:-1].reshape(11, 1000).mean(axis=1)
    np.testing.assert_allclose(seen, expected, atol=0.1 * expected.max())


def test_the_quarter_circle_has_the_mean_8_over_3_pi():
    mean, rms = studies.law(1000, 1000, 1 / 1000)
    assert mean == pytest.approx(8 / (3 * np.pi), rel=1e-6)
    assert rms == pytest.approx(1)


def test_geometric_mean_is_for_volume_and_rms_for_variance():
    """exp(mean log) is |det|^(1/n), the mean square is the sum of squared entries over n."""
    W = np.random.default_rng(0).normal(size=(40, 40))
    values = np.linalg.svd(W, compute_uv=False)
    assert studies.geometric_mean(values) == pytest.approx(abs(np.linalg.det(W)) ** (1 / 40))
    assert (values**2).mean() == pytest.approx((W**2).sum() / 40)


def test_orthogonal_weights_have_singular_values_of_1():
    x = np.random.default_rng(0).normal(size=(3, 30))
    result = studies.jacobian_spectra([30, 30, 30, 4], x, activation="identity", init="orthogonal")
    for name in ("mean", "rms", "geometric_mean", "smallest", "largest"):
        np.testing.assert_allclose(result[name], 1, rtol=1e-6)


def test_cost_surfaces_are_those_of_a_network_with_these_two_weights():
    result = studies.cost_surfaces(inputs=7, points=9, reach=3, seed=3)
    W, x, targets = result["W"], result["x"][:, None], result["targets"]
    for j, k in [(0, 0), (2, 7), (8, 3), (4, 4)]:
        first, second = tn.Linear(1, 1), tn.Linear(1, 1)
        first.W[:], second.W[:] = W[j], W[k]
        net = tn.Network([first, tn.Tanh(), second])
        s = net.forward(x)
        loss = tn.SoftmaxCrossEntropy()
        cost = loss.forward(np.hstack([np.zeros_like(s), s]), targets)
        assert result["cross_entropy"][j, k] == pytest.approx(cost)
        net.backward(loss.backward()[:, 1:])
        slope = np.hypot(first.dW[0, 0], second.dW[0, 0])
        assert result["cross_entropy_slope"][j, k] == pytest.approx(slope)

        squashed = tn.Network([first, tn.Tanh(), second, tn.Tanh()])
        loss = tn.Quadratic()
        cost = loss.forward(squashed.forward(x), 2.0 * targets[:, None] - 1)
        assert result["quadratic"][j, k] == pytest.approx(cost)
        squashed.backward(loss.backward())
        slope = np.hypot(first.dW[0, 0], second.dW[0, 0])
        assert result["quadratic_slope"][j, k] == pytest.approx(slope)


def test_the_quadratic_cost_has_the_wider_plateau():
    result = studies.cost_surfaces()
    for name in ("cross_entropy", "quadratic"):
        slope = result[f"{name}_slope"]
        for share, area in zip((0.01, 0.05), result[f"{name}_plateau"], strict=True):
            assert area == np.count_nonzero(slope < share * slope.max()) / slope.size
    assert (result["quadratic_plateau"] > 1.5 * result["cross_entropy_plateau"]).all()


# ------------------------------------------------------------------------------------- files


@pytest.mark.parametrize(
    "make",
    [
        lambda x, labels: studies.variance_theory([6, 5, 3], x, labels, networks=1),
        lambda x, labels: studies.layer_histograms([6, 5, 3], x, labels),
        lambda x, labels: studies.jacobian_spectra([6, 5, 3], x),
        lambda x, labels: studies.cost_surfaces(inputs=3, points=5),
    ],
    ids=["variance", "histograms", "spectra", "costs"],
)
def test_a_result_is_the_same_after_saving(tmp_path, make):
    rng = np.random.default_rng(0)
    result = make(rng.normal(size=(4, 6)), np.array([0, 1, 2, 0]))
    result.save(tmp_path / "result.npz")
    again = studies.Result.load(tmp_path / "result.npz")
    assert (again.study, again.settings) == (result.study, result.settings)
    assert again.arrays.keys() == result.arrays.keys()
    for name in result.arrays:
        np.testing.assert_array_equal(again[name], result[name])


def test_a_result_says_which_arrays_it_has():
    with pytest.raises(KeyError, match="'W'.*'cross_entropy'.*got 'z'"):
        studies.cost_surfaces(inputs=1, points=3)["z"]


def test_a_network_file_is_not_a_result(tmp_path):
    tn.save(tn.mlp([2, 2], rng=0), tmp_path / "net.npz")
    with pytest.raises(ValueError, match=r"net.npz: expected .* result, got"):
        studies.Result.load(tmp_path / "net.npz")
