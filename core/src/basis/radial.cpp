// SPDX-License-Identifier: MIT
// Radial basis: norms, overlaps (of basis/radial) and Loewdin orthonormalisation.
#include <Eigen/Eigenvalues>
#include <Eigen/SVD>
#include <cmath>

#include "anisoap/basis.hpp"
#include "anisoap/error.hpp"
#include "support/text.hpp"

namespace anisoap {

double radial_norm(const Hypers& hypers, int q) {
  return form_of(hypers.radial_basis).norm(q) * std::pow(hypers.basis_length(), -(q + 1.5));
}

double radial_overlap(const Hypers& hypers, int p, int q) { return form_of(hypers.radial_basis).overlap(p, q); }

namespace {

using Matrix = Eigen::MatrixXd;

// The reference's check amplifies round-off, by a factor that differs up to 50 times between linear algebra libraries: with this
// slack every basis that the reference accepts is accepted. What dropped eigenvalues lose is exact and gets none.
constexpr double kRoundOff = 100.0;

// V f(lambda) V^T over the eigenvalues from `first` on; the others count as zero.
Matrix power(const Eigen::SelfAdjointEigenSolver<Matrix>& solver, Eigen::Index first, double exponent) {
  const Eigen::Index n = solver.eigenvalues().size() - first;
  const Matrix v = solver.eigenvectors().rightCols(n);
  return v * solver.eigenvalues().tail(n).array().pow(exponent).matrix().asDiagonal() * v.transpose();
}

Matrix pseudo_inverse(const Matrix& a) {
  const Eigen::JacobiSVD<Matrix> svd(a, Eigen::ComputeFullU | Eigen::ComputeFullV);
  const Eigen::ArrayXd s = svd.singularValues().array();
  const Eigen::VectorXd inverse = (s > 1e-15 * s[0]).select(s.inverse(), 0.0);
  return svd.matrixV() * inverse.asDiagonal() * svd.matrixU().transpose();
}

}  // namespace

std::vector<double> radial_orthonormalizer(const Hypers& hypers, int l, const HypersNames& names) {
  const int n = hypers.num_radial()[static_cast<std::size_t>(l)];
  Matrix overlap(n, n);
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j) overlap(i, j) = radial_overlap(hypers, l + 2 * i, l + 2 * j);
  const Eigen::SelfAdjointEigenSolver<Matrix> solver(overlap);
  Eigen::Index dropped = 0;
  while (dropped < n && solver.eigenvalues()[dropped] <= hypers.basis_rcond) ++dropped;
  const Matrix result = power(solver, dropped, -0.5);
  const double lost = solver.eigenvalues().head(dropped).norm();
  const double round_off = dropped < n ? (power(solver, dropped, 1.0) - pseudo_inverse(result * result)).norm() : lost;
  const double error = std::hypot(lost, round_off);
  if (!(lost <= hypers.basis_tol && round_off <= kRoundOff * hypers.basis_tol))
    bad_argument(
        "the radial overlap at l = " + std::to_string(l) + " with " + std::to_string(n) + " functions is numerically degenerate",
        "smallest eigenvalue " + text(solver.eigenvalues()[0]) + " and error " + text(error) + " with " +
            std::to_string(dropped) + " eigenvalues dropped",
        "an error near basis_tol = " + text(hypers.basis_tol) + " or less; lower " + names.max_radial +
            ", raise basis_tol, or raise basis_rcond (now " + text(hypers.basis_rcond) + ") together with basis_tol");
  return {result.data(), result.data() + result.size()};
}

}  // namespace anisoap
