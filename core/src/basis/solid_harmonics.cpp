// SPDX-License-Identifier: MIT
// R_lm = N_lm Pi_lm(z, r) times Re or Im of (x + i y)^|m|, with
// (l - m + 1) Pi_{l+1,m} = (2l + 1) z Pi_lm - (l + m) r^2 Pi_{l-1,m} and Pi_mm = (2m - 1)!!.
#include "basis/solid_harmonics.hpp"

#include <cmath>
#include <cstdlib>

namespace anisoap {
namespace {

Polynomial scaled(const Polynomial& p, long double factor) {
  Polynomial out;
  for (const auto& [e, v] : p) out[e] = v * factor;
  return out;
}

Polynomial sum(Polynomial a, const Polynomial& b) {
  for (const auto& [e, v] : b) a[e] += v;
  return a;
}

Polynomial product(const Polynomial& a, const Polynomial& b) {
  Polynomial out;
  for (const auto& [e, v] : a)
    for (const auto& [f, w] : b) out[{e[0] + f[0], e[1] + f[1], e[2] + f[2]}] += v * w;
  return out;
}

const Polynomial kX{{{1, 0, 0}, 1}}, kY{{{0, 1, 0}, 1}}, kZ{{{0, 0, 1}, 1}};

long double norm(int l, int m) {
  const long double pi = 3.14159265358979323846264338327950288L;
  long double ratio = m == 0 ? 1 : 2;  // 2 (l - m)! / (l + m)!
  for (int k = l - m + 1; k <= l + m; ++k) ratio /= k;
  return std::sqrt((2 * l + 1) / (4 * pi) * ratio);
}

}  // namespace

Polynomial times_r_squared(const Polynomial& p) {
  Polynomial out;
  for (const auto& [e, v] : p)
    for (std::size_t k = 0; k < 3; ++k) {
      auto f = e;
      f[k] += 2;
      out[f] += v;
    }
  return out;
}

std::vector<std::vector<Polynomial>> solid_harmonics(int max_angular) {
  std::vector<std::vector<Polynomial>> harmonics(static_cast<std::size_t>(max_angular) + 1);
  for (int l = 0; l <= max_angular; ++l) harmonics[static_cast<std::size_t>(l)].resize(2 * static_cast<std::size_t>(l) + 1);
  Polynomial re{{{0, 0, 0}, 1}}, im;  // (x + i y)^m
  long double double_factorial = 1;   // (2m - 1)!!
  for (int m = 0; m <= max_angular; ++m) {
    Polynomial below, here{{{0, 0, 0}, double_factorial}};
    for (int l = m; l <= max_angular; ++l) {
      auto& row = harmonics[static_cast<std::size_t>(l)];
      row[static_cast<std::size_t>(l + m)] = scaled(product(here, re), norm(l, m));
      if (m > 0) row[static_cast<std::size_t>(l - m)] = scaled(product(here, im), norm(l, m));
      Polynomial next = sum(scaled(product(here, kZ), 2 * l + 1), scaled(times_r_squared(below), -(l + m)));
      below = std::move(here);
      here = scaled(next, 1.0L / (l - m + 1));
    }
    const Polynomial next_re = sum(product(re, kX), scaled(product(im, kY), -1));
    im = sum(product(re, kY), product(im, kX));
    re = next_re;
    double_factorial *= 2 * m + 1;
  }
  return harmonics;
}

}  // namespace anisoap
