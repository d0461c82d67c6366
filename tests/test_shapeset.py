"""Shapeset-3x2: its images, and its shapes against a slow drawing of each pixel."""

import math
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinynet.datasets import shapeset
from tinynet.datasets.shapeset import BLOCK, Shapeset

COUNT = 40_000
KINDS = {"tri": 0, "par": 1, "ell": 2}


@pytest.fixture(scope="module")
def many():
    """Images as grey levels (COUNT, 32, 32), and their labels."""
    x, labels = Shapeset(rng=1).draw(COUNT)
    x += 1
    x *= 127.5
    return np.rint(x, out=x).astype(np.int16).reshape(-1, 32, 32), labels


@pytest.fixture
def parts(monkeypatch):
    """What the blocks of a source are made of: lists that fill up while it draws."""
    seen = {"objects": [], "kinds": [], "first": [], "second": [], "shapes": []}

    def spied(name, look):
        """The function of this name, and ``look(result, *arguments)`` each time it is called."""
        works = getattr(shapeset, name)

        def spy(*arguments):
            found = works(*arguments)
            look(found, *arguments)
            return found

        monkeypatch.setattr(shapeset, name, spy)

    def second(found, rng, kind, first):
        for key, array in (("kinds", kind), ("first", first), ("second", found)):
            seen[key].append(array.copy())

    spied("_objects", lambda found, rng, kind: seen["objects"].append(kind.copy()))
    spied("_second_objects", second)
    spied("_polygons", lambda found, *parameters: seen["shapes"].append(parameters))
    spied(
        "_ellipses",
        lambda found, size, *rest: seen["shapes"].append((0, size, 0 * size[:, 0], *rest)),
    )
    return seen


def mask(spans):
    """Pixels covered, (n, 32, 32), painted one row at a time."""
    pixels = np.zeros((spans.shape[1], 32, 32), dtype=bool)
    for i, row in np.ndindex(spans.shape[1:]):
        first, end = spans[:, i, row]
        pixels[i, row, first:end] = True
    return pixels


# The stream


@settings(max_examples=10)
@given(st.lists(st.one_of(st.integers(1, 300), st.integers(BLOCK - 2, BLOCK + 2)), max_size=2))
def test_any_split_gives_the_same_images(counts):
    counts = [BLOCK - 150, *counts]  # the second draw is near the end of a block
    source = Shapeset(rng=5)
    pieces = zip(*(source.draw(n) for n in counts), strict=True)
    for array, piece in zip(Shapeset(rng=5).draw(sum(counts)), pieces, strict=True):
        np.testing.assert_array_equal(np.concatenate(piece), array, strict=True)


def test_no_image_comes_twice():
    x, _ = Shapeset(rng=0).draw(BLOCK + 1000)
    assert len(np.unique(x, axis=0)) == len(x)


# The images


def test_shapes_types_levels_and_names():
    source = Shapeset(rng=0)
    x, labels = source.draw(3000)
    assert (x.shape, x.dtype) == ((3000, 1024), np.float32)
    assert (labels.shape, labels.dtype) == ((3000,), np.int64)
    levels = (x + 1) * 127.5
    assert np.abs(levels - np.rint(levels)).max() < 1e-4
    assert repr(source).startswith("Shapeset(")
    assert source.class_names == (
        "tri", "par", "ell", "tri+par", "par+ell", "tri+ell", "tri+tri", "par+par", "ell+ell"
    )  # fmt: skip


def test_greys(many):
    images, labels = many
    ground = images[:, 0, 0]
    light = ground > 127
    assert 0.49 < light.mean() < 0.51  # four standard errors
    assert np.unique(ground[~light]).tolist() == list(range(115))
    assert np.unique(ground[light]).tolist() == list(range(140, 256))
    images, light, ground = images[:8000], light[:8000], ground[:8000]
    is_object = images != ground[:, None, None]
    assert np.unique(images[light][is_object[light]]).tolist() == list(range(115))
    assert np.unique(images[~light][is_object[~light]]).tolist() == list(range(140, 256))
    contrast = np.abs(images - ground[:, None, None])[is_object]
    assert contrast.min() >= 26  # of 255: .102
    # flat: one grey in the images with one object, at most two in the others, and they differ
    greys = [len(np.unique(image)) - 1 for image in images[:3000]]
    one = labels[:3000] < 3
    assert set(np.array(greys)[one]) == {1}
    assert set(np.array(greys)[~one]) == {1, 2}
    assert np.mean(np.array(greys)[~one] == 2) > 0.95


def test_class_priors(many):
    _, labels = many
    priors = np.array([1 / 6] * 3 + [1 / 9] * 3 + [1 / 18] * 3)
    expected = COUNT * priors
    chi2 = np.sum((np.bincount(labels, minlength=9) - expected) ** 2 / expected)
    assert chi2 < 26.1  # one in 1,000 for 8 degrees of freedom


@pytest.mark.parametrize(("label", "published"), [(0, 99), (1, 142), (2, 220)])
def test_mean_areas(many, label, published):
    images, labels = many
    alone = images[labels == label]
    area = (alone != alone[:, :1, :1]).sum(axis=(1, 2)).mean()
    assert abs(area / published - 1) < 0.05


