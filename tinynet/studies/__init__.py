"""What the paper did: each study is a function from settings to plain arrays.

Computing is kept apart from drawing: a study returns a :class:`Result`, which can be saved,
loaded, and drawn with :mod:`tinynet.plots` as often as you like.
"""

from tinynet.studies import figure11, figure12, race, seeded, significance, table1, tables
from tinynet.studies.batch_sizes import batch_sizes
from tinynet.studies.costs import cost_surfaces
from tinynet.studies.curriculum import curriculum
from tinynet.studies.dropout import dropout
from tinynet.studies.fifty_layers import fifty_layers
from tinynet.studies.histograms import layer_histograms
from tinynet.studies.landscape import landscape
from tinynet.studies.larger_rates import larger_rates, plateau
from tinynet.studies.marked_digits import marked_digits
from tinynet.studies.normalizing import with_norm
from tinynet.studies.pretraining import pre_training
from tinynet.studies.private import private
from tinynet.studies.race import Race
from tinynet.studies.rates_by_width import rates_by_width
from tinynet.studies.rectifiers import rectifiers
from tinynet.studies.result import Result
from tinynet.studies.spectra import geometric_mean, jacobian_spectra, law, marchenko_pastur
from tinynet.studies.table1 import Table1
from tinynet.studies.transfer import transfer
from tinynet.studies.variance import linear_regime, mean_field, variance_theory
from tinynet.studies.watched import Run, runs_folder, watch
from tinynet.studies.ways_off import ways_off

__all__ = [
    "Race",
    "Result",
    "Run",
    "Table1",
    "batch_sizes",
    "cost_surfaces",
    "curriculum",
    "dropout",
    "fifty_layers",
    "figure11",
    "figure12",
    "geometric_mean",
    "jacobian_spectra",
    "landscape",
    "larger_rates",
    "law",
    "layer_histograms",
    "linear_regime",
    "marchenko_pastur",
    "marked_digits",
    "mean_field",
    "plateau",
    "pre_training",
    "private",
    "race",
    "rates_by_width",
    "rectifiers",
    "runs_folder",
    "seeded",
    "significance",
    "table1",
    "tables",
    "transfer",
    "variance_theory",
    "watch",
    "ways_off",
    "with_norm",
]
