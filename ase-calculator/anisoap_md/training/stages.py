# SPDX-License-Identifier: MIT
"""Both terms of a model: which is trained first, and which are trained at once."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from .. import _core
from ..data.dataset import Dataset, Scales
from ..data.environments import Environments
from .linear.pair_polynomial import PairDesign
from .linear.regression import add_pair_variances, fill_many_body, fill_pairs_first
from .options import Options
from .problem import without_two_body

Found = tuple[dict[str, Any], list[dict[str, Any]]]  # facts for the document, and the learning curve


def fill_terms(
    model: _core.Model,
    environments: Environments,
    data: Dataset,
    held: Dataset,
    weights: Mapping[str, float],
    scales: Scales,
    seed: int,
    options: Options,
) -> Found:
    """Trains what `options` says; `held` is for the learning curve."""

    def fill_rest(pairs: PairDesign | None = None) -> Found:
        rest, rest_held = (without_two_body(d, model, environments.num_threads) for d in (data, held))
        if options.kind == "networks":
            return _fill_networks(model, environments, rest, weights, scales, seed, options), []
        return fill_many_body(model, environments, rest, rest_held, weights, scales, seed, options, pairs)

    if options.polynomial is None:
        if options.joint:
            return _fill_both_networks(model, environments, data, weights, scales, seed, options), []
        if options.two_body is not None:
            model.two_body = first_term(data, environments.species, weights, scales, seed, options)
        return fill_rest()
    pairs = PairDesign(data, environments.species, options.polynomial, environments.num_threads)
    if options.joint:
        return fill_rest(pairs)
    alone = replace(options, kind="none", networks=None, learning_curve=False)
    first, variances = fill_pairs_first(model, environments, data, weights, scales, alone, pairs)
    facts, curve = fill_rest()
    add_pair_variances(model, variances)
    return {**facts, "two_body_fit": first}, curve


def first_term(
    data: Dataset,
    species: Sequence[int],
    weights: Mapping[str, float],
    scales: Scales,
    seed: int,
    options: Options,
) -> _core.TwoBody:
    """A trained two-body term as it is, or networks that are trained on whole labels."""
    if isinstance(options.two_body, _core.TwoBody):
        return options.two_body
    from .networks.train import train_two_body

    given = options.pair_networks or {}
    return train_two_body(data, species, weights, scales, seed=seed, show_progress=options.show, **given)


def _fill_networks(
    model: _core.Model,
    environments: Environments,
    data: Dataset,
    weights: Mapping[str, float],
    scales: Scales,
    seed: int,
    options: Options,
) -> dict[str, Any]:
    from .networks.train import train_committee

    given = dict(options.networks or {})
    model.local = train_committee(
        data, environments, weights, scales, seed=seed, show_progress=options.show, **given
    )
    return {"networks": given}


def _fill_both_networks(
    model: _core.Model,
    environments: Environments,
    data: Dataset,
    weights: Mapping[str, float],
    scales: Scales,
    seed: int,
    options: Options,
) -> dict[str, Any]:
    from .networks.train import train_both

    of_pairs, rest = dict(options.pair_networks or {}), dict(options.networks or {})
    if "widths" in of_pairs:
        of_pairs["pair_widths"] = of_pairs.pop("widths")
    model.two_body, model.local = train_both(
        data, environments, weights, scales, seed=seed, show_progress=options.show, **of_pairs, **rest
    )
    model.joint_committees = True
    return {"networks": rest}
