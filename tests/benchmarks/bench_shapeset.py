"""Images a second of Shapeset in one thread, beside a plain Pillow loop drawing the same shapes.

Run it: python tests/benchmarks/bench_shapeset.py
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy is imported

import math
import random
import statistics
import time

import numpy as np

from tinynet.datasets.shapeset import BLOCK, Shapeset

IMAGES = 20 * BLOCK
ROUNDS = 5


def shapeset(batch):
    """Draw IMAGES images, ``batch`` at a time."""
    source = Shapeset(rng=0)
    for _ in range(IMAGES // batch):
        source.draw(batch)
    return IMAGES


def pillow(images=1000):
    """Draw images one by one with ImageDraw: the same shapes, but no limit to their overlap."""
    from PIL import Image, ImageDraw

    rng = random.Random(0)
    x = np.empty((images, 1024), dtype=np.float32)
    for i in range(images):
        light, dark = (140, 255), (0, 114)
        if rng.random() < 0.5:
            light, dark = dark, light
        image = Image.new("L", (32, 32), rng.randint(*dark))
        draw = ImageDraw.Draw(image)
        for _ in range(rng.randint(1, 2)):
            sides = rng.choice((3, 4, 20))  # 20 for an ellipse, as the published generator has it
            small, large = sorted(rng.uniform(6.4, 25.6) for _ in range(2))
            turn = math.pi / sides * rng.uniform(-1, 1)
            tilt = math.atan2(small * math.sin(turn), large * math.cos(turn))
            angle = 2 * math.pi / 255 * rng.randrange(255) - tilt
            cos, sin = math.cos(angle), math.sin(angle)
            corners = []
            for k in range(sides):
                t = math.pi / 2 + 2 * math.pi / sides * (k + 0.5) + turn
                u, v = large / 2 * math.cos(t), small / 2 * math.sin(t)
                corners.append((cos * u - sin * v, sin * u + cos * v))
            xs, ys = zip(*corners, strict=True)
            left = rng.uniform(1 - min(xs), 31 - max(xs))
            top = rng.uniform(1 - min(ys), 31 - max(ys))
            outline = [(left + u, top + v) for u, v in corners]
            draw.polygon(outline, fill=rng.randint(*light))
        x[i] = np.asarray(image).reshape(-1) / 127.5 - 1
    return images


def rate(function, *args):
    """Images a second: the median of ROUNDS, and the best."""
    rates = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        images = function(*args)
        rates.append(images / (time.perf_counter() - start))
    return statistics.median(rates), max(rates)


def main():
    for batch in (10, 1000):
        median, best = rate(shapeset, batch)
        print(f"tinynet, draw({batch}): {median:,.0f} images/s (best {best:,.0f})")

    source = Shapeset(rng=0)
    source.draw(10)
    times = []
    for _ in range(BLOCK // 10 - 1):
        start = time.perf_counter()
        source.draw(10)
        times.append(time.perf_counter() - start)
    print(f"tinynet, draw(10) inside a block: {1e6 * statistics.median(times):.1f} microseconds")

    try:
        import PIL
    except ImportError:
        print("Pillow is not installed: no peer to compare with")
        return
    peer, best = rate(pillow)
    print(f"Pillow {PIL.__version__}, ImageDraw loop: {peer:,.0f} images/s (best {best:,.0f})")
    print(f"tinynet is {median / peer:.0f} times as fast")


if __name__ == "__main__":
    main()
