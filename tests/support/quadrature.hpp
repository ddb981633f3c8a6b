// SPDX-License-Identifier: MIT
// Gauss-Hermite quadrature for the standard normal weight, and moments of a pair by a tensor grid of it.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace anisoap::test {

// Value and derivative of the orthonormal Hermite polynomial h_n at x.
inline std::pair<double, double> hermite(int n, double x) {
  double below = 0, here = 1;
  for (int k = 0; k < n; ++k) {
    const double next = (x * here - std::sqrt(static_cast<double>(k)) * below) / std::sqrt(k + 1.0);
    below = here;
    here = next;
  }
  return {here, std::sqrt(static_cast<double>(n)) * below};
}

// Nodes and weights (sum 1), exact for polynomials of degree 2 n - 1. Roots are bracketed by a scan, then bisected.
inline std::vector<std::pair<double, double>> gauss_hermite(int n) {
  std::vector<std::pair<double, double>> rule;
  const double end = 2 * std::sqrt(n + 1.0), step = 1e-3;
  for (double left = -end - 0.3 * step; left < end; left += step) {
    double low = left, high = left + step;
    if (hermite(n, low).first * hermite(n, high).first > 0) continue;
    for (int k = 0; k < 60; ++k) {
      const double middle = 0.5 * (low + high);
      (hermite(n, low).first * hermite(n, middle).first > 0 ? low : high) = middle;
    }
    const double slope = hermite(n, low).second;
    rule.emplace_back(low, 1 / (slope * slope));
  }
  return rule;
}

// A neighbour: vector to it, unit quaternion (w, x, y, z), semi-axes.
struct Pair {
  std::array<double, 3> r;
  std::array<double, 4> q;
  std::array<double, 3> a;
};

// Columns are the body axes in the space frame, by rotating unit vectors: v' = v + 2 w (u x v) + 2 u x (u x v).
inline std::array<std::array<double, 3>, 3> body_axes(const std::array<double, 4>& q) {
  std::array<std::array<double, 3>, 3> axes{};
  const double u[3] = {q[1], q[2], q[3]};
  const auto cross = [](const double* x, const double* y, double* out) {
    for (int k = 0; k < 3; ++k) out[k] = x[(k + 1) % 3] * y[(k + 2) % 3] - x[(k + 2) % 3] * y[(k + 1) % 3];
  };
  for (std::size_t k = 0; k < 3; ++k) {
    double v[3] = {}, uv[3], uuv[3];
    v[k] = 1;
    cross(u, v, uv);
    cross(u, uv, uuv);
    for (std::size_t d = 0; d < 3; ++d) axes[k][d] = v[d] + 2 * (q[0] * uv[d] + uuv[d]);
  }
  return axes;
}

// Integral of x^a y^b z^c exp(-window x^2 / 2) times the neighbour's Gaussian, in its body frame, where both factors separate.
class PairQuadrature {
 public:
  PairQuadrature(const Pair& pair, double window, int degree) {
    const auto axes = body_axes(pair.q);
    const auto rule = gauss_hermite(degree / 2 + 1);
    std::array<double, 3> mean{}, width{};
    double mass = 1;
    for (std::size_t k = 0; k < 3; ++k) {
      const double along = axes[k][0] * pair.r[0] + axes[k][1] * pair.r[1] + axes[k][2] * pair.r[2];
      const double variance = pair.a[k] * pair.a[k], sum = 1 + window * variance;
      mean[k] = along / sum;
      width[k] = std::sqrt(variance / sum);
      mass *= std::exp(-0.5 * window * along * along / sum) / std::sqrt(sum);
    }
    for (const auto& [u, wu] : rule)
      for (const auto& [v, wv] : rule)
        for (const auto& [w, ww] : rule) {
          const double t[3] = {mean[0] + width[0] * u, mean[1] + width[1] * v, mean[2] + width[2] * w};
          Node node{{}, mass * wu * wv * ww};
          for (std::size_t k = 0; k < 3; ++k)
            for (std::size_t d = 0; d < 3; ++d) node.x[d] += axes[k][d] * t[k];
          nodes_.push_back(node);
        }
  }

  double moment(int a, int b, int c) const {
    double sum = 0;
    for (const Node& n : nodes_) sum += n.weight * std::pow(n.x[0], a) * std::pow(n.x[1], b) * std::pow(n.x[2], c);
    return sum;
  }

 private:
  struct Node {
    std::array<double, 3> x;
    double weight;
  };
  std::vector<Node> nodes_;
};

}  // namespace anisoap::test
