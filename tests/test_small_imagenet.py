"""A folder of pictures: grey, 37 x 37, split 9 : 1 : 1; whatever is no picture is refused."""

import io
import os
import struct
import sys
import zlib

import numpy as np
import pytest
from data_files import MIB, everything_in, harmed, little_memory, small_imagenet
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import tinynet as tn
from tinynet._internal.progress import Silent


def picture(level=128, size=(40, 40), mode="RGB", ending="png", **keywords):
    """A flat picture as a file."""
    content = io.BytesIO()
    image = Image.new(mode, size, level if mode == "L" else (level,) * len(mode))
    image.save(content, {"png": "PNG", "jpg": "JPEG"}[ending], **keywords)
    return content.getvalue()


def write(folder, classes):
    """Class folders with numbered PNG pictures: ``{name: [grey level, ...]}``."""
    for name, levels in classes.items():
        (folder / name).mkdir(parents=True)
        for k, level in enumerate(levels):
            (folder / name / f"{k:03}.png").write_bytes(picture(level))
    return folder


@pytest.fixture
def folder(tmp_path):
    """Three classes of three pictures, all of their own grey level."""
    levels = {"fish": [0, 10, 20], "birds": [100, 110, 120], "tools": [200, 210, 220]}
    return write(tmp_path / "pictures", levels)


def read(folder, rng=0):
    return tn.small_imagenet(folder, rng, progress=Silent)


def small(folder, content, name="x.png"):
    """One picture, as ``(37, 37)`` levels."""
    (folder / name).write_bytes(content)
    return small_imagenet._small(folder / name)


# ---------------------------------------------------------------------------- as it should be


def test_classes_are_folders_sorted_and_every_picture_is_in_one_part(folder):
    data = read(folder)
    assert data.class_names == ("birds", "fish", "tools")
    assert repr(data) == "Dataset(pictures: 3 train, 3 valid, 3 test, 37 x 37 inputs, 3 classes)"
    found = []
    for images, labels in (data.train, data.valid, data.test):
        assert (images.shape, images.dtype, labels.dtype) == ((3, 1369), np.float32, np.int64)
        assert sorted(labels) == [0, 1, 2]
        for image, label in zip(images, labels, strict=True):
            level = 255 * image
            np.testing.assert_allclose(level, level[0], rtol=1e-6)
            assert round(level[0]) // 100 == [1, 0, 2][label]
            found.append(round(level[0]))
    assert sorted(found) == [0, 10, 20, 100, 110, 120, 200, 210, 220]


def levels(part):
    return [round(255 * level) for level in part[0][:, 0]]


def test_the_seed_decides_the_split_and_nothing_else(tmp_path):
    classes = {name: range(start, start + 22) for name, start in (("a", 0), ("b", 100))}
    here, there = write(tmp_path / "here", classes), write(tmp_path / "elsewhere", classes)
    data, again, other = read(here), read(there), read(here, rng=1)
    for part in ("train", "valid", "test"):
        assert levels(getattr(data, part)) == levels(getattr(again, part))
        assert levels(getattr(data, part)) != levels(getattr(other, part))
    assert [len(part[1]) for part in (data.train, data.valid, data.test)] == [36, 4, 4]
    assert [np.bincount(part[1]).tolist() for part in (data.valid, data.test)] == [[2, 2], [2, 2]]


def test_the_stated_rule_gives_the_split(tmp_path):
    data = read(write(tmp_path / "x", {"a": range(11), "b": range(100, 115)}), rng=5)
    all_levels = np.array([*range(11), *range(100, 115)])
    order = all_levels[np.random.default_rng(5).permutation(26)]
    a, b = order[order < 100], order[order >= 100]
    test, valid = {a[0], b[0]}, {a[1], b[1]}
    for part, chosen in ((data.test, test), (data.valid, valid)):
        assert levels(part) == [level for level in order if level in chosen]
    assert levels(data.train) == [level for level in order if level not in test | valid]


@pytest.mark.parametrize(("pictures", "few"), [(3, 1), (16, 1), (17, 2), (110, 10)])
def test_an_eleventh_is_for_the_test_and_an_eleventh_for_validation(pictures, few):
    labels = np.zeros(pictures, dtype=int)
    part = small_imagenet._split(labels, np.arange(pictures), 1)
    assert np.bincount(part).tolist() == [pictures - 2 * few, few, few]


