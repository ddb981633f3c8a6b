# SPDX-License-Identifier: MIT
"""Benchmarks that anyone can repeat: systems made from seeds, backends that are checked before they are timed, tables, figures.

A study (``studies``) is a list of cases (``cases``); ``runner`` measures each in a process of its own (``worker``) and keeps them
in one JSON file (``checkpoint``), which ``reports`` turns into tables and figures.
"""
