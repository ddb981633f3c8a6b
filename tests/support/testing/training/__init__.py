# SPDX-License-Identifier: MIT
"""Labelled frames, active sets, approaches and projects of active learning."""
