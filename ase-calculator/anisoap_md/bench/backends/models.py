# SPDX-License-Identifier: MIT
"""Models on power spectra, with weights from a seed, and their energies from the oracle's rows."""

from itertools import pairwise

import numpy as np

from ... import _core
from ...backends import Options
from .core import hypers_of

WIDTHS = (32, 32)  # hidden layers of networks
_SEED = 3


def linear_model(options: Options) -> _core.Model:
    """Linear in the power spectrum, with the same weights for each species."""
    return _model(options, _linear(options))


def linear_energies(rows: np.ndarray, options: Options) -> np.ndarray:
    """[n, 1] of ``linear_model``, from power spectra [n, n_features]."""
    return (symmetric(rows, options) @ _linear(options).weights)[:, None]


def network_model(options: Options) -> _core.Model:
    """A network of ``WIDTHS`` on the power spectrum, the same for each species."""
    return _model(options, _networks(options))


def network_energies(rows: np.ndarray, options: Options) -> np.ndarray:
    """[n, 1] of ``network_model``, from power spectra [n, n_features]."""
    (network,) = _networks(options).networks
    values, left = symmetric(rows, options), network.parameters
    for k, (n_in, n_out) in enumerate(pairwise(network.widths)):
        matrix, bias, left = np.split(left, [n_in * n_out, n_in * n_out + n_out])
        inputs = values / (1 + np.exp(-values)) if k else values
        values = inputs @ matrix.reshape(n_out, n_in).T + bias
    return values


def symmetric(rows: np.ndarray, options: Options) -> np.ndarray:
    """Columns of the upper triangle of power spectra [n, n_features], those off the diagonal times sqrt(2)."""
    core = _core.Descriptor(hypers_of(options))
    full = {tuple(label): k for k, label in enumerate(core.labels().tolist())}
    upper = core.labels("symmetric")
    on_diagonal = (upper[:, 2:4] == upper[:, 4:6]).all(axis=1)
    return rows[:, [full[tuple(label)] for label in upper.tolist()]] * np.where(on_diagonal, 1, np.sqrt(2))


def _model(options: Options, local: _core.LocalEnergy) -> _core.Model:
    model = _core.Model()
    model.hypers = hypers_of(options)
    model.allow_discontinuity = True
    model.units = "lj"
    model.local = [local] * len(options.numbers)
    return model


def _local(options: Options, kind: str) -> tuple[_core.LocalEnergy, int]:
    """On power spectra as they are, and their number of columns."""
    n = _core.Descriptor(hypers_of(options)).row_length("symmetric")
    local = _core.LocalEnergy()
    local.kind = kind  # type: ignore[assignment]
    local.shift, local.scale = np.zeros(n), np.ones(n)
    return local, n


def _linear(options: Options) -> _core.LocalEnergy:
    local, n = _local(options, "linear")
    local.weights = np.random.default_rng(_SEED).normal(size=n)
    return local


def _networks(options: Options) -> _core.LocalEnergy:
    local, n = _local(options, "networks")
    rng = np.random.default_rng(_SEED)
    widths = [n, *WIDTHS, 1]
    layers = [
        (rng.normal(scale=n_in**-0.5, size=n_in * n_out), np.zeros(n_out)) for n_in, n_out in pairwise(widths)
    ]
    local.networks = [_core.Network(widths, np.concatenate([part for layer in layers for part in layer]))]
    return local
