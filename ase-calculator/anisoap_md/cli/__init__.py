# SPDX-License-Identifier: MIT
"""The command ``anisoap-md``, one file a command: ``main``."""

from .main import main

__all__ = ["main"]