def test_other_files_are_passed_over(folder):
    expected = read(folder)
    (folder / "notes.txt").write_text("mine")
    (folder / ".hidden").mkdir()
    (folder / "fish" / "notes.txt").write_text("mine")
    (folder / "fish" / ".000.png").write_text("mine")
    (folder / "fish" / "folder.png").mkdir()
    assert repr(read(folder)) == repr(expected)
    np.testing.assert_array_equal(read(folder).train[0], expected.train[0])


@pytest.mark.parametrize("name", ["x.JPG", "x.jpeg", "x.Png"])
def test_names_may_be_in_capitals(folder, name):
    (folder / "fish" / name).write_bytes(picture(ending="jpg"))
    assert len(read(folder).train[1]) == 4


def test_progress_is_shown(folder):
    made = []

    class Bar(Silent):
        def __init__(self, **keywords):
            made.append(keywords)

        def update(self, n=1):
            made.append(n)

    tn.small_imagenet(folder, progress=Bar)
    assert made == [{"total": 9, "desc": "reading pictures", "unit": "pictures"}, *[1] * 9]


def test_pillow_is_loaded_only_when_it_is_used(tmp_path):
    code = "import sys, tinynet; sys.exit('PIL' in sys.modules)"
    assert os.spawnv(os.P_WAIT, sys.executable, [sys.executable, "-c", code]) == 0


def test_colours_weigh_as_the_eye_sees_them(tmp_path):
    content = io.BytesIO()
    Image.new("RGB", (40, 40), (255, 0, 0)).save(content, "PNG")
    assert np.unique(small(tmp_path, content.getvalue())).tolist() == [76]  # 0.299 * 255


KINDS = [
    *[("PNG", mode) for mode in ("1", "L", "LA", "P", "RGB", "RGBA")],
    *[("JPEG", mode) for mode in ("L", "RGB", "CMYK", "YCbCr")],
]


@pytest.mark.parametrize(("ending", "mode"), KINDS)
def test_all_common_kinds_of_pictures_are_read(tmp_path, ending, mode):
    content = io.BytesIO()
    Image.new("RGB", (50, 40), (255, 255, 255)).convert(mode).save(content, ending)
    found = small(tmp_path, content.getvalue(), "x.JPG")
    assert (found.shape, found.dtype) == ((37, 37), np.uint8)
    assert found.min() >= 254


def test_the_middle_square_is_taken_and_made_small_by_averages(tmp_path):
    image = np.zeros((74, 200), np.uint8)
    image[:, 63 : 63 + 74] = 100  # the middle
    image[::2, 63 : 63 + 74] = 200
    content = io.BytesIO()
    Image.fromarray(image).save(content, "PNG")
    found = small(tmp_path, content.getvalue()).astype(int)
    assert abs(found - 150).max() <= 1


def test_large_jpegs_are_the_same_picture(tmp_path):
    ramp = np.add.outer(np.arange(800), np.arange(800)) * 255 / 1598
    content = io.BytesIO()
    Image.fromarray(ramp.astype(np.uint8)).save(content, "JPEG", quality=95)
    found = small(tmp_path, content.getvalue())
    middle = (np.arange(37) + 0.5) * 800 / 37 - 0.5  # of each new pixel, in old ones
    expected = np.add.outer(middle, middle) * 255 / 1598
    assert abs(found - expected).max() < 4


@pytest.mark.parametrize("ending", ["PNG", "JPEG"])
def test_a_picture_is_turned_as_the_camera_was_held(tmp_path, ending):
    image = np.zeros((80, 80), np.uint8)
    image[:40, :40] = 255  # top left
    turned = Image.Exif()
    turned[0x0112] = 6  # to be shown turned clockwise
    content = io.BytesIO()
    Image.fromarray(image).save(content, ending, exif=turned)
    found = small(tmp_path, content.getvalue())
    assert found[5, -5] > 250
    assert found[5, 5] < 5


# ---------------------------------------------------------------------------- what is refused


def refused(folder, name, match):
    before = everything_in(folder)
    with pytest.raises(ValueError, match=match) as error:
        read(folder)
    assert str(folder / name) in str(error.value)
    assert everything_in(folder) == before


