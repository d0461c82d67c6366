"""Figure 11 of the paper: test error on Shapeset-3x2 against the number of images seen."""

from __future__ import annotations

from tinynet.studies.race import Size

# Read off the paper's Figure 11: test error in % after so many images, half a point either way.
PAPER = {
    "images": (500_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000, 15_000_000, 20_000_000),
    "softsign": (56.8, 47.3, 41.5, 33.6, 27.5, 22.4, 19.2),
    "softsign_n": (69, 64, 47, 35, 28.5, 23, 19),
    "tanh": (69.8, 68.2, 60.7, 49.3, 39.3, 34.5, 30.8),
    "tanh_n": (69, 55, 43.3, 35.2, 26.5, 21.3, 17.7),
    "sigmoid": (83.5, 83.5, 83.5, 83.5, 83.5, 83.5, 83.5),
}
# A quarter of the updates for each rate: sooner, tanh is still at the chance level at every rate.
SIZES = {
    size.name: size
    for size in (
        Size("quick", width=100, updates=20_000, search=5_000, step=1000),
        Size("medium", width=1000, updates=200_000, search=50_000, step=10_000),
        Size("long", width=300, updates=2_500_000, search=625_000, step=25_000),
        Size("paper", width=1000, updates=2_500_000, search=625_000, step=25_000),
    )
}
