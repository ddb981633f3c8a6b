# SPDX-License-Identifier: MIT
"""What an interrupted training of networks goes on from."""