def test_a_folder_that_is_not_there_or_no_folder_is_an_oserror(tmp_path):
    with pytest.raises(FileNotFoundError, match="nothing"):
        read(tmp_path / "nothing")
    (tmp_path / "file").write_text("mine")
    with pytest.raises(NotADirectoryError, match="file"):
        read(tmp_path / "file")


def test_a_folder_without_classes_is_refused(tmp_path):
    (tmp_path / "x.png").write_bytes(picture())
    refused(tmp_path, "", "expected a folder for each class, got none")


@pytest.mark.parametrize("pictures", [0, 2])
def test_a_class_of_too_few_pictures_is_refused(folder, pictures):
    write(folder, {"empty": range(pictures)})
    refused(folder, "empty", f"at least three pictures .*, got {pictures}$")


@pytest.mark.parametrize("value", [3, None, b"x"])
def test_a_folder_must_be_a_path(value):
    with pytest.raises(TypeError, match="^folder: expected a path, got "):
        read(value)


def test_rng_must_be_a_seed():
    with pytest.raises(TypeError, match="^rng: "):
        read(".", rng=None)


JPEG, PNG = picture(ending="jpg"), picture(ending="png")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.jpg", b""),
        ("x.jpg", b"this is no picture"),
        ("x.jpg", b"\xff\xd8\xff\xe0 neither is this"),
        ("x.jpg", JPEG[:20]),
        ("x.jpg", JPEG[: len(JPEG) // 2]),
        ("x.png", PNG[:8]),
        ("x.png", PNG[:30]),
        ("x.png", PNG[: len(PNG) - 20]),
        ("x.jpeg", b"GIF89a" + bytes(100)),
        ("x.jpg", b"BM" + bytes(100)),
        ("x.jpg", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"),
        ("x.png", b"\x89PNG\r\n\x1a\n" + bytes(100)),
    ],
)
def test_a_file_that_is_not_the_picture_its_name_says_is_refused(folder, name, content):
    (folder / "fish" / name).write_bytes(content)
    refused(folder, f"fish/{name}".replace("/", os.sep), "expected a picture, JPEG or PNG: ")


def test_a_picture_of_another_format_is_refused_whatever_its_name(folder):
    image = Image.new("RGB", (40, 40))
    for kind in ("GIF", "BMP", "TIFF", "WEBP"):
        image.save(folder / "fish" / "x.png", kind)
        refused(folder, os.path.join("fish", "x.png"), "expected a picture, JPEG or PNG: ")


def test_16_bits_a_pixel_are_refused_rather_than_cut_off(folder):
    deep = np.linspace(0, 65535, 1600).astype(np.uint16).reshape(40, 40)
    Image.fromarray(deep).save(folder / "fish" / "x.png")
    refused(folder, os.path.join("fish", "x.png"), "expected 8 bits for a grey level, got 16")


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_bomb(width, height, data):
    """A PNG that says it is large."""
    size = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size)
    return start + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("width", "height"), [(8000, 8000), (10_000, 10_000), (60_000, 60_000), (2**31 - 1, 1)]
)
def test_a_picture_too_large_is_refused_before_it_is_unpacked(folder, width, height):
    data = zlib.compress(bytes(30 * MIB))
    (folder / "fish" / "x.png").write_bytes(png_bomb(width, height, data))
    with little_memory():
        refused(folder, os.path.join("fish", "x.png"), "at most 50,000,000 pixels|bomb")


def test_text_that_unpacks_to_much_more_is_refused_and_not_unpacked(folder):
    text = chunk(b"zTXt", b"x\0\0" + zlib.compress(bytes(50 * MIB)))
    (folder / "fish" / "x.png").write_bytes(PNG[:33] + text + PNG[33:])
    with little_memory():
        refused(folder, os.path.join("fish", "x.png"), "expected a picture, JPEG or PNG: ")


@pytest.mark.parametrize(("content", "name"), [(JPEG, "x.jpg"), (PNG, "x.png")])
@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_a_harmed_picture_is_37_by_37_or_a_value_error(tmp_path_factory, content, name, data):
    path = tmp_path_factory.getbasetemp() / name
    path.write_bytes(data.draw(harmed(content)))
    try:
        found = small_imagenet._small(path)
    except ValueError as error:
        assert str(error).startswith(f"{path}: ")  # noqa: PT017
    else:
        assert (found.shape, found.dtype) == ((37, 37), np.uint8)
