# SPDX-License-Identifier: MIT
"""Between changes of quaternions q [n, 4] (w, x, y, z; any norm) and rotation vectors t [n, 3] in the space frame:
t = 2 vec(dq q*) / |q|^2."""

import torch


def by_quaternions(by_turns: torch.Tensor, quaternions: torch.Tensor) -> torch.Tensor:
    """Gradient with respect to quaternions [n, 4] from that with respect to turns [n, 3]: 2 (0, g) q / |q|^2."""
    w, v = quaternions[:, :1], quaternions[:, 1:]
    product = torch.cat(
        [-(by_turns * v).sum(-1, keepdim=True), w * by_turns + torch.linalg.cross(by_turns, v)], -1
    )
    return 2 * product / (quaternions * quaternions).sum(-1, keepdim=True)
