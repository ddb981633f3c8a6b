# SPDX-License-Identifier: MIT
"""Backends by name, and what each can vary."""

from importlib import import_module
from typing import NamedTuple

from ... import _core, backends
from ...common.errors import ArgumentError

_OWN = {
    "cpp": ("core", "CPP"),
    "kokkos": ("core", "KOKKOS"),
    "lammps": ("lammps.ours", "BACKEND"),
    "arrays": ("arrays", "BACKEND"),
    "torch_operator": ("operators", "BACKEND"),
    "fit": ("fits", "BACKEND"),
    "snap": ("lammps.theirs", "SNAP"),
    "gayberne": ("lammps.theirs", "GAY_BERNE"),
    "reference": ("reference", "BACKEND"),
    "featomic": ("isotropic", "FEATOMIC"),
    "dscribe": ("isotropic", "DSCRIBE"),
}
NAMES = (*backends.NAMES, *_OWN)
_DEVICES = {"torch": ("cpu", "cuda", "mps"), "torch_mixed": ("cpu", "cuda", "mps")}
_SPACES = ("serial", "openmp", "threads", "cuda", "hip", "sycl")
_SETS = ("x86_64_v4", "x86_64_v3", "x86_64_v2", "baseline")
_KINDS = {
    "cpp": _SETS,
    "kokkos": _SPACES,
    "lammps": ("compute", "pair", "compute/kk", "pair/kk"),
    "arrays": ("rows", "model"),
    "torch_operator": ("rows", "step"),
    "fit": ("linear", "polynomial"),
    **_DEVICES,
}
OF_DEVICES = (*_DEVICES, "kokkos")  # whose variant is a device


class Choice(NamedTuple):
    """A backend and its variant: an instruction set, a style, a device or a kind of work; empty without any."""

    backend: str
    variant: str

    @property
    def label(self) -> str:
        """As it is typed."""
        return f"{self.backend}:{self.variant}" if self.variant else self.backend


def get(name: str) -> backends.Backend:
    """The backend of a name, one of ``NAMES``. ArgumentError for another."""
    if name in backends.NAMES:
        return backends.get(name)
    _require("backend", name, NAMES)
    module, attribute = _OWN[name]
    found: backends.Backend = getattr(import_module(f".{module}", __package__), attribute)
    return found


def missing(backend: backends.Backend, options: backends.Options) -> str | None:
    """Why a backend cannot be used here with these options; None where it can."""
    return backend.available() or getattr(backend, "lacks", lambda _: None)(options)


def choices(word: str) -> list[Choice]:
    """Choices of NAME, which takes what this machine has, or of NAME:VARIANT.

    Raises
    ------
    ArgumentError
        For a name or a variant that is not known.
    """
    name, colon, variant = word.partition(":")
    _require("backend", name, NAMES)
    if not colon:
        return [Choice(name, found) for found in _found(name)]
    known = _known(name)
    device = variant.partition(":")[0] if name in OF_DEVICES else variant
    if not known:
        raise ArgumentError(f"backend '{word}'", f"variant '{variant}'", f"{name} alone")
    _require(f"variant of backend {name}", device, known)
    return [Choice(name, variant)]


def _known(name: str) -> tuple[str, ...]:
    return _KINDS.get(name, ())


def _found(name: str) -> list[str]:
    """Variants that a name alone stands for."""
    if name == "cpp":
        return _core.instruction_sets()
    if name == "kokkos":
        return [_core.device_support()["space"]]
    return list(_known(name)[:1] if name in _DEVICES else _known(name)) or [""]


def _require(what: str, name: str, known: tuple[str, ...]) -> None:
    if name not in known:
        raise ArgumentError(
            what, f"'{name}'", f"one of {', '.join(known)}", _core.suggestion(name, list(known))
        )
