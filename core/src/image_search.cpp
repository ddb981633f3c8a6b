// SPDX-License-Identifier: MIT
// Few particles: each is tried with every lattice translation that could bring it into the cutoff.
#include <cmath>
#include <numeric>

#include "anisoap/error.hpp"
#include "search.hpp"
#include "text.hpp"

namespace anisoap {
namespace {

constexpr double kMostImages = 2e7;

class ImageSearch final : public NeighborSource {
 public:
  ImageSearch(const Lattice& lattice, double cutoff, std::size_t first, std::size_t n) : first_(first), n_(n) {
    int most[3];
    double images = 1, diagonal = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      const double span = lattice.periodic[k] ? cutoff / lattice.height[k] : 0;
      images *= 2 * span + 1;
      if (images > kMostImages)
        bad_argument("cutoff_radius", text(cutoff), "less than some hundred times the cell, whose height is " + text(lattice.height[k]));
      most[k] = lattice.periodic[k] ? static_cast<int>(span) + 1 : 0;
      if (lattice.periodic[k]) diagonal += std::sqrt(norm_squared(lattice.axis[k]));
    }
    translations_.push_back({0, 0, 0});
    const double reach = (cutoff + diagonal) * (cutoff + diagonal);
    for (int i = -most[0]; i <= most[0]; ++i)
      for (int j = -most[1]; j <= most[1]; ++j)
        for (int k = -most[2]; k <= most[2]; ++k) {
          const Vector3 t = lattice.translation(i, j, k);
          if ((i != 0 || j != 0 || k != 0) && norm_squared(t) < reach) translations_.push_back(t);
        }
  }

  void collect(std::size_t centre, NeighborSink& sink) const override {
    sink.start(centre);
    if (sink.renew_candidates(this, 0))
      for (std::size_t k = 0; k < translations_.size(); ++k) sink.add_candidates(first_, first_ + n_, translations_[k], k == 0);
    sink.filter_candidates();
  }

 private:
  static double norm_squared(const Vector3& v) { return v[0] * v[0] + v[1] * v[1] + v[2] * v[2]; }

  std::size_t first_, n_;
  std::vector<Vector3> translations_;  // zero first
};

}  // namespace

FrameLayout image_search(const Lattice& lattice, const std::vector<double>& positions, double cutoff, std::size_t first) {
  FrameLayout layout;
  layout.order.resize(positions.size() / 3);
  std::iota(layout.order.begin(), layout.order.end(), std::size_t{0});
  layout.search = std::make_unique<ImageSearch>(lattice, cutoff, first, layout.order.size());
  return layout;
}

}  // namespace anisoap
