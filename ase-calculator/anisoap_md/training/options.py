# SPDX-License-Identifier: MIT
"""Arguments of `fit` and `tune` that say what is trained, and how; defaults stand here and in the dataclasses of the terms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from .. import _core
from ..common import checks as _checks
from ..common.errors import ArgumentError, ArgumentTypeError
from ..data import dataset as _dataset
from ..data.labels import label_keys
from .fields import Options, mapping, names, one_of, option, optional, positive
from .grades.options import GradeOptions
from .linear import kernel as _kernel
from .linear.options import (
    KernelOptions,
    LinearOptions,
    LinearPairOptions,
    PolynomialOptions,
    SymmetricOptions,
    SystemOptions,
)
from .networks.options import NetworkOptions, PairNetworkOptions, Schedule
from .networks.train import require_device, require_torch
from .walls.options import WallOptions

KINDS = ("linear", "kernel", "networks", "none")
_PAIRS: dict[str, type[PairNetworkOptions] | type[PolynomialOptions] | type[SymmetricOptions]] = {
    "networks": PairNetworkOptions,
    "polynomial": PolynomialOptions,
    "symmetric": SymmetricOptions,
}
_WITH_COMMITTEE = ("cutoff", "width", "bodies", "widths", "joint")  # of a two-body term trained with it
_JOINT = "two_body with 'joint' (steps and the like are in networks)"
TwoBody = _core.TwoBody | PolynomialOptions | SymmetricOptions | PairNetworkOptions


@dataclass(frozen=True)
class ModelOptions(Options):
    """What a model is, beside its terms.

    Attributes
    ----------
    density_scale : float
        Semi-axes of the density as a fraction of the particle's.
    allow_discontinuity : bool
        Whether a many-body term may go without a cutoff function.
    """

    density_scale: float = option(
        1.0,
        text="semi-axes of the density as a fraction of the particle's",
        check=positive,
        flag="--density-scale",
        metavar="X",
    )
    allow_discontinuity: bool = option(
        False,
        text="train without a cutoff function all the same",
        check=_checks.flag,
        flag="--allow-discontinuity",
    )


@dataclass(frozen=True)
class LabelOptions(Options):
    """Which labels are learned, and how their errors count.

    Attributes
    ----------
    units : {'metal', 'real', 'lj'}
        Unit system of LAMMPS that labels and positions are in.
    targets : sequence of {'energy', 'forces', 'torques', 'stress'}, optional
        None takes all labels of the frames, and refuses forces without torques.
    keys : mapping, optional
        Target -> name of its labels, where it is another one.
    weights : mapping, optional
        Target -> weight of its errors in units of the labels' spread; 1 where not given. In linear systems targets of one weight
        have an equal say, however many labels they have; of stresses the mean over frames of one cell, composition and type.
    config_weights : mapping, optional
        Type of a frame -> weight of its errors; 1 where not given. Frames of weight 0 are left out.
    config_key : str
        Key of ``info`` that holds the type.
    isolated : mapping, optional
        Species -> energy of one particle alone, which the model has exactly; energies per species are fitted without it.
    split : {'random', 'blocks'}
        How test frames and folds are drawn: frame by frame, or as blocks of consecutive frames, for trajectories in which each
        frame resembles the next.
    seed : int
        Of all random choices.
    """

    units: str = option(
        "metal",
        text=f"unit system of IN: {', '.join(_dataset.UNITS)}",
        check=lambda _, value: _dataset.require_units(value),
        flag="--units",
        metavar="NAME",
    )
    targets: Sequence[str] | None = option(
        None, text=f"some of {', '.join(_dataset.TARGETS)}; default: all in IN", flag="--targets", metavar="T"
    )
    keys: Mapping[str, str] | None = option(
        None,
        text="names of labels in IN, such as energy=dft_energy or stress=virial (GAP's: -stress V)",
        check=optional(mapping),
        flag="--keys",
        metavar="T=NAME",
    )
    weights: Mapping[str, float] | None = option(
        None,
        text="weights of targets, such as forces=2; 1 where not given",
        check=optional(mapping),
        flag="--weights",
        metavar="T=X",
    )
    config_weights: Mapping[str, float] | None = option(
        None,
        text="weights of frames by their config_type, such as liquid=2 dimer=0.2; 1 where not given, 0 leaves frames out",
        check=optional(mapping),
        flag="--config-weights",
        metavar="TYPE=X",
    )
    config_key: str = option(
        "config_type",
        text="what names the types of frames in their comment lines",
        check=_checks.word,
        flag="--config-key",
        metavar="KEY",
    )
    isolated: Mapping[str, float] | None = option(
        None,
        text="fixed energies of isolated particles, one for each species, such as C=-1.2; default: fitted",
        check=optional(mapping),
        flag="--isolated",
        metavar="S=E",
    )
    split: str = option(
        "random",
        text=f"how test frames and folds are drawn: {', '.join(_dataset.SPLITS)} (of consecutive frames)",
        check=one_of(_dataset.SPLITS),
        flag="--split",
        metavar="NAME",
    )
    seed: int = option(0, text="of all random choices", check=_checks.integer, flag="--seed", metavar="N")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.targets is not None:
            _dataset.require_targets(self.targets)
        label_keys(self.keys)
        _dataset.read_weights(self.weights, self.targets or _dataset.TARGETS)
        _dataset.read_config_weights(self.config_weights)


@dataclass(frozen=True)
class TermOptions(SystemOptions):
    """Both terms of a model; ValueError for those that no fit takes."""

    kind: str = option(
        "linear",
        text=f"many-body term: {', '.join(KINDS)}",
        flag="--kind",
        metavar="NAME",
    )
    networks: NetworkOptions = NetworkOptions()
    two_body: TwoBody | None = None

    @classmethod
    def of(
        cls,
        kind: str = "linear",
        *,
        networks: Any = None,
        two_body: Any = None,
        learning_curve: bool = False,
        **given: Any,
    ) -> "TermOptions":
        """Of arguments of `fit`: options as mappings or as they are."""
        one_of(KINDS)("kind", kind)
        if networks and kind != "networks":
            raise ArgumentError("networks", f"options for kind '{kind}'", "kind 'networks'")
        return cls(
            kind,
            LinearOptions.of(given),
            KernelOptions.of(given),
            _checks.flag("learning_curve", learning_curve),
            WallOptions.of(given),
            NetworkOptions.read("networks", networks or {}),
            _read_two_body(two_body),
        )

    def __post_init__(self) -> None:
        if self.two_body is None and self.kind == "none":
            text = "a many-body kind, or a two-body term"
            raise ArgumentError("kind", "'none' and no two_body", text)
        if isinstance(self.two_body, LinearPairOptions):
            self._require_joint_polynomial(self.two_body.joint)
        elif isinstance(self.two_body, PairNetworkOptions) and self.two_body.joint:
            if self.kind != "networks":
                self._refuse_joint(True, "kind 'networks'")
            self._require_schedule_of_committee(self.two_body)
        if self.learning_curve:
            self._require_linear()

    @property
    def polynomial(self) -> LinearPairOptions | None:
        """Options of the two-body polynomial or expansion, where there is one."""
        return self.two_body if isinstance(self.two_body, LinearPairOptions) else None

    @property
    def pair_networks(self) -> PairNetworkOptions | None:
        """Options of the two-body networks, where there are any to train."""
        return self.two_body if isinstance(self.two_body, PairNetworkOptions) else None

    @property
    def joint(self) -> bool:
        """Whether both terms are trained at once."""
        if self.polynomial is not None:
            joint = self.polynomial.joint
            return self.kind == "none" or (self.kind == "linear" and (joint is None or joint))
        return self.pair_networks is not None and bool(self.pair_networks.joint)

    @property
    def is_one_system(self) -> bool:
        """Whether all that is trained is the solution of one linear system."""
        is_known = self.two_body is None or isinstance(self.two_body, _core.TwoBody)
        return self.kind != "networks" and (is_known or self.joint)

    @property
    def trains_networks(self) -> bool:
        return self.kind == "networks" or self.pair_networks is not None

    def polynomial_alone(self) -> SystemOptions:
        """The polynomial as if there were no many-body term."""
        return SystemOptions("none", self.solver, walls=self.walls)

    def require_packages(self) -> None:
        """RuntimeError for optional packages that are missing, ArgumentError for devices that torch does not see."""
        if self.trains_networks:
            require_torch("networks")
        if self.pair_networks is not None:
            require_device("two_body['device']", self.pair_networks.device)
        if self.kind == "networks":
            require_device("networks['device']", self.networks.device)
        if self.kind == "kernel":
            _kernel.require_skmatter()

    def _require_joint_polynomial(self, joint: bool | None) -> None:
        if joint and self.kind not in ("linear", "none"):
            self._refuse_joint(True, "kind 'linear' or 'none'")
        if joint is not None and not joint and self.kind == "none":
            self._refuse_joint(False, "True, or a many-body kind")

    def _require_schedule_of_committee(self, two_body: PairNetworkOptions) -> None:
        """ValueError for options of the two-body term that a joint training takes from `networks`."""
        others = [name for name in names(Schedule) if name not in _WITH_COMMITTEE]
        changed = [name for name in others if getattr(two_body, name) != getattr(PairNetworkOptions, name)]
        _checks.require_options(_JOINT, changed, _WITH_COMMITTEE)

    def require_grades(self) -> None:
        """ValueError where some of the terms have no extrapolation grade."""
        if self.kind not in ("linear", "none"):
            raise ArgumentError("grade", f"True with kind '{self.kind}'", "kind 'linear' or 'none'")
        term = self.two_body
        polynomial = isinstance(term, PolynomialOptions) or (
            isinstance(term, _core.TwoBody) and all(pair.polynomial for pair in term.pairs)
        )
        if term is not None and not polynomial:
            text = "a two-body polynomial (two_body={'kind': 'polynomial', ...}), or none"
            raise ArgumentError("grade", "True with another two-body term", text)

    def _refuse_joint(self, joint: bool, expected: str) -> None:
        raise ArgumentError("two_body['joint']", f"{joint} beside kind '{self.kind}'", expected)

    def _require_linear(self) -> None:
        """ValueError where no term has a learning curve."""
        if self.kind == "networks" or (self.kind == "none" and self.polynomial is None):
            text = "kind 'linear' or 'kernel', or 'none' with a two-body polynomial"
            raise ArgumentError("learning_curve", f"True with kind '{self.kind}'", text)


@dataclass(frozen=True)
class FitOptions:
    """All that `fit` and `tune` are told beside frames, descriptor and prior."""

    terms: TermOptions
    model: ModelOptions
    labels: LabelOptions
    grades: GradeOptions = GradeOptions()

    def __post_init__(self) -> None:
        if self.grades.grade:
            self.terms.require_grades()

    @classmethod
    def of(cls, **given: Any) -> "FitOptions":
        """Of keywords of `fit`, checked."""
        _checks.require_options("fit", given, _keywords())
        parts = (ModelOptions.of(given), LabelOptions.of(given), GradeOptions.of(given))
        return cls(TermOptions.of(**given), *parts)

    @classmethod
    def among(cls, arguments: Mapping[str, Any]) -> "FitOptions":
        """Of all arguments of a function, some of which are keywords of `fit`."""
        return cls.of(**{name: arguments[name] for name in _keywords() if name in arguments})


def _keywords() -> set[str]:
    """Arguments of `fit` that are options."""
    classes = (LinearOptions, KernelOptions, WallOptions, ModelOptions, LabelOptions, GradeOptions)
    parts = [names(part) for part in classes]
    return {"kind", "networks", "two_body", "learning_curve", *chain.from_iterable(parts)}


def _read_two_body(given: Any) -> TwoBody | None:
    """Options of a two-body term by their kind, or a trained one."""
    if given is None or isinstance(given, TwoBody):
        return given
    if not isinstance(given, Mapping):
        raise ArgumentTypeError("two_body", repr(given), "options, or a trained term")
    rest = {name: value for name, value in given.items() if name != "kind"}
    kind = given.get("kind")
    if kind is None:
        text = "also the kind: 'polynomial', the one to begin with, 'symmetric' or 'networks'"
        raise ArgumentError("two_body", "options without 'kind'", text)
    one_of(tuple(_PAIRS))("two_body['kind']", kind)
    if kind == "networks" and rest.get("joint") in (True,):
        _checks.require_options(_JOINT, rest, _WITH_COMMITTEE)
    hints = {
        name: f"; kind '{other}' has it"
        for other in reversed(_PAIRS)
        if other != kind
        for name in names(_PAIRS[other])
    }
    return _PAIRS[kind].read("two_body", rest, hints, f"two_body of kind '{kind}'")
