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
    add({0, 0, 0});
    const double reach = (cutoff + diagonal) * (cutoff + diagonal);
    for (int i = -most[0]; i <= most[0]; ++i)
      for (int j = -most[1]; j <= most[1]; ++j)
        for (int k = -most[2]; k <= most[2]; ++k) {
          const Vector3 t = lattice.translation(i, j, k);
          if ((i != 0 || j != 0 || k != 0) && norm_squared(t) < reach) add(t);
        }
  }

  void collect(std::size_t centre, NeighborSink& sink) const override {
    sink.start(centre);
    if (sx_.size() == 1) return sink.add_range(first_, first_ + n_, {0, 0, 0}, true);
    for (std::size_t j = first_; j < first_ + n_; ++j) sink.add_images(j, sx_.data(), sy_.data(), sz_.data(), sx_.size());
  }

 private:
  static double norm_squared(const Vector3& v) { return v[0] * v[0] + v[1] * v[1] + v[2] * v[2]; }
  void add(const Vector3& t) {
    sx_.push_back(t[0]);
    sy_.push_back(t[1]);
    sz_.push_back(t[2]);
  }

  std::size_t first_, n_;
  std::vector<double> sx_, sy_, sz_;  // translations, zero first
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
