# SPDX-License-Identifier: MIT
"""Both terms of a model: which is trained first, which are trained at once, and errors of the latter."""

from typing import Any

from .. import _core
from .linear.options import LinearPairOptions, PolynomialOptions, SymmetricOptions
from .linear.pairs.design import PairDesign
from .linear.pairs.polynomial import PolynomialDesign
from .linear.pairs.symmetric import SymmetricDesign
from .linear.regression import (
    add_pair_variances,
    cross_validated,
    fill_many_body,
    fill_polynomials_first,
)
from .linear.selection import selected
from .networks import train as _networks
from .networks.options import NetworkOptions, PairNetworkOptions
from .options import TermOptions
from .problem import Problem
from .setup import without_two_body
from .walls.options import WallOptions

Found = tuple[dict[str, Any], list[dict[str, Any]]]  # facts for the document, and the learning curve


def fill_terms(model: _core.Model, problem: Problem, options: TermOptions) -> Found:
    """Trains what `options` say; the held-out frames are for the learning curve."""
    term = options.two_body
    if isinstance(term, LinearPairOptions):
        return _fill_polynomial(model, problem, options, term)
    if isinstance(term, PairNetworkOptions) and term.joint:
        return _fill_both_networks(model, problem, term, options.networks), []
    if term is not None:
        model.two_body = first_term(problem, term)
    return _fill_rest(model, problem, options)


def errors_of_one_system(model: _core.Model, problem: Problem, options: TermOptions) -> dict[str, Any]:
    """``cross_validated`` of all that is trained; a trained two-body term goes into the model.

    Walls are not looked at: terms of expansions are chosen by labels alone, as those of `errors_of_fits`.
    """
    polynomials = None
    if options.polynomial is not None:
        polynomials = _design_of(problem, options.polynomial)
    elif isinstance(options.two_body, _core.TwoBody):
        model.two_body = options.two_body
    return cross_validated(without_two_body(problem, model), options, polynomials)


def _design_of(problem: Problem, options: LinearPairOptions, walls: WallOptions | None = None) -> PairDesign:
    if isinstance(options, SymmetricOptions):
        return selected(problem, SymmetricDesign(problem, options), options.max_terms, walls)
    assert isinstance(options, PolynomialOptions)
    return PolynomialDesign(problem, options)


def _fill_polynomial(
    model: _core.Model, problem: Problem, options: TermOptions, polynomial: LinearPairOptions
) -> Found:
    polynomials = _design_of(problem, polynomial, options.walls)
    if options.joint:
        return fill_many_body(model, problem, options, polynomials)
    first, variances = fill_polynomials_first(model, problem, options.polynomial_alone(), polynomials)
    facts, curve = _fill_rest(model, problem, options)
    if variances:
        add_pair_variances(model, variances)
    return {**facts, "walls": first.pop("walls", None), "two_body_fit": first}, curve


def _fill_rest(model: _core.Model, problem: Problem, options: TermOptions) -> Found:
    """The many-body term, of what the two-body term leaves."""
    left = without_two_body(problem, model)
    if options.kind == "networks":
        return _fill_networks(model, left, options), []
    return fill_many_body(model, left, options)


def first_term(problem: Problem, term: _core.TwoBody | PairNetworkOptions) -> _core.TwoBody:
    """A trained two-body term as it is, or networks that are trained on whole labels."""
    return _networks.train_two_body(problem, term) if isinstance(term, PairNetworkOptions) else term


def _fill_networks(model: _core.Model, problem: Problem, options: TermOptions) -> dict[str, Any]:
    model.local = _networks.train_committee(problem, options.networks)
    return {"networks": options.networks.given}


def _fill_both_networks(
    model: _core.Model, problem: Problem, two_body: PairNetworkOptions, options: NetworkOptions
) -> dict[str, Any]:
    model.two_body, model.local = _networks.train_both(problem, two_body, options)
    model.joint_committees = True
    return {"networks": options.given}
