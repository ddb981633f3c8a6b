// SPDX-License-Identifier: MIT
#include "anisoap/basis.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

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

using Row = std::map<int, long double>;  // value by column

// Rows sum_k x[k][n] raw[k], for n in order.
void add_rows(const std::vector<Row>& raw, const std::vector<double>& x, SparseTable& out) {
  for (std::size_t n = 0; n < raw.size(); ++n) {
    Row row;
    for (std::size_t k = 0; k < raw.size(); ++k)
      if (const long double share = x[k * raw.size() + n]; share != 0)
        for (const auto& [moment, v] : raw[k]) row[moment] += share * v;
    for (const auto& [moment, v] : row) out.add(moment, static_cast<double>(v));
    out.end_row();
  }
}

SparseTable transposed(const SparseTable& table, int n_columns) {
  std::vector<std::vector<std::pair<int, double>>> rows(static_cast<std::size_t>(n_columns));
  for (int r = 0; r < table.n_rows(); ++r)
    for (int e = table.start[static_cast<std::size_t>(r)]; e < table.start[static_cast<std::size_t>(r) + 1]; ++e) {
      const detail::SparseEntry& entry = table.entry[static_cast<std::size_t>(e)];
      rows[static_cast<std::size_t>(entry.column)].emplace_back(r, entry.value);
    }
  SparseTable out;
  for (const auto& row : rows) {
    for (const auto& [column, v] : row) out.add(column, v);
    out.end_row();
  }
  return out;
}

}  // namespace

Basis::Basis(const Hypers& hypers, bool orthonormalize, const HypersNames& names)
    : hypers_((hypers.validate(names), hypers)), num_radial_(hypers.num_radial()), degree_(hypers.degree()) {
  build_functions(orthonormalize, names);
  build_steps();
  for (int l = 0; l <= hypers_.max_angular; ++l) power_scale_.push_back((l % 2 ? -1.0 : 1.0) / std::sqrt(2.0 * l + 1.0));
}

double Basis::window() const { return form_of(hypers_.radial_basis).gaussian ? 1.0 : 0.0; }

int Basis::n_coefficients() const {
  int n = 0;
  for (int l = 0; l <= hypers_.max_angular; ++l) n += (2 * l + 1) * num_radial_[static_cast<std::size_t>(l)];
  return n * static_cast<int>(hypers_.species.size());
}

// Moments come in basis units, so each row carries length^q N_q = length^(-3/2) times the norm in basis units.
void Basis::build_functions(bool orthonormalize, const HypersNames& names) {
  const auto harmonics = solid_harmonics(hypers_.max_angular);
  for (int l = 0; l <= hypers_.max_angular; ++l) {
    const int n_l = num_radial_[static_cast<std::size_t>(l)];
    std::vector<double> x(static_cast<std::size_t>(n_l * n_l), 0.0);
    for (int n = 0; n < n_l; ++n) x[static_cast<std::size_t>(n * n_l + n)] = 1.0;
    if (orthonormalize) x = radial_orthonormalizer(hypers_, l, names);
    for (double v : x) amplification_ = std::max(amplification_, std::abs(v));
    for (Polynomial p : harmonics[static_cast<std::size_t>(l)]) {
      std::vector<Row> raw;
      for (int n = 0; n < n_l; ++n) {
        const double unit = unit_of(l + 2 * n, orthonormalize, names);
        raw.emplace_back();
        for (const auto& [e, v] : p)
          if (v != 0) raw.back()[detail::moment_index(e[0], e[1], e[2])] = static_cast<double>(v * factorials(e) * unit);
        p = times_r_squared(p);
      }
      add_rows(raw, x, to_functions_);
    }
  }
  to_moments_ = transposed(to_functions_, n_moments());
}

double Basis::unit_of(int q, bool orthonormalize, const HypersNames& names) const {
  const double unit = orthonormalize ? std::pow(length(), -1.5) * form_of(hypers_.radial_basis).norm(q) : std::pow(length(), q);
  if (!(std::isfinite(unit) && unit > 0))
    bad_argument(form_of(hypers_.radial_basis).gaussian ? names.radial_gaussian_width : names.cutoff_radius, text(length()),
                 "a length in a unit that keeps its powers up to " + std::to_string(q) + " finite");
  return unit;
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
  return {hypers_.max_angular, n_moments(),          to_functions_.n_rows(), static_cast<int>(hypers_.species.size()),
          num_radial_.data(),  to_functions_.view(), to_moments_.view()};
}

}  // namespace anisoap
