# SPDX-License-Identifier: MIT
"""How the command begins and ends: options from a YAML file, errors in its words, signals."""
