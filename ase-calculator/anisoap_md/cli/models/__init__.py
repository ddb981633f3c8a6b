# SPDX-License-Identifier: MIT
"""Commands about finished models: ``model show``, ``model compare``, ``model convert`` and ``evaluate``."""
