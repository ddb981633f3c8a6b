// SPDX-License-Identifier: MIT
// What centre.hpp does in tiles, a thread a centre: the coefficients of even, then of odd l stay in registers, and the matrix
// between moments and coefficients is read as operands from the constant memory of the device. For bases of parity.hpp.
#pragma once

#include <algorithm>

#include "anisoap/detail/parity.hpp"
#include "anisoap/kokkos/kernels/centre.hpp"

namespace anisoap::kokkos {

constexpr int kThreadsDegree = 8;  // highest degree whose coefficients find room
constexpr int kEnergyParts = 2;    // of a linear energy: of even and odd l

// The matrix of even (Half 0) or odd l.
template <int D, int Half>
struct HalfMatrix {
  double entries[detail::ParityPattern<D, Half>::n_entries + 1];

  explicit HalfMatrix(const Basis& basis) { detail::fill_parity_matrix<D, Half>(basis.view().to_functions, entries); }
};

// Matrices and factors of one basis; goes into kernels by value.
template <int D, int... Half>
struct CentreFactors : HalfMatrix<D, Half>... {
  double scale[D + 1];  // (-1)^l / sqrt(2 l + 1)

  explicit CentreFactors(const Basis& basis) : HalfMatrix<D, Half>(basis)... {
    std::copy(basis.power_scale().begin(), basis.power_scale().end(), scale);
  }
};

// The same matrices on the way back, as a copy: what is read twice would else be held in registers in between.
template <int D, int... Half>
struct AdjointFactors : HalfMatrix<D, Half>... {
  explicit AdjointFactors(const Basis& basis) : HalfMatrix<D, Half>(basis)... {}
};

// Linear energies: that without features, and dE/dp.
template <int D>
struct LinearFactors {
  static constexpr int n_features = detail::feature_index(D, D + 1);
  double base, gradient[n_features];

  explicit LinearFactors(const detail::LocalEnergyView& local) : base(local.offset), gradient() {
    const double zero[n_features] = {};
    if (local.form == detail::LocalForm::Linear) base = detail::linear_value(local, static_cast<const double*>(zero), gradient);
  }
};

// Coefficients of one half of the l, and what follows from them. Width: centres side by side, on hosts as many as arithmetic has
// lanes.
template <class Space, int D>
class CentreThread {
 public:
  static constexpr int kWidth = on_device<Space> ? 1 : 8, kThreads = 64;
  using V = Lanes<double, kWidth>;
  using Bounds = Kokkos::LaunchBounds<kThreads, D <= 4 ? 8 : (D <= 6 ? 6 : 4)>;

  // Entry k of the centres of one group, of an array that has entry k of centre c at k * stride + c.
  template <class T>
  KOKKOS_FORCEINLINE_FUNCTION static auto row(T* array, std::int64_t stride, int group) {
    using Held = std::conditional_t<std::is_const_v<T>, const V, V>;
    return detail::StridedRow<Held>{reinterpret_cast<Held*>(array) + group, stride / kWidth};
  }

  // Symmetric power spectrum of one half.
  template <int Half, class Factors, class In, class Out>
  KOKKOS_FORCEINLINE_FUNCTION static void features(const Factors& factors, In sums, Out out) {
    V c[kCoefficients];
    coefficients<Half>(factors, sums, c);
    each_l<Half>([&](auto known) {
      constexpr int l = decltype(known)::value, n = detail::full_radial(D, l), first = detail::function_index(D, l, -l);
      int k = detail::feature_index(D, l);
      for (int a = 0; a < n; ++a)
        for (int b = a; b < n; ++b)
          out[k++] = detail::sum_over_m(static_cast<const V*>(c) + first, 2 * l + 1, n, a, b) *
                     V(detail::symmetric_scale(factors.scale[l], a, b));
    });
  }

  // From dE/dp to dE/dS; returns the sum of c dE/dc, which is twice that of p dE/dp.
  template <int Half, class Factors, class Adjoint, class In, class Gradient, class Out>
  KOKKOS_FORCEINLINE_FUNCTION static V polynomials(const Factors& factors, const Adjoint& back, In sums, Gradient gradient,
                                                   Out out) {
    V c[kCoefficients], sum(0.0);
    coefficients<Half>(factors, sums, c);
    each_l<Half>([&](auto known) {
      constexpr int l = decltype(known)::value, n = detail::full_radial(D, l), first = detail::function_index(D, l, -l);
      for (int m = 0; m < 2 * l + 1; ++m) {
        V to[n];
        detail::spectrum_adjoint_of_m(factors.scale[l], n, gradient + detail::feature_index(D, l),
                                      static_cast<const V*>(c) + first + m * n, static_cast<V*>(to));
        for (int a = 0; a < n; ++a) {
          sum = sum + c[first + m * n + a] * to[a];
          c[first + m * n + a] = to[a];
        }
      }
    });
    detail::contract_half_adjoint<D, Half>(back.HalfMatrix<D, Half>::entries, static_cast<const V*>(c), out);
    return sum;
  }

 private:
  static constexpr int kCoefficients = detail::moment_count(D);

  template <int Half, class Factors, class In>
  KOKKOS_FORCEINLINE_FUNCTION static void coefficients(const Factors& factors, In sums, V* c) {
    detail::contract_half<D, Half>(factors.HalfMatrix<D, Half>::entries, sums, c);
  }

