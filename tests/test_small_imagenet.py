"""A folder of pictures: grey, 37 x 37, split 9 : 1 : 1; whatever is no picture is refused."""

import io
import struct
import zlib

import numpy as np
import pytest
from data_files import MIB, little_memory, picture, small_imagenet
from data_files import refused as refused_path
from own_parts import telling_bar
from PIL import Image

import tinynet as tn
from tinynet._internal.progress import Silent


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


def small(folder, image, ending="PNG", name="x.png", **keywords):
    """One picture, an image or an array, as ``(37, 37)`` levels."""
    image = Image.fromarray(image) if isinstance(image, np.ndarray) else image
    image.save(folder / name, ending, **keywords)
    return small_imagenet._small(folder / name)


def levels(part):
    return [round(255 * level) for level in part[0][:, 0]]


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


def test_the_stated_rule_gives_the_split(tmp_path):
    classes = {"a": range(11), "b": range(100, 115)}
    data = read(write(tmp_path / "x", classes), rng=5)
    all_levels = np.array([*range(11), *range(100, 115)])
    order = all_levels[np.random.default_rng(5).permutation(26)]
    a, b = order[order < 100], order[order >= 100]
    test, valid = {a[0], b[0]}, {a[1], b[1]}
    for part, chosen in ((data.test, test), (data.valid, valid)):
        assert levels(part) == [level for level in order if level in chosen]
    assert levels(data.train) == [level for level in order if level not in test | valid]
    elsewhere = read(write(tmp_path / "elsewhere", classes), rng=5)
    np.testing.assert_array_equal(elsewhere.train[0], data.train[0])


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
    for name in ("x.JPG", "x.jpeg", "x.Png"):  # which are not
        (folder / "fish" / name).write_bytes(picture(ending="JPEG"))
    assert len(read(folder).train[1]) == 6


def test_progress_is_shown(folder):
    bar, told = telling_bar()
    tn.small_imagenet(folder, progress=bar)
    assert told == [{"total": 9, "desc": "reading pictures", "unit": "pictures"}, *[1] * 9]


# ---------------------------------------------------------------------------- one picture


def test_colours_weigh_as_the_eye_sees_them(tmp_path):
    found = small(tmp_path, Image.new("RGB", (40, 40), (255, 0, 0)))
    assert np.unique(found).tolist() == [76]  # 0.299 * 255


KINDS = [
    *[("PNG", mode) for mode in ("1", "L", "LA", "P", "RGB", "RGBA")],
    *[("JPEG", mode) for mode in ("L", "RGB", "CMYK", "YCbCr")],
]


@pytest.mark.parametrize(("ending", "mode"), KINDS)
def test_all_common_kinds_of_pictures_are_read(tmp_path, ending, mode):
    white = Image.new("RGB", (50, 40), (255, 255, 255)).convert(mode)
    found = small(tmp_path, white, ending, "x.JPG")
    assert (found.shape, found.dtype) == ((37, 37), np.uint8)
    assert found.min() >= 254


def test_the_middle_square_is_taken_and_made_small_by_averages(tmp_path):
    image = np.zeros((74, 200), np.uint8)
    image[:, 63 : 63 + 74] = 100  # the middle
    image[::2, 63 : 63 + 74] = 200
    assert abs(small(tmp_path, image).astype(int) - 150).max() <= 1


def test_large_jpegs_are_the_same_picture(tmp_path):
    ramp = np.add.outer(np.arange(800), np.arange(800)) * 255 / 1598
    found = small(tmp_path, ramp.astype(np.uint8), "JPEG", quality=95)
    middle = (np.arange(37) + 0.5) * 800 / 37 - 0.5  # of each new pixel, in old ones
    expected = np.add.outer(middle, middle) * 255 / 1598
    assert abs(found - expected).max() < 4


@pytest.mark.parametrize("ending", ["PNG", "JPEG"])
def test_a_picture_is_turned_as_the_camera_was_held(tmp_path, ending):
    image = np.zeros((80, 80), np.uint8)
    image[:40, :40] = 255  # top left
    turned = Image.Exif()
    turned[0x0112] = 6  # to be shown turned clockwise
    found = small(tmp_path, image, ending, exif=turned)
    assert found[5, -5] > 250
    assert found[5, 5] < 5


# ---------------------------------------------------------------------------- what is refused


def refused(folder, name, content, match):
    """A picture among the fish is refused, in little memory."""
    (folder / "fish" / name).write_bytes(content)
    with little_memory():
        refused_path(read, folder, folder / "fish" / name, match)


def test_a_folder_that_is_not_there_or_no_folder_is_an_oserror(tmp_path):
    (tmp_path / "file").write_text("mine")
    for name, error in (("nothing", FileNotFoundError), ("file", NotADirectoryError)):
        with pytest.raises(error, match=name):
            read(tmp_path / name)


def test_a_folder_without_classes_is_refused(tmp_path):
    (tmp_path / "x.png").write_bytes(picture())
    refused_path(read, tmp_path, tmp_path, "expected a folder for each class, got none")


@pytest.mark.parametrize("pictures", [0, 2])
def test_a_class_of_too_few_pictures_is_refused(folder, pictures):
    write(folder, {"empty": range(pictures)})
    refused_path(read, folder, folder / "empty", f"at least three pictures .*, got {pictures}$")


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


JPEG, PNG = picture(ending="JPEG"), picture()
TEXT_BOMB = chunk(b"zTXt", b"x\0\0" + zlib.compress(bytes(50 * MIB)))
NO_PICTURES = [
    ("x.jpg", b""),
    ("x.jpg", b"this is no picture"),
    ("x.jpg", b"\xff\xd8\xff\xe0 neither is this"),
    ("x.jpg", JPEG[:20]),
    ("x.jpg", JPEG[: len(JPEG) // 2]),
    ("x.png", PNG[:8]),
    ("x.png", PNG[:30]),
    ("x.png", PNG[: len(PNG) - 20]),
    ("x.png", b"\x89PNG\r\n\x1a\n" + bytes(100)),
    ("x.jpg", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"),
    *[("x.png", picture(ending=ending)) for ending in ("GIF", "BMP", "TIFF", "WEBP")],
    ("x.png", PNG[:33] + TEXT_BOMB + PNG[33:]),
]


@pytest.mark.parametrize(("name", "content"), NO_PICTURES)
def test_a_file_that_is_not_the_picture_its_name_says_is_refused(folder, name, content):
    refused(folder, name, content, "expected a picture, JPEG or PNG: ")


def test_16_bits_a_pixel_are_refused_rather_than_cut_off(folder):
    content = io.BytesIO()
    deep = np.linspace(0, 65535, 1600).astype(np.uint16).reshape(40, 40)
    Image.fromarray(deep).save(content, "PNG")
    refused(folder, "x.png", content.getvalue(), "expected 8 bits for a grey level, got 16")


@pytest.mark.parametrize(
    ("width", "height"), [(8000, 8000), (10_000, 10_000), (60_000, 60_000), (2**31 - 1, 1)]
)
def test_a_picture_too_large_is_refused_before_it_is_unpacked(folder, width, height):
    size = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(30 * MIB))
    content = PNG[:8] + chunk(b"IHDR", size) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    refused(folder, "x.png", content, "at most 50,000,000 pixels|bomb")
