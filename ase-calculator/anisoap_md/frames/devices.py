# SPDX-License-Identifier: MIT
"""Where a computation runs: the processor, or the device that the core was built for."""

from .. import _core
from ..common.checks import word
from ..common.errors import ArgumentError

_HOST_SPACES = ("", "serial", "openmp", "threads")  # of Kokkos
AUTO_PARTICLES = 5000  # of a call: from here on 'auto' takes the device


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


def is_used(device: str, n_particles: int, there: bool = False) -> bool:
    """Whether a call on so many particles runs on the device; there: they are on it already."""
    if device != "auto":
        return device != "cpu"
    if there:
        return True
    if n_particles < AUTO_PARTICLES or _core.device_support()["space"] in _HOST_SPACES:
        return False
    found = _core.devices()
    if found:
        _core.start_device(_core.device_support()["space"])
    return bool(found)


def require_device(device: str, argument: str) -> None:
    """ArgumentError for an argument that only makes sense on a device."""
    if not is_used(device, AUTO_PARTICLES):
        raise ArgumentError(argument, f"True with device '{device}'", "a device, such as device='cuda'")
