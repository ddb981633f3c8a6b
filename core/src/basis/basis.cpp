// SPDX-License-Identifier: MIT
#include "anisoap/basis.hpp"

#include <algorithm>
#include <cmath>

#include "anisoap/error.hpp"
#include "basis/solid_harmonics.hpp"
#include "support/text.hpp"

namespace anisoap {
namespace {

long double factorials(const std::array<int, 3>& e) {
  long double f = 1;
  for (int n : e)
    for (int k = 2; k <= n; ++k) f *= k;
  return f;
}

}  // namespace

Basis::Basis(const Hypers& hypers, bool orthonormalize)
    : hypers_((hypers.validate(), hypers)), num_radial_(hypers.num_radial()), degree_(hypers.degree()) {
  build_functions(orthonormalize);
  build_steps();
  for (int l = 0; l <= hypers_.max_angular; ++l) power_scale_.push_back((l % 2 ? -1.0 : 1.0) / std::sqrt(2.0 * l + 1.0));
}

double Basis::window() const { return hypers_.radial_basis == RadialBasis::Gto ? 1.0 : 0.0; }

int Basis::n_coefficients() const {
  int n = 0;
  for (int l = 0; l <= hypers_.max_angular; ++l) n += (2 * l + 1) * num_radial_[static_cast<std::size_t>(l)];
  return n * static_cast<int>(hypers_.species.size());
}

// Moments come in basis units, so each row carries length^q N_q = length^(-3/2) times the norm in basis units.
void Basis::build_functions(bool orthonormalize) {
  const auto harmonics = solid_harmonics(hypers_.max_angular);
  row_start_.push_back(0);
  for (int l = 0; l <= hypers_.max_angular; ++l) {
    const int n_l = num_radial_[static_cast<std::size_t>(l)];
    for (Polynomial p : harmonics[static_cast<std::size_t>(l)]) {
      for (int n = 0; n < n_l; ++n) {
        const int q = l + 2 * n;
        const double unit = orthonormalize ? std::pow(length(), -1.5) * radial_norm_in_basis_units(hypers_.radial_basis, q)
                                           : std::pow(length(), q);
        if (!(std::isfinite(unit) && unit > 0))
          bad_argument(hypers_.radial_basis == RadialBasis::Gto ? "radial_gaussian_width" : "cutoff_radius", text(length()),
                       "a length in a unit that keeps its powers up to " + std::to_string(q) + " finite");
        for (const auto& [e, v] : p) {
          if (v == 0) continue;
          moment_.push_back(detail::moment_index(e[0], e[1], e[2]));
          value_.push_back(static_cast<double>(v * factorials(e) * unit));
        }
        row_start_.push_back(static_cast<int>(moment_.size()));
        p = times_r_squared(p);
      }
    }
    std::vector<double> x(static_cast<std::size_t>(n_l * n_l), 0.0);
    for (int n = 0; n < n_l; ++n) x[static_cast<std::size_t>(n * n_l + n)] = 1.0;
    if (orthonormalize) x = radial_orthonormalizer(hypers_, l);
    for (double v : x) amplification_ = std::max(amplification_, std::abs(v));
    orthonormalizer_.insert(orthonormalizer_.end(), x.begin(), x.end());
  }
}

void Basis::build_steps() {
  steps_.resize(static_cast<std::size_t>(n_moments()));
  for (int i = 1; i < n_moments(); ++i) {
    detail::MomentStep s = detail::moment_step(i);
    for (int& b : s.back)
      if (b < 0) b = n_moments();
    steps_[static_cast<std::size_t>(i)] = s;
  }
}

detail::BasisView Basis::view() const {
  return {hypers_.max_angular,
          n_moments(),
          static_cast<int>(hypers_.species.size()),
          num_radial_.data(),
          row_start_.data(),
          moment_.data(),
          value_.data(),
          orthonormalizer_.data()};
}

}  // namespace anisoap
