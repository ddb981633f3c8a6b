# SPDX-License-Identifier: MIT
"""Packages that only some work needs."""

from importlib.util import find_spec

from .errors import message


class PackageMissing(ImportError, RuntimeError):
    """A package that is not installed."""


def require_package(name: str, extra: str, purpose: str, command: str = "") -> None:
    """PackageMissing, an ImportError and a RuntimeError, unless the package `name` is there.

    Parameters
    ----------
    name : str
        As it is imported; ``ruamel.yaml`` for one in a package of names.
    extra : str
        Of anisoap-md, which installs it; empty for what anisoap-md itself depends on.
    purpose : str
        What needs it, in the words of the user.
    command : str, optional
        What installs it where anisoap-md does not.
    """
    if not _is_there(name):
        command = command or f"pip install anisoap-md{f'[{extra}]' if extra else ''}"
        raise PackageMissing(message(purpose, f"no package '{name}'", f"'{command}'"), name=name)


def why_missing(name: str, extra: str, purpose: str, command: str = "") -> str | None:
    """None, or the text of what ``require_package`` raises."""
    try:
        require_package(name, extra, purpose, command)
    except PackageMissing as error:
        return str(error)
    return None


def _is_there(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:  # of the package of names
        return False