def test_mean_and_variance_of_the_pixels(many):
    x = many[0] / np.float32(127.5) - 1
    assert abs(x.mean()) < 0.03
    assert abs(x.var() / 0.374 - 1) < 0.05


def test_objects_keep_off_the_border_and_come_near_it(many):
    images, _ = many
    is_object = images != images[:, :1, :1]
    for border in (is_object[:, 0], is_object[:, -1], is_object[:, :, 0], is_object[:, :, -1]):
        assert not border.any()
    inner = (is_object[:, 1], is_object[:, -2], is_object[:, :, 1], is_object[:, :, -2])
    reached = [line.any(axis=1).mean() for line in inner]
    assert min(reached) > 0.07
    assert max(reached) - min(reached) < 0.01  # no side is preferred


def test_the_label_says_what_is_there(parts):
    _, labels = Shapeset(rng=0).draw(BLOCK)
    first, second = parts["objects"][0], parts["kinds"][0]
    for one, two, label in zip(first, second, labels, strict=True):
        shown = sorted(KINDS[name] for name in Shapeset.class_names[label].split("+"))
        assert shown == sorted([one] if two == shapeset.NOTHING else [one, two])


def test_images_are_the_objects_in_painters_order(parts):
    x, _ = Shapeset(rng=0).draw(BLOCK)
    first, second = mask(parts["first"][0]), mask(parts["second"][0])
    alone = parts["kinds"][0] == shapeset.NOTHING
    assert not second[alone].any()
    assert second[~alone].any(axis=(1, 2)).all()
    assert (first & second).any(axis=(1, 2)).mean() > 0.05
    for image, one, two in zip(x.reshape(-1, 32, 32), first, second, strict=True):
        for part in (~(one | two), one & ~two, two):
            assert len(np.unique(image[part])) <= 1
        assert image[0, 0] not in image[one | two]


def test_the_second_covers_at_most_half_of_the_first(parts):
    Shapeset(rng=0).draw(2 * BLOCK)
    first = np.concatenate([mask(spans) for spans in parts["first"]])
    second = np.concatenate([mask(spans) for spans in parts["second"]])
    part = (first & second).sum(axis=(1, 2)) / first.sum(axis=(1, 2))
    assert part.max() <= 0.5
    assert part.max() > 0.45  # and the limit is used
    assert (part == 0.5).any()  # exactly half is allowed


def test_a_second_object_is_drawn_again_until_it_fits(parts):
    Shapeset(rng=0).draw(BLOCK)
    first, second, *again = (len(kind) for kind in parts["objects"])
    assert first == BLOCK
    assert second == (parts["kinds"][0] != shapeset.NOTHING).sum()
    assert 0.2 < sum(again) / second < 0.6
    # the kinds are kept: those drawn again are the ones that did not fit
    waiting = list(parts["kinds"][0][parts["kinds"][0] != shapeset.NOTHING])
    for kinds in parts["objects"][1:]:
        place = iter(waiting)
        assert all(any(kind == other for other in place) for kind in kinds)  # a subsequence
        waiting = list(kinds)


def test_the_published_parameters(parts):
    Shapeset(rng=0).draw(4 * BLOCK)
    sides = np.concatenate([[s] * len(size) for s, size, *_ in parts["shapes"]])
    size, turn, angle, place = (
        np.concatenate(arrays) for arrays in list(zip(*parts["shapes"], strict=True))[1:]
    )
    n = len(sides)
    larger, smaller = size.T
    assert (larger >= smaller).all()
    assert 6.4 <= size.min() < 6.5
    assert 25.5 < size.max() <= 25.6
    # the larger and the smaller of two uniform numbers: 2/3 and 1/3 of the range
    assert larger.mean() == pytest.approx(19.2, abs=0.2)
    assert smaller.mean() == pytest.approx(12.8, abs=0.2)
    # turned within the sector of symmetry, pi/sides either way
    for k in (3, 4):
        part = turn[sides == k] * k / np.pi
        assert -1 <= part.min() < -0.99
        assert 0.99 < part.max() <= 1
        assert abs(part.mean()) < 0.05
    # 255 angles, all of them, equally often
    steps = angle * 255 / (2 * np.pi)
    assert np.abs(steps - np.rint(steps)).max() < 1e-9
    counts = np.bincount(np.rint(steps).astype(int))
    assert len(counts) == 255
    assert np.sum((counts - n / 255) ** 2 / (n / 255)) < 330  # one in 1,000 for 254 degrees
    # the place: uniform
    assert np.abs(place.mean(axis=0) - 0.5).max() < 0.01
    assert np.abs(place.var(axis=0) - 1 / 12).max() < 0.002


