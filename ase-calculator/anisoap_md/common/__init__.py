# SPDX-License-Identifier: MIT
"""What has nothing to do with particles: checks of arguments and their error text, files, JSON, packages."""