  template <int Half, class F, int... L>
  KOKKOS_FORCEINLINE_FUNCTION static void each_l(const F& f, std::integer_sequence<int, L...>) {
    const auto one = [&](auto l) {
      if constexpr (decltype(l)::value % 2 == Half) f(l);
    };
    (one(std::integral_constant<int, L>{}), ...);
  }
  template <int Half, class F>
  KOKKOS_FORCEINLINE_FUNCTION static void each_l(const F& f) {
    each_l<Half>(f, std::make_integer_sequence<int, D + 1>{});
  }
};

// Kernels run over the groups of centres of a batch, once for each half; index i is group i % n_groups.
struct HalvesOfGroups {
  int n_groups;

  // f(Half, group) for index i.
  template <int... Half, class F>
  KOKKOS_FORCEINLINE_FUNCTION void visit(int i, const F& f) const {
    int at = 0;
    ((i >= at && i < at + n_groups ? f(std::integral_constant<int, Half>{}, i - at) : void(), at += n_groups), ...);
  }
};

// Features of one half or both.
template <class Space, int D, int... Half>
struct FeaturesOfCentres {
  using Thread = CentreThread<Space, D>;
  CentreFactors<D, Half...> factors;
  CentreArrays arrays;
  HalvesOfGroups halves;

  FeaturesOfCentres(const Basis& basis, const CentreArrays& to, int n_groups) : factors(basis), arrays(to), halves{n_groups} {}

  KOKKOS_FUNCTION void operator()(int i) const {
    halves.visit<Half...>(i, [&](auto half, int group) {
      Thread::template features<decltype(half)::value>(factors, Thread::row(arrays.sums, arrays.stride, group),
                                                       Thread::row(arrays.features, arrays.stride, group));
    });
  }
};

// dE/dS from dE/dp.
template <class Space, int D, int... Half>
struct PolynomialsOfCentres {
  using Thread = CentreThread<Space, D>;
  CentreFactors<D, Half...> factors;
  AdjointFactors<D, Half...> back;
  CentreArrays arrays;
  HalvesOfGroups halves;

  PolynomialsOfCentres(const Basis& basis, const CentreArrays& to, int n_groups)
      : factors(basis), back(basis), arrays(to), halves{n_groups} {}

  KOKKOS_FUNCTION void operator()(int i) const {
    halves.visit<Half...>(i, [&](auto half, int group) {
      Thread::template polynomials<decltype(half)::value>(
          factors, back, Thread::row(arrays.sums, arrays.stride, group),
          Thread::row(static_cast<const double*>(arrays.gradient), arrays.stride, group),
          Thread::row(arrays.polynomials, arrays.stride, group));
    });
  }
};

// Linear energies, those of even and odd l side by side, and dE/dS.
template <class Space, int D, int... Half>
struct LinearCentres {
  using Thread = CentreThread<Space, D>;
  using V = typename Thread::V;
  CentreFactors<D, Half...> factors;
  AdjointFactors<D, Half...> back;
  LinearFactors<D> linear;
  CentreArrays arrays;
  HalvesOfGroups halves;

  LinearCentres(const Basis& basis, const CentreArrays& to, int n_groups, const detail::LocalEnergyView& local)
      : factors(basis), back(basis), linear(local), arrays(to), halves{n_groups} {}

  KOKKOS_FUNCTION void operator()(int i) const {
    halves.visit<Half...>(i, [&](auto known, int group) {
      constexpr int half = decltype(known)::value;
      const V twice = Thread::template polynomials<half>(factors, back, Thread::row(arrays.sums, arrays.stride, group),
                                                         detail::Repeated<V>{linear.gradient},
                                                         Thread::row(arrays.polynomials, arrays.stride, group));
      for (int k = 0; k < Thread::kWidth; ++k)
        arrays.energies[kEnergyParts * (group * Thread::kWidth + k) + half] = (half == 0 ? linear.base : 0.0) + 0.5 * twice.v[k];
    });
  }
};

// Descriptor rows of features, by way of shared memory. A thread has both halves of its centre: at a million centres on an H200
// in half the time that teams of as many threads for half the centres take.
template <class Space, int D>
struct RowsOfCentres {
  using Thread = CentreThread<Space, D>;
  using V = typename Thread::V;
  using Policy = Kokkos::TeamPolicy<Space, typename Thread::Bounds>;
  using Member = typename Policy::member_type;
  static constexpr int kCentres = on_device<Space> ? Thread::kThreads : Thread::kWidth;  // of a team
  static constexpr int kRow = kCentres + (on_device<Space> ? 1 : 0);  // centres of one entry; no two entries in a bank
  static constexpr int kBytes = kRow * detail::feature_index(D, D + 1) * static_cast<int>(sizeof(double));
  CentreFactors<D, 0, 1> factors;
  std::int64_t stride;
  const double* sums;
  RowLayout layout;
  int first, n;  // centres

  KOKKOS_FUNCTION void operator()(const Member& team) const {
    auto* tile = static_cast<V*>(team.team_scratch(0).get_shmem_aligned(static_cast<std::size_t>(kBytes), alignof(V)));
    const int at = team.league_rank() * kCentres, here = n - at < kCentres ? n - at : kCentres;
    if (team.team_rank() * Thread::kWidth < here) {
      const auto in = Thread::row(sums, stride, at / Thread::kWidth + team.team_rank());
      const detail::StridedRow<V> out{tile + team.team_rank(), kRow / Thread::kWidth};
      Thread::template features<0>(factors, in, out);
      Thread::template features<1>(factors, in, out);
    }
    team.team_barrier();
    write_rows<Space>(team, layout, &tile[0].v[0], kRow, first + at, here);
  }
};

}  // namespace anisoap::kokkos