def test_no_place_after_1000_tries_is_an_error_and_the_last_try_counts(monkeypatch, parts):
    assert shapeset.MAX_TRIES == 1000
    Shapeset(rng=0).draw(1)
    needed = len(parts["objects"]) - 1
    monkeypatch.setattr(shapeset, "MAX_TRIES", needed)
    Shapeset(rng=0).draw(1)
    monkeypatch.setattr(shapeset, "MAX_TRIES", needed - 1)
    with pytest.raises(RuntimeError, match=f"no place in {needed - 1} tries"):
        Shapeset(rng=0).draw(1)


# The shapes, against a slow drawing: complex numbers, one object and one pixel at a time


def slow_polygon(sides, size, turn, angle, place):
    """Pixels inside: near enough to each edge's line, and to the line across each corner."""
    half = math.pi / sides
    corners = []
    for k in range(sides):
        corner = 0.5 * np.exp(1j * (math.pi / 2 - half + 2 * half * k + turn))
        corners.append(complex(corner.real * size[0], corner.imag * size[1]))
    base = corners[0] - corners[1]  # below the centre, y goes down
    corners = [c * abs(base) / base * np.exp(1j * angle) for c in corners]
    x, y = [c.real for c in corners], [c.imag for c in corners]
    move = complex(
        1 - min(x) + place[0] * (30 - max(x) + min(x)),
        1 - min(y) + place[1] * (30 - max(y) + min(y)),
    )
    corners = [c + move for c in corners]
    assert all(1 - 1e-9 <= v <= 31 + 1e-9 for c in corners for v in (c.real, c.imag))

    def inside(p):
        for k in range(sides):
            a, b, c = corners[k - 2], corners[k - 1], corners[k]
            to, off = (b - a) / abs(b - a), (c - b) / abs(c - b)
            out = (to - off) / abs(to - off)
            if ((p - b) * to.conjugate()).imag < -shapeset.EDGE:
                return False
            if ((p - b) * out.conjugate()).real > shapeset.EDGE:
                return False
        return True

    return [[inside(complex(c + 0.5, r + 0.5)) for c in range(32)] for r in range(32)]


def slow_ellipse(size, angle, place):
    """Pixels inside: turned back, the ellipse is level."""
    t = np.linspace(0, 2 * np.pi, 20_001)
    outline = np.exp(1j * angle) * (size[0] / 2 * np.cos(t) + 1j * size[1] / 2 * np.sin(t))
    wide, high = outline.real.max(), outline.imag.max()
    centre = complex(1 + wide + place[0] * (30 - 2 * wide), 1 + high + place[1] * (30 - 2 * high))
    a, b = size[0] / 2 + shapeset.EDGE, size[1] / 2 + shapeset.EDGE

    def inside(p):
        q = (p - centre) * np.exp(-1j * angle)
        return (q.real / a) ** 2 + (q.imag / b) ** 2 <= 1

    return [[inside(complex(c + 0.5, r + 0.5)) for c in range(32)] for r in range(32)]


def some_parameters(n, seed):
    rng = np.random.default_rng(seed)
    size = np.sort(rng.uniform(6.4, 25.6, (n, 2)))[:, ::-1]
    turn = np.pi * rng.uniform(-1, 1, n)
    angle = 2 * np.pi / 255 * rng.integers(255, size=n)
    angle[: n // 8] = 0  # a level base
    size[: n // 16, 1] = size[: n // 16, 0]  # and a regular shape
    turn[: n // 16] = 0
    return size, turn, angle, rng.random((n, 2))


@pytest.mark.parametrize("sides", [3, 4, "ellipse"])
def test_shapes_pixel_by_pixel(sides):
    size, turn, angle, place = some_parameters(48, seed=5)
    if sides == "ellipse":
        spans, slow = shapeset._ellipses(size, angle, place), slow_ellipse
        rows = zip(size, angle, place, strict=True)
    else:
        spans = shapeset._polygons(sides, size, turn / sides, angle, place)
        slow, rows = (
            partial(slow_polygon, sides),
            zip(size, turn / sides, angle, place, strict=True),
        )
    pixels = np.array([slow(*row) for row in rows])
    assert np.array_equal(mask(spans), pixels)
    assert np.array_equal(shapeset._area(spans), pixels.sum(axis=(1, 2)))


def test_overlaps_pixel_by_pixel():
    rng = np.random.default_rng(0)
    a, b = shapeset._objects(rng, np.arange(900) % 3), shapeset._objects(rng, np.arange(900) // 300)
    common = (mask(a) & mask(b)).sum(axis=(1, 2))
    assert np.array_equal(shapeset._overlap(a, b), common)
    assert np.array_equal(shapeset._overlap(b, a), common)
    assert np.array_equal(shapeset._overlap(a, a), shapeset._area(a))
    assert (common == 0).any()
    assert (common > 0).any()


def test_a_level_square_covers_the_pixels_that_a_calculation_by_hand_gives():
    """Its side is 12 / sqrt(2) = 8.49, from 1 to 9.49, and a third of a pixel more."""
    size, zero = np.array([[12.0, 12]]), np.zeros(1)
    square = mask(shapeset._polygons(4, size, zero, zero, np.array([[0, 0]])))[0]
    assert square[1:10, 1:10].sum() == square.sum() == 81  # centres 1.5 to 9.5
