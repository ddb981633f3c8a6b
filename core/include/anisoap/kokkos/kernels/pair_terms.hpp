// SPDX-License-Identifier: MIT
// Terms of the two-body polynomials around each centre, t = 1/2 sum over neighbours of f_c u^(n_k) z_m, which variances and
// grades are made of: a thread a centre.
#pragma once

#include "anisoap/detail/two_body.hpp"
#include "anisoap/kokkos/kernels/geometry.hpp"

namespace anisoap::kokkos {

template <class Space, class T>
class PairTerms {
 public:
  // first_term: [n_species * n_pairs] of a kind among the terms of a species; out: [n_terms], work: [most monomials], rows of the
  // given stride.
  PairTerms(const detail::TwoBodyView& term, const int* first_term, int n_terms, const Particles<Space, T>& particles,
            const PairList<Space>& pairs, int first, double* out, double* work, std::int64_t stride)
      : term_(term),
        first_term_(first_term),
        n_terms_(n_terms),
        points_(particles.points),
        bodies_(particles.bodies),
        species_(particles.species),
        pairs_(pairs),
        first_(first),
        out_(out),
        work_(work),
        stride_(stride) {}

  KOKKOS_FUNCTION void operator()(int c) const {
    using Row = detail::StridedRow<double>;
    const Row terms{out_ + c, stride_}, work{work_ + c, stride_};
    for (int t = 0; t < n_terms_; ++t) terms[t] = 0;
    const int i = pairs_.centre(first_ + c), s = species_(i);
    for (Offset p = pairs_.first(first_ + c); p < pairs_.first(first_ + c + 1); ++p) {
      const int j = pairs_.neighbor(p), kind = j == i ? -1 : term_.pair_of_species[s * term_.n_species + species_(j)];
      if (kind < 0) continue;
      const detail::TwoBodyPairView& pair = term_.pairs[kind];
      if (pair.polynomial.n_powers == 0) continue;
      const bool reversed = detail::is_reversed(pair.form, s, species_(j));
      const int a = reversed ? j : i, b = reversed ? i : j;
      const Separation<double> g = separation<double>(points_(a), points_(b), 1.0);
      if (!(g.squared < term_.cutoff * term_.cutoff)) continue;
      detail::add_pair_monomials(pair, term_.cutoff, term_.inverse_width, g.r, detail::converted<double>(bodies_(a).body),
                                 detail::converted<double>(bodies_(b).body), 0.5, work,
                                 terms + first_term_[s * term_.n_pairs + kind]);
    }
  }

 private:
  detail::TwoBodyView term_;
  const int* first_term_;
  int n_terms_;
  Array<Space, Point> points_;
  Array<Space, AlignedBody<T>> bodies_;
  Array<Space, int> species_;
  PairList<Space> pairs_;
  int first_;
  double *out_, *work_;
  std::int64_t stride_;
};

}  // namespace anisoap::kokkos
