"""Shapeset-3x2: endless images of one or two triangles, parallelograms and ellipses.

All three shapes are convex, so an object meets a row of pixels in one interval of columns. The
*spans* of n objects, an array ``(2, n, 32)`` with the first column and the end (one past the last)
in every row, say which pixels they cover: areas and overlaps are sums of lengths, and the pixels
themselves are painted only once.

Coordinates are in pixels, x to the right, y down; the pixel (row, column) has its centre at
x = column + 1/2, y = row + 1/2.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from tinynet._internal import checks
from tinynet._internal.states import plain, restore, with_keys

SIDE = 32  # pixels
BLOCK = 2000  # images made at once; another number gives another stream
SIZE = (0.2 * SIDE, 0.8 * SIDE)  # the range of an object's two extents, in pixels
ROTATIONS = 255  # steps in a full turn
MARGIN = 1.0  # pixels between an object's outline and the border, at least
DARK, LIGHT = (0, 114), (140, 255)  # grey levels: 0 to 0.45 and 0.55 to 1 of 255, rounded down
MAX_OVERLAP = 0.5  # the part of the first object that the second may cover
MAX_TRIES = 1000  # for the second object of an image

# The published generator also paints some of the pixels that an outline only touches: its
# triangles, parallelograms and ellipses cover 99, 142 and 220 pixels on average. With edges and
# corners moved out by EDGE pixels ours cover 97.6, 143.6 and 218.1 (EDGE = 0: 83.1, 127.9, 201.0),
# and no painted pixel's centre is more than EDGE * sqrt(2) < 1/2 outside: the border stays free.
EDGE = 1 / 3

TRIANGLE, PARALLELOGRAM, ELLIPSE, NOTHING = range(4)
LABELS = np.array([[6, 3, 5, 0], [3, 7, 4, 1], [5, 4, 8, 2]])  # of [first object, second object]
GREYS = np.array([[DARK, LIGHT, LIGHT], [LIGHT, DARK, DARK]])  # [inverted, ground or object]
CENTRES = np.arange(SIDE) + 0.5  # of the pixels, in rows and in columns
STOPS = np.arange(SIDE + 1)
COVERED = (STOPS[:, None, None] <= STOPS[:-1]) & (STOPS[:-1] < STOPS[:, None])  # [first, end]


def _rotation(angle: np.ndarray) -> np.ndarray:
    """Return rotation matrices ``(n, 2, 2)`` for angles ``(n,)`` in radians."""
    cos, sin = np.cos(angle), np.sin(angle)
    return np.stack([cos, -sin, sin, cos], axis=1).reshape(-1, 2, 2)


def _centre(low: np.ndarray, high: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Place objects that reach from ``low`` to ``high`` about their centres; return these."""
    smallest = MARGIN - low
    largest = SIDE - MARGIN - high
    return smallest + place * (largest - smallest)


