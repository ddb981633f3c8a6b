// SPDX-License-Identifier: MIT
// A periodic frame with its images as particles of their own, as LAMMPS holds ghosts, and full neighbour lists with a skin.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "support/frame.hpp"

namespace anisoap::test {

struct Images {
  Frame frame;                              // the particles, then their images; not periodic
  std::vector<std::int64_t> owner;          // of each
  std::vector<std::vector<int>> neighbors;  // of each particle that is no image
};

inline Images with_images(const Frame& frame, double cutoff, double skin = 0.3) {
  constexpr int kReach = 3;  // cells
  const double reach = cutoff + skin;
  Images out{frame, {}, {}};
  const std::size_t n = frame.size();
  for (std::size_t i = 0; i < n; ++i) out.owner.push_back(static_cast<std::int64_t>(i));
  const auto distance = [&](std::size_t i, std::size_t j) {
    const double* x = &out.frame.positions[3 * i];
    const double* y = &out.frame.positions[3 * j];
    return std::hypot(x[0] - y[0], x[1] - y[1], x[2] - y[2]);
  };
  const auto reach_of = [&](std::size_t k) { return frame.periodic[k] ? kReach : 0; };
  for (int a = -reach_of(0); a <= reach_of(0); ++a)
    for (int b = -reach_of(1); b <= reach_of(1); ++b)
      for (int c = -reach_of(2); c <= reach_of(2); ++c) {
        if (a == 0 && b == 0 && c == 0) continue;
        for (std::size_t j = 0; j < n; ++j) {
          double x[3];
          for (std::size_t d = 0; d < 3; ++d)
            x[d] = frame.positions[3 * j + d] + a * frame.cell[d] + b * frame.cell[3 + d] + c * frame.cell[6 + d];
          bool near = false;
          for (std::size_t i = 0; i < n && !near; ++i)
            near = std::hypot(x[0] - frame.positions[3 * i], x[1] - frame.positions[3 * i + 1],
                              x[2] - frame.positions[3 * i + 2]) < reach;
          if (!near) continue;
          out.owner.push_back(static_cast<std::int64_t>(j));
          out.frame.positions.insert(out.frame.positions.end(), x, x + 3);
          for (std::size_t k = 0; k < 4; ++k) out.frame.quaternions.push_back(frame.quaternions[4 * j + k]);
          for (std::size_t k = 0; k < 3; ++k) out.frame.diameters.push_back(frame.diameters[3 * j + k]);
          out.frame.species.push_back(frame.species[j]);
        }
      }
  out.frame.periodic = {};
  for (std::size_t i = 0; i < n; ++i) {
    out.neighbors.emplace_back();
    for (std::size_t j = 0; j < out.owner.size(); ++j)
      if (j != i && distance(i, j) < reach) out.neighbors.back().push_back(static_cast<int>(j));
  }
  return out;
}

}  // namespace anisoap::test
