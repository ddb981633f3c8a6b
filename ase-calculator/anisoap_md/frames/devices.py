# SPDX-License-Identifier: MIT
"""Where a computation runs: the processor, or the device that the core was built for."""

import warnings

from .. import _core
from ..common.checks import word
from ..common.errors import ArgumentError

AUTO_PARTICLES = 5000  # of a call: from here on 'auto' takes the device
AUTO_JACOBIAN = 60  # of a frame whose derivatives are computed
AUTO_TRAINING = 5000  # of all frames of a fit


def checked(device: object) -> str:
    """'cpu', 'auto', or the name of a device, which is started: it is the one of this process from now on.

    Raises
    ------
    ArgumentError
        For a device that does not exist, and one beside another that the process uses.
    RuntimeError
        For a device that does not start, and one that was started before a fork.
    """
    name = word("device", device)
    if name not in ("cpu", "auto"):
        _core.start_device(name)
    return name


def is_used(device: str, n_particles: int, there: bool = False, least: int = AUTO_PARTICLES) -> bool:
    """Whether a call on so many particles runs on the device; there: they are on it already; least: from how many 'auto' does."""
    if device != "auto":
        return device != "cpu"
    if there:
        return True
    if n_particles < least or _core.device_support()["is_host"]:
        return False
    found = _core.devices()
    if found:
        _core.start_device(_core.device_support()["space"])
    return bool(found)


def resolved(device: str, n_particles: int, least: int) -> str:
    """'cpu' or the name of a device, for work on so many particles."""
    if not is_used(device, n_particles, least=least):
        return "cpu"
    return _core.device_support()["space"] if device == "auto" else device


_told: set[str] = set()


def tell_slowness(hypers: _core.Hypers) -> None:
    """Warns, once a process for each basis, of kernels for any degree."""
    text = _core.device_slowness(hypers)
    if text and text not in _told:
        _told.add(text)
        warnings.warn(f"anisoap: {text}", UserWarning, stacklevel=2)


def require_device(device: str, argument: str) -> None:
    """ArgumentError for an argument that only makes sense on a device."""
    if not is_used(device, AUTO_PARTICLES):
        raise ArgumentError(argument, f"True with device '{device}'", "a device, such as device='cuda'")