def _spans(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return spans of the pixels with centres from ``left`` to ``right``, both ``(n, 32)``."""
    first = np.clip(np.ceil(left - 0.5), 0, SIDE)
    end = np.clip(np.floor(right + 0.5), first, SIDE)  # end = first: no pixel
    return np.array([first, end], dtype=np.int16)


def _polygons(
    sides: int, size: np.ndarray, turn: np.ndarray, angle: np.ndarray, place: np.ndarray
) -> np.ndarray:
    """Turn regular polygons, stretch them, turn them to a level base + angle, and move them."""
    corner_angles = np.pi / 2 + 2 * np.pi / sides * (np.arange(sides) + 0.5)
    corners = np.array([np.cos(corner_angles), np.sin(corner_angles)]) / 2  # base: last to first
    tilt = np.arctan2(size[:, 1] * np.sin(turn), size[:, 0] * np.cos(turn))  # the stretched base's
    corners = size[:, :, None] * (_rotation(turn) @ corners)  # (n, 2, sides)
    corners = _rotation(angle - tilt) @ corners
    centre = _centre(corners.min(axis=2), corners.max(axis=2), place)

    # A point p is inside where normal . (p - centre) <= reach, for all edges (each ends at its
    # corner) and all corners: if only its edges moved out, a sharp corner would grow long.
    edge_x, edge_y = np.moveaxis(corners - np.roll(corners, 1, axis=2), 1, 0)
    normals = np.stack([edge_y, -edge_x], axis=1) / np.hypot(edge_x, edge_y)[:, None]
    bisectors = normals + np.roll(normals, -1, axis=2)
    normals = np.concatenate([normals, bisectors], axis=2)  # (n, 2, 2 sides)
    reach = np.sum(normals * np.tile(corners, 2), axis=1) + EDGE * np.linalg.norm(normals, axis=1)

    # In a row that is x <= start - slope y if the normal points right, and x >= if it points left.
    n_x, n_y = np.moveaxis(normals, 1, 0)  # (n, 2 sides)
    n_x = np.where(n_x == 0, 1e-30, n_x)  # a level edge meets a row far outside, not at infinity
    start = centre[:, :1] + reach / n_x
    slope = n_y / n_x
    start_left = np.where(n_x < 0, start, -np.inf)
    start_right = np.where(n_x > 0, start, np.inf)
    y = CENTRES - centre[:, 1:]  # (n, 32)
    left, right = np.full_like(y, -np.inf), np.full_like(y, np.inf)
    for k in range(2 * sides):  # one at a time: small arrays stay in the cache
        drift = slope[:, k, None] * y
        left = np.maximum(left, start_left[:, k, None] - drift)
        right = np.minimum(right, start_right[:, k, None] - drift)
    return _spans(left, right)


def _ellipses(size: np.ndarray, angle: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Stretch circles, turn them by angle and move them (a first turn would do nothing)."""
    rotation, half_axes = _rotation(angle), size[:, None, :] / 2
    reach = np.linalg.norm(rotation * half_axes, axis=2)
    centre = _centre(-reach, reach, place)

    # M = rotation diag(half_axes) takes the unit circle to the image: a point p is inside where
    # |M^-1 (p - centre)| <= 1, in each row a quadratic in x.
    half_axes = half_axes + EDGE
    m_x, m_y = np.moveaxis(rotation * half_axes, 1, 0)  # the rows of M, (n, 2)
    xy = np.sum(m_x * m_y, axis=1, keepdims=True)
    yy = np.sum(m_y * m_y, axis=1, keepdims=True)
    det = np.prod(half_axes, axis=2)
    y = CENTRES - centre[:, 1:]  # (n, 32)
    middle = centre[:, :1] + xy / yy * y
    half_width = det / yy * np.sqrt(np.maximum(yy - y**2, 0))
    half_width = np.where(y**2 <= yy, half_width, -1)  # above and below: right < left
    return _spans(middle - half_width, middle + half_width)


def _objects(rng: np.random.Generator, kind: np.ndarray) -> np.ndarray:
    """Draw an object of each kind, with random sizes, angles and place; return their spans."""
    n = len(kind)
    size = np.sort(rng.uniform(*SIZE, size=(n, 2)))[:, ::-1]  # the larger along the base
    turn = 2 * np.pi * rng.uniform(-0.5, 0.5, size=n)  # over sides: within the symmetry sector
    angle = 2 * np.pi / ROTATIONS * rng.integers(ROTATIONS, size=n)
    place = rng.random((n, 2))

    spans = np.empty((2, n, SIDE), dtype=np.int16)
    for polygon, sides in ((TRIANGLE, 3), (PARALLELOGRAM, 4)):
        i = np.flatnonzero(kind == polygon)
        spans[:, i] = _polygons(sides, size[i], turn[i] / sides, angle[i], place[i])
    i = np.flatnonzero(kind == ELLIPSE)
    spans[:, i] = _ellipses(size[i], angle[i], place[i])
    return spans


def _area(spans: np.ndarray) -> np.ndarray:
    """Count the pixels covered, ``(n,)``."""
    first, end = spans
    return np.sum(np.maximum(end - first, 0), axis=1)


def _overlap(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Count the pixels that two objects (their spans) have in common, ``(n,)``."""
    return _area(np.array([np.maximum(a[0], b[0]), np.minimum(a[1], b[1])]))


def _second_objects(rng: np.random.Generator, kind: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Draw the second objects, again where one covers too much of ``first``; return spans."""
    spans = np.zeros_like(first)
    waiting = np.flatnonzero(kind != NOTHING)
    for _ in range(MAX_TRIES):
        tried, under = _objects(rng, kind[waiting]), first[:, waiting]
        fits = _overlap(tried, under) <= MAX_OVERLAP * _area(under)
        spans[:, waiting[fits]] = tried[:, fits]
        waiting = waiting[~fits]
        if waiting.size == 0:
            return spans
    raise RuntimeError(f"{waiting.size} second objects found no place in {MAX_TRIES} tries")


def _paint(images: np.ndarray, spans: np.ndarray, grey: np.ndarray) -> None:
    """Paint objects of grey level ``grey`` ``(n,)`` over ``images`` ``(n, 1024)``, both uint8."""
    first, end = spans
    # COVERED[first, end], eight times faster: rows looked up by one index instead of two.
    inside = COVERED.reshape(-1, SIDE).take((SIDE + 1) * first + end, axis=0)
    change = grey[:, None] - images  # uint8 wraps round below 0, and back in the sum
    change *= inside.reshape(images.shape)
    images += change


def _block(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw the next images: grey levels ``(BLOCK, 1024)`` and labels ``(BLOCK,)``."""
    kind = rng.integers(3, size=(BLOCK, 2))
    kind[rng.random(BLOCK) < 0.5, 1] = NOTHING
    inverted = rng.integers(2, size=BLOCK)
    low, high = np.moveaxis(GREYS[inverted], 2, 0)
    ground, grey_1, grey_2 = rng.integers(low, high, endpoint=True).astype(np.uint8).T

    first = _objects(rng, kind[:, 0])
    second = _second_objects(rng, kind[:, 1], first)
    images = np.repeat(ground[:, None], SIDE * SIDE, axis=1)
    for start in range(0, BLOCK, 100):  # a few at a time: small arrays stay in the cache
        some = slice(start, start + 100)
        _paint(images[some], first[:, some], grey_1[some])
        _paint(images[some], second[:, some], grey_2[some])
    return images, LABELS[kind[:, 0], kind[:, 1]]


class Shapeset:
    """Endless 32 x 32 images of one or two objects; the label says which objects [1]_.

    Parameters
    ----------
    rng : int, sequence of int or numpy.random.Generator
        The seed, or the generator to draw from. A generator is used as it is, not copied, and
        runs a block of images ahead: give the source its own.

    Attributes
    ----------
    class_names : tuple of str
        The names of labels 0 to 8. Which of two objects is in front does not count.

    Notes
    -----
    An image has one object or two, with equal chance, and each is a triangle, a parallelogram or
    an ellipse, with equal chance. So the classes are not balanced: 1/6 for each single object,
    1/9 for each pair of different ones, 1/18 for each pair of the same.

    An object is a regular polygon in a circle of diameter 1 (or the circle), turned by a random
    part of its sector of symmetry, stretched by two factors uniform in 6.4 to 25.6 pixels, the
    larger along the base, turned until the base is level, turned by a random multiple of
    2 pi / 255, and moved to a place uniform among those where all of it is a pixel or more from
    the border. Greys are flat: light objects (140 to 255) on a dark ground (0 to 114) or, in half
    of the images, dark objects on a light ground. The second object lies on top of the first.

    Three things differ, knowingly, from the published generator [2]_. There an estimate decides
    whether the second object covers too much of the first; here a count of pixels: at most half.
    There the ellipse is a polygon of 20 sides; here it is an ellipse. There an image can be left
    with one object after too many tries; here the second object's shape, size, angle and place
    are drawn again, never its kind or grey, and after 1,000 tries that is an error.

    References
    ----------
    .. [1] X. Glorot and Y. Bengio, "Understanding the difficulty of training deep feedforward
       neural networks", AISTATS 2010, section 2.1.
    .. [2] https://github.com/glorotxa/Shapeset, ``polygongen.py`` and ``simpleexemple.py``.

    Examples
    --------
    >>> source = Shapeset(rng=0)
    >>> x, labels = source.draw(10)
    >>> x.shape, x.dtype, labels.shape
    ((10, 1024), dtype('float32'), (10,))
    """

    class_names = (
        *("tri", "par", "ell"),
        *("tri+par", "par+ell", "tri+ell"),
        *("tri+tri", "par+par", "ell+ell"),
    )

    def __init__(self, rng: int | Sequence[int] | np.random.Generator) -> None:
        if rng is None:
            raise TypeError("rng: expected a seed or a numpy.random.Generator, got None")
        self._rng = checks.generator("rng", rng)
        self._position = BLOCK  # images drawn from the block: all, so draw makes the first block

    def __repr__(self) -> str:
        return f"Shapeset({SIDE} x {SIDE} pixels, {len(self.class_names)} classes, endless)"

    def _next_block(self) -> None:
        self._start = self._rng.bit_generator.state
        self._images, self._labels = _block(self._rng)
        self._position = 0

    def draw(self, n: int) -> tuple[np.ndarray, np.ndarray]:
        """Draw the next images: 100 of them 10 times are the same as 1,000 at once.

        Parameters
        ----------
        n : int
            How many, at least 1.

        Returns
        -------
        x : numpy.ndarray
            Images, ``(n, 1024)``, float32 from -1 (black) to 1 (white), row by row from the top.
        labels : numpy.ndarray
            Their classes, ``(n,)``, int64. Both arrays are the caller's own.

        Raises
        ------
        TypeError, ValueError
            ``n`` is not a whole number of at least 1.
        RuntimeError
            A second object found no place in 1,000 tries.
        """
        n = checks.size("n", n)
        x = np.empty((n, SIDE * SIDE), dtype=np.float32)
        labels = np.empty(n, dtype=np.int64)
        done = 0
        while done < n:
            if self._position == BLOCK:
                self._next_block()
            count = min(n - done, BLOCK - self._position)
            here = slice(done, done + count)
            there = slice(self._position, self._position + count)
            x[here] = self._images[there]
            labels[here] = self._labels[there]
            self._position += count
            done += count
        x /= 127.5
        x -= 1  # grey levels 0 to 255 are now -1 to 1
        return x, labels

    @property
    def state(self) -> dict[str, Any]:
        """Where the stream stands, as a dict that JSON can hold; set it to continue there.

        ``generator`` is the bit generator's state at the start of the current block of images,
        ``position`` the number of images drawn from that block. Setting anything else, or the
        state of another kind of generator, is a TypeError or a ValueError, and changes nothing.
        """
        if self._position == BLOCK:
            return {"generator": plain(self._rng.bit_generator.state), "position": 0}
        return {"generator": plain(self._start), "position": self._position}

    @state.setter
    def state(self, state: dict[str, Any]) -> None:
        state = with_keys("state", state, {"generator", "position"})
        position = state["position"]
        if type(position) is not int or not 0 <= position < BLOCK:
            got = checks.describe(position)
            raise ValueError(f"state['position']: expected an int below {BLOCK}, got {got}")
        restore("state['generator']", self._rng, state["generator"])
        self._position = BLOCK
        if position > 0:  # else the block is made when it is drawn from, as in the run before
            self._next_block()
            self._position = position
