# SPDX-License-Identifier: MIT
"""Documents that people and programs write: YAML, JSON."""
