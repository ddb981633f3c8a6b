# SPDX-License-Identifier: MIT
"""``anisoap-md bench``: a study, and commands of its own for what is made of results."""

from .command import DESCRIPTION, add_arguments, run

__all__ = ["DESCRIPTION", "add_arguments", "run"]
