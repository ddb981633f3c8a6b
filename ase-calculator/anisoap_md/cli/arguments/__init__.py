# SPDX-License-Identifier: MIT
"""What the user types: options from a YAML file, and errors in the words of the command line."""
