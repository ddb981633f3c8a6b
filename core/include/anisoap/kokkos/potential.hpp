// SPDX-License-Identifier: MIT
// Energy, forces, torques, virial, uncertainties and extrapolation grades of a model in an execution space: the steps of
// anisoap/potential.hpp on whole batches of centres. T is the type of moments, pair forces and polynomials; sums and what is made
// of them are double.
#pragma once

#include <algorithm>
#include <limits>
#include <type_traits>
#include <vector>

#include "anisoap/kokkos/host/local_energies.hpp"
#include "anisoap/kokkos/host/pair_forces.hpp"
#include "anisoap/kokkos/host/two_body.hpp"
#include "anisoap/kokkos/kernels/pair_terms.hpp"
#include "anisoap/kokkos/kernels/sums.hpp"
#include "anisoap/kokkos/launch/centres.hpp"
#include "anisoap/model.hpp"
#include "anisoap/model_views.hpp"
#include "anisoap/potential.hpp"

namespace anisoap::kokkos {

// What is wanted and where it goes; all arrays run over particles, ghosts included.
template <class Space>
struct PotentialResults {
  bool want_energy = true, want_energies = false, want_virial = false, want_virials = false, want_centroid_virials = false,
       want_uncertainties = false, want_grades = false;

  double energy = 0.0;                                                   // of the centres and of what they share with ghosts
  double virial[9] = {};                                                 // row major; W_ab = -sum over pairs r_a (dphi/dr)_b
  Array<Space, double> motion{"anisoap motion", 0};                      // [n * 6] force and torque
  Array<Space, double> energies{"anisoap energies", 0};                  // [n]
  Array<Space, double> virials{"anisoap virials", 0};                    // [n * 9] row major
  Array<Space, double> centroid_virials{"anisoap centroid virials", 0};  // likewise
  Array<Space, double> uncertainties{"anisoap uncertainties", 0};        // [n_centres] in the order of the list
  Array<Space, double> grades{"anisoap grades", 0};                      // [n_centres]

  // Whether an energy, a force or a torque of n particles is not finite.
  bool overflows(int n) const {
    const auto wrong = [](const Array<Space, double>& values, Offset size) {
      return first_not_finite<Space, double>(values, size) < size;
    };
    return !detail::is_finite(energy) || wrong(motion, Offset{6} * n) || (want_energies && wrong(energies, n));
  }
};

template <class Space, class T = double>
class Potential {
 public:
  // memory: bytes that a batch of centres may take; batches shrink to it. few: lists of fewer pairs keep their skin. Throws as
  // anisoap::Potential does.
  explicit Potential(const Model& model, std::size_t memory = std::size_t{4} << 30, Offset few = kFewPairs)
      : model_(checked_potential(model)),
        memory_(memory),
        few_(few),
        basis_(model_.hypers),
        views_(model_),
        density_(basis_),
        tables_(density_.tables()),
        centres_(basis_, tables_) {
    with_variance_ = copied(views_.local());
    without_variance_ = copied(views_.local_without_variance());
    term_ = views_.two_body();
    detail::visit_arrays(term_, copies_);
    first_term_ = copied_terms();
  }

  Potential(const Potential&) = delete;  // views point into it
  Potential& operator=(const Potential&) = delete;

  const Model& model() const { return model_; }
  int n_species() const { return tables_.basis.n_species; }

  detail::TableRules rules() const {
    return {n_species(), basis_.length(), basis_.window(), model_.density_scale, !model_.two_body.empty()};
  }

  // To be called whenever the neighbour list is new. sorted: rows in the order of the particles' numbers, so that results depend
  // on which particles are listed and not on the order in which they are.
  template <class Neighbors>
  void set_neighbors(const Neighbors& neighbors, int n_centres, const Particles<Space, T>& particles, bool numbered,
                     bool sorted = false) {
    pairs_ = PairList<Space>();  // so that what grows is given back first
    half_ = HalfList<Space>();
    let_go(inside_pairs_);
    let_go(inside_half_);
    listed_pairs_.n_species = n_species();
    const bool self = !model_.hypers.subtract_center_contribution;
    BuildPairs<Space, Neighbors>(neighbors, particles, listed_pairs_, self, sorted).run(n_centres, particles.size);
    pairs_ = listed_pairs_;
    pair_skin_.renew(model_.has_many_body() ? listed_pairs_.n_pairs : -1, few_);
    if (model_.two_body.empty()) return;
    build_half_list(term_, static_cast<int>(model_.two_body.pairs.size()), particles, listed_pairs_, numbered, listed_half_);
    half_ = listed_half_;
    half_skin_.renew(listed_half_.first.back(), few_);
  }

  // As they were listed.
  const PairList<Space>& pairs() const { return listed_pairs_; }

  // Pairs and half pairs that the kernels of the last step went through.
  Offset n_walked() const { return pairs_.n_pairs + (half_.first.empty() ? 0 : half_.first.back()); }

  void set_memory(std::size_t bytes) { memory_ = bytes; }
  void set_mapping(Mapping mapping) { mapping_ = mapping; }
  // Smaller batches from now on, and what the larger ones took is given back.
  void halve_memory() {
    memory_ /= 2;
    for (Array<Space, double>* a : arrays()) *a = Array<Space, double>(a->label(), 0);
    density_.release();
  }

  // Of batches and lists.
  std::size_t memory_bytes() {
    std::size_t n = 0;
    for (const Array<Space, double>* a : arrays()) n += a->span() * sizeof(double);
    return n + static_cast<std::size_t>(listed_pairs_.n_pairs) * (2 * sizeof(int) + 2 * sizeof(Index)) +
           listed_half_.pair.span() * (sizeof(HalfPair) + 4 * sizeof(Index)) +
           static_cast<std::size_t>(inside_pairs_.n_pairs) * 2 * sizeof(int) + inside_half_.pair.span() * sizeof(HalfPair);
  }

  void compute(const Particles<Space, T>& particles, PotentialResults<Space>& results);

 private:
  using Range = Kokkos::RangePolicy<Space>;
  using LongRange = Kokkos::RangePolicy<Space, Kokkos::IndexType<Offset>>;
  struct Batch {
    int first, n;
    Offset first_pair, n_pairs;
    bool all;
  };

  const detail::LocalEnergyView* copied(std::vector<detail::LocalEnergyView> views) {
    const detail::LocalEnergyView* p = views.data();
    copies_(p, views.size(), [&](detail::LocalEnergyView& view) { detail::visit_arrays(view, copies_); });
    return p;
  }
  const int* copied_terms() {
    std::vector<int> first;
    for (int s = 0; s < n_species(); ++s)
      for (std::size_t k = 0; k < model_.two_body.pairs.size(); ++k)
        first.push_back(static_cast<int>(views_.first_term(s, static_cast<int>(k))));
    const int* p = first.data();
    copies_(p, first.size());
    return p;
  }

  bool is_linear() const {
    for (const LocalEnergy& e : model_.local)
      if (e.kind != LocalKind::Linear && e.kind != LocalKind::None) return false;
    return true;
  }
  bool all_committees() const {
    for (const LocalEnergy& e : model_.local)
      if (e.kind != LocalKind::Networks && e.kind != LocalKind::None) return false;
    return true;
  }
  // What is wanted of the features and terms of centres beside energies.
  struct Spread {
    bool variances, grades;
    explicit Spread(const PotentialResults<Space>& results)
        : variances(results.want_uncertainties), grades(results.want_grades) {}
    bool any() const { return variances || grades; }
  };
  std::size_t n_terms(Spread wanted) const {
    const bool any = (wanted.variances && views_.has_pair_variance()) || (wanted.grades && views_.has_pair_grade());
    return any ? views_.most_terms() : 0;
  }
  std::size_t local_work(Spread wanted) const {
    int n = 0, monomials = 0;
    for (const auto& e : wanted.variances ? views_.local() : views_.local_without_variance())
      n = std::max(n, detail::local_energy_workspace(e));
    for (int k = 0; n_terms(wanted) > 0 && k < views_.two_body().n_pairs; ++k)
      monomials = std::max(monomials, views_.two_body().pairs[k].polynomial.n_monomials);
    return static_cast<std::size_t>(std::max(n, monomials));
  }

  std::vector<Array<Space, double>*> arrays() {
    return {&coefficients_, &features_,      &gradient_,        &work_,         &polynomials_, &rows_, &own_,
            &energies_,     &pair_energies_, &batch_variances_, &batch_members_};
  }

  // A thread for each of n * each entries, counted in 32 bits where they fit.
  template <class Kernel>
  static void for_entries(const char* name, int n, int each, const Kernel& kernel) {
    const Offset all = static_cast<Offset>(n) * each;
    if (all < std::numeric_limits<std::int32_t>::max())
      Kokkos::parallel_for(name, Kokkos::RangePolicy<Space, Kokkos::IndexType<std::uint32_t>>(0, static_cast<std::uint32_t>(all)),
                           kernel);
    else Kokkos::parallel_for(name, LongRange(0, all), kernel);
  }

  void leave_skin_out(const Particles<Space, T>& particles, Spread wanted);
  std::vector<Batch> batches(std::size_t bytes_of_centre) const;
  void add_many_body(const Particles<Space, T>& particles, PotentialResults<Space>& results);
  void add_offsets(const Particles<Space, T>& particles, PotentialResults<Space>& results);
  void add_two_body(const Particles<Space, T>& particles, PotentialResults<Space>& results);
  void add_kind(const Particles<Space, T>& particles, PotentialResults<Space>& results, int kind, Offset begin, Offset end);
  void run_polynomial(const Particles<Space, T>& particles, int kind, Offset begin, Offset end, int width);
  void local_energies(const Particles<Space, T>& particles, PotentialResults<Space>& results, const Batch& batch,
                      std::int64_t stride);
  void run_local_energies(const LocalEnergies<Space>& kernel, const Batch& batch, Spread wanted);
  void pair_forces(const Particles<Space, T>& particles, PotentialResults<Space>& results, const Batch& batch,
                   std::int64_t stride);
  void run_pair_forces(const Particles<Space, T>& particles, const Batch& batch, std::int64_t stride);
  // energies_: [n * n_parts], whose parts are added.
  void put_energies(PotentialResults<Space>& results, const Batch& batch, int n_parts);
  void finish_uncertainties(PotentialResults<Space>& results);

  Model model_;
  std::size_t memory_;
  Offset few_;
  Mapping mapping_ = Mapping::BySize;
  Basis basis_;
  ModelViews views_;
  Copies<Space> copies_;
  DensityBatches<Space, T> density_;
  const BasisTables& tables_;
  Centres<Space> centres_;
  const detail::LocalEnergyView *with_variance_ = nullptr, *without_variance_ = nullptr;
  detail::TwoBodyView term_{};
  const int* first_term_ = nullptr;
  // as listed, without the skin, and the one of both that kernels walk
  PairList<Space> listed_pairs_, inside_pairs_, pairs_;
  HalfList<Space> listed_half_, inside_half_, half_;
  FixedSums<Space> sums_;
  SkinChoice pair_skin_, half_skin_;
  Kept<Space> kept_pairs_, kept_half_;

  Array<Space, double> coefficients_{"anisoap coefficients", 0}, features_{"anisoap features", 0},
      gradient_{"anisoap gradient", 0}, work_{"anisoap work", 0}, polynomials_{"anisoap polynomials", 0},
      rows_{"anisoap rows", 0}, own_{"anisoap own forces", 0}, pair_energies_{"anisoap pair energies", 0},
      energies_{"anisoap centre energies", 0}, batch_variances_{"anisoap batch variances", 0},
      batch_members_{"anisoap batch members", 0}, variances_{"anisoap variances", 0}, members_{"anisoap members", 0};
};

template <class Space, class T>
std::vector<typename Potential<Space, T>::Batch> Potential<Space, T>::batches(std::size_t bytes_of_centre) const {
  const int n = pairs_.n_centres;
  const std::size_t pair_bytes = kPairRow * sizeof(double);
  const std::size_t all = static_cast<std::size_t>(n) * bytes_of_centre + static_cast<std::size_t>(pairs_.n_pairs) * pair_bytes;
  if (n == 0) return {};
  if (all <= memory_) return {{0, n, 0, pairs_.n_pairs, true}};
  const int n_tiles = (n + kTile - 1) / kTile;
  const auto starts = allocated<Array<Space, Offset>>("anisoap tile starts", static_cast<std::size_t>(n_tiles) + 1);
  Kokkos::parallel_for("anisoap tile starts", Range(0, n_tiles + 1), TileStarts<Space>{pairs_, starts});
  const auto first_pair = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), starts);
  std::vector<Batch> out;
  for (int first = 0; first < n_tiles;) {
    const auto bytes = [&](int end) {
      return static_cast<std::size_t>(end - first) * kTile * bytes_of_centre +
             static_cast<std::size_t>(first_pair(end) - first_pair(first)) * pair_bytes;
    };
    int last = first + 1;
    while (last < n_tiles && bytes(last + 1) <= memory_) ++last;
    const int centre = first * kTile, end = std::min(n, last * kTile);
    out.push_back({centre, end - centre, first_pair(first), first_pair(last) - first_pair(first), false});
    first = last;
  }
  return out;
}

template <class Space, class T>
void Potential<Space, T>::compute(const Particles<Space, T>& particles, PotentialResults<Space>& results) {
  const auto n = static_cast<std::size_t>(particles.size);
  results.energy = 0;
  sums_.clear();
  const auto clear = [](Array<Space, double>& a, std::size_t size) {
    reserve(a, size);
    Kokkos::deep_copy(a, 0.0);
  };
  clear(results.motion, 6 * n);
  if (results.want_energies) clear(results.energies, n);
  if (results.want_virials) clear(results.virials, 9 * n);
  if (results.want_centroid_virials) clear(results.centroid_virials, 9 * n);
  if (results.want_uncertainties) {
    clear(results.uncertainties, n);
    clear(variances_, static_cast<std::size_t>(pairs_.n_centres));
    clear(members_, n * views_.n_two_body_members());
  }
  if (results.want_grades) clear(results.grades, static_cast<std::size_t>(pairs_.n_centres));
  leave_skin_out(particles, Spread(results));
  if (model_.has_many_body()) add_many_body(particles, results);
  else add_offsets(particles, results);
  if (!model_.two_body.empty()) add_two_body(particles, results);
  std::fill(results.virial, results.virial + 9, 0.0);
  if (results.want_virial)
    sums_.template add<9>("anisoap virial", particles.size, AddVirial<Space>{particles.points, results.motion.data()},
                          results.virial);
  sums_.finish();
  if (results.want_uncertainties) finish_uncertainties(results);
}

template <class Space, class T>
void Potential<Space, T>::leave_skin_out(const Particles<Space, T>& particles, Spread wanted) {
  if (pair_skin_.leaves_out()) {
    const double cutoff = std::max(model_.hypers.cutoff_radius, n_terms(wanted) > 0 ? term_.cutoff : 0.0);
    const Offset n = kept_pairs_.choose(listed_pairs_.n_pairs, IsInside<Space>(listed_pairs_, particles.points, cutoff));
    pair_skin_.found(listed_pairs_.n_pairs, n);
    if (pair_skin_.leaves_out()) keep_pairs(listed_pairs_, kept_pairs_, n, inside_pairs_);
    pairs_ = pair_skin_.leaves_out() ? inside_pairs_ : listed_pairs_;
  }
  if (half_skin_.leaves_out()) {
    const Offset n_listed = listed_half_.first.back();
    const Offset n = kept_half_.choose(n_listed, IsHalfInside<Space>(listed_half_.pair, particles.points, term_.cutoff));
    half_skin_.found(n_listed, n);
    if (half_skin_.leaves_out()) keep_half(listed_half_, kept_half_, n, inside_half_);
    half_ = half_skin_.leaves_out() ? inside_half_ : listed_half_;
  }
}

template <class Space, class T>
void Potential<Space, T>::add_many_body(const Particles<Space, T>& particles, PotentialResults<Space>& results) {
  const Spread wanted(results);
  const bool fused = is_linear() && !wanted.any();
  const auto n_sums = static_cast<std::size_t>(n_species() * tables_.basis.n_moments),
             n_features = static_cast<std::size_t>(tables_.n_features);
  const bool compiled = density_.compiled();
  // At run-time degrees a centre's density step and each thread of its pair forces have moments of their own.
  std::size_t each = 2 * n_sums + 3 + kEnergyParts +
                     (compiled ? 0
                               : static_cast<std::size_t>(1 + team_size<Space>(kPairThreads)) *
                                     (static_cast<std::size_t>(tables_.basis.n_moments) + 1));
  if (!fused)
    each += static_cast<std::size_t>(tables_.n_coefficients) + 2 * n_features + n_terms(wanted) + local_work(wanted) +
            views_.n_two_body_members();
  for (const Batch& batch : batches(each * sizeof(double))) {
    const std::int64_t stride = (batch.n + kTile - 1) / kTile * kTile;
    const auto room = static_cast<std::size_t>(stride);
    reserve(polynomials_, n_sums * room);
    reserve(energies_, kEnergyParts * room);
    reserve(own_, 3 * room);
    reserve(rows_, kPairRow * static_cast<std::size_t>(batch.n_pairs));
    const bool few = takes_few<Space>(mapping_, batch.n);
    density_.run(particles, pairs_, batch.first, batch.n, stride, few, takes_packs<Space, T>(mapping_));
    const CentreBatch centres{batch.first, batch.n, few};
    CentreArrays arrays{stride, density_.sums(), nullptr, nullptr, nullptr, energies_.data(), polynomials_.data()};
    int n_parts = 1;
    if (fused) {
      n_parts =
          centres_.linear(views_.local_without_variance(), without_variance_, particles.species, pairs_.centre, centres, arrays);
    } else {
      if (centres_.keeps_coefficients(few)) reserve(coefficients_, static_cast<std::size_t>(tables_.n_coefficients) * room);
      reserve(features_, (n_features + n_terms(wanted)) * room);
      reserve(gradient_, n_features * room);
      reserve(work_, local_work(wanted) * room);
      arrays.coefficients = coefficients_.data();
      arrays.features = features_.data();
      centres_.features(centres, arrays);
      local_energies(particles, results, batch, stride);
      arrays.gradient = gradient_.data();
      centres_.polynomials(centres, arrays);
    }
    put_energies(results, batch, n_parts);
    pair_forces(particles, results, batch, stride);
  }
}

template <class Space, class T>
void Potential<Space, T>::local_energies(const Particles<Space, T>& particles, PotentialResults<Space>& results,
                                         const Batch& batch, std::int64_t stride) {
  const Spread wanted(results);
  const bool variance = wanted.variances;
  const int n_members = variance && model_.joint_committees ? static_cast<int>(views_.n_two_body_members()) : 0;
  if (variance) {
    reserve(batch_variances_, static_cast<std::size_t>(stride));
    reserve(batch_members_, static_cast<std::size_t>(stride * n_members));
  }
  if (n_terms(wanted) > 0)
    Kokkos::parallel_for("anisoap terms", Range(0, batch.n),
                         PairTerms<Space, T>(term_, first_term_, static_cast<int>(n_terms(wanted)), particles, pairs_,
                                             batch.first, features_.data() + tables_.n_features * stride, work_.data(), stride));
  const LocalEnergies<Space> kernel{variance ? with_variance_ : without_variance_,
                                    particles.species,
                                    pairs_.centre,
                                    batch.first,
                                    stride,
                                    features_.data(),
                                    gradient_.data(),
                                    work_.data(),
                                    energies_.data(),
                                    variance ? batch_variances_.data() : nullptr,
                                    n_members > 0 ? batch_members_.data() : nullptr,
                                    n_members,
                                    wanted.grades ? results.grades.data() + batch.first : nullptr};
  run_local_energies(kernel, batch, wanted);
  if (!variance) return;
  Kokkos::parallel_for("anisoap variances", Range(0, batch.n),
                       PutVariances<Space>{pairs_.centre, batch.first, stride, batch_variances_.data(), batch_members_.data(),
                                           variances_.data(), members_.data(), n_members});
}

template <class Space, class T>
void Potential<Space, T>::run_local_energies(const LocalEnergies<Space>& kernel, const Batch& batch, Spread wanted) {
  const std::size_t room = local_work(wanted);
  if constexpr (has_packs<Space, T>)
    if (takes_packs<Space, T>(mapping_))
      return LocalEnergyPacks<Space>::run(
          {kernel, batch.n, tables_.n_features, tables_.n_features + static_cast<int>(n_terms(wanted)), room, &find_backend()});
  using Tiles = CommitteeTiles<Space>;
  if (!wanted.any() && all_committees() && Tiles::fits(tables_.n_features, static_cast<int>(room))) {
    Tiles::run(Tiles(kernel, batch.n, n_species(), tables_.n_features, static_cast<int>(room)));
  } else if (!wanted.any() && room <= 256) {
    Kokkos::parallel_for("anisoap local energies", Range(0, (batch.n + 1) / 2), LocalEnergyPairs<Space, 256>{kernel, batch.n});
  } else if (!wanted.any() && room <= 1024) {
    Kokkos::parallel_for("anisoap local energies", Range(0, (batch.n + 1) / 2), LocalEnergyPairs<Space, 1024>{kernel, batch.n});
  } else {
    Kokkos::parallel_for("anisoap local energies", Range(0, batch.n), kernel);
  }
}

template <class Space, class T>
void Potential<Space, T>::put_energies(PotentialResults<Space>& results, const Batch& batch, int n_parts) {
  if (results.want_energy)
    sums_.template add<1>("anisoap energy", Offset{n_parts} * batch.n, AddRows<1>{energies_.data()}, &results.energy);
  if (results.want_energies)
    Kokkos::parallel_for("anisoap energies", Range(0, batch.n),
                         PutEnergies<Space>{pairs_.centre, batch.first, n_parts, energies_.data(), results.energies.data()});
}

template <class Space, class T>
void Potential<Space, T>::run_pair_forces(const Particles<Space, T>& particles, const Batch& batch, std::int64_t stride) {
  if constexpr (has_packs<Space, T>)
    if (takes_packs<Space, T>(mapping_))
      return PairForcePacks<Space>::run({tables_, particles, pairs_, batch.first, batch.n, polynomials_.data(), stride,
                                         rows_.data(), own_.data(), &find_backend()});
  detail::with_degree<kCompiledDegreeKokkos>(tables_.degree, true, [&](auto degree) {
    constexpr int D = decltype(degree)::value;
    using Pass = PairForces<Space, T, D>;
    const bool few = takes_few<Space>(mapping_, batch.n);
    Pass pass(tables_, particles, pairs_, batch.first, batch.n, polynomials_.data(), stride, rows_.data(), own_.data(), few,
              nullptr);
    if constexpr (D < 0) {
      reserve(work_, static_cast<std::size_t>(tables_.basis.n_moments + 1) *
                         static_cast<std::size_t>(pass.league() * team_size<Space>(kPairThreads)));
      pass = Pass(tables_, particles, pairs_, batch.first, batch.n, polynomials_.data(), stride, rows_.data(), own_.data(), few,
                  work_.data());
    }
    Pass::run(pass);
  });
}

template <class Space, class T>
void Potential<Space, T>::pair_forces(const Particles<Space, T>& particles, PotentialResults<Space>& results, const Batch& batch,
                                      std::int64_t stride) {
  run_pair_forces(particles, batch, stride);
  Kokkos::parallel_for(
      "anisoap gather", LongRange(0, Offset{6} * particles.size),
      GatherForces<Space>{pairs_, batch.first, batch.n, batch.all, rows_.data(), own_.data(), results.motion.data()});
  const auto gather = [&](const detail::VirialShares& shares, const Array<Space, double>& virials) {
    Kokkos::parallel_for(
        "anisoap virials", Range(0, particles.size),
        GatherVirials<Space>{pairs_, particles.points, batch.first, batch.n, rows_.data(), shares, virials.data()});
  };
  if (results.want_virials) gather(detail::kHalves, results.virials);
  if (results.want_centroid_virials) gather(detail::kCentroid, results.centroid_virials);
}

template <class Space, class T>
void Potential<Space, T>::add_offsets(const Particles<Space, T>& particles, PotentialResults<Space>& results) {
  const Spread wanted(results);
  const std::size_t terms = n_terms(wanted), n_features = static_cast<std::size_t>(tables_.n_features);
  const std::size_t each = terms > 0 ? terms + local_work(wanted) + 2 * n_features + 2 : 2;
  for (const Batch& batch : batches(each * sizeof(double))) {
    const std::int64_t stride = (batch.n + kTile - 1) / kTile * kTile;
    const auto room = static_cast<std::size_t>(stride);
    reserve(energies_, room);
    if (terms > 0) {
      reserve(features_, (n_features + terms) * room);
      reserve(gradient_, n_features * room);
      reserve(work_, local_work(wanted) * room);
      local_energies(particles, results, batch, stride);
    }
    Kokkos::parallel_for("anisoap offsets", Range(0, batch.n),
                         PutOffsets<Space>{without_variance_, particles.species, pairs_.centre, batch.first, energies_.data()});
    put_energies(results, batch, 1);
  }
}

template <class Space, class T>
void Potential<Space, T>::add_two_body(const Particles<Space, T>& particles, PotentialResults<Space>& results) {
  const int n_members = results.want_uncertainties ? static_cast<int>(views_.n_two_body_members()) : 0;
  for (int kind = 0; kind < half_.n_kinds; ++kind) {
    const auto& view = views_.two_body().pairs[kind];
    const std::size_t work =
        detail::works_in_memory(view) ? static_cast<std::size_t>(detail::two_body_workspace(view) + view.n_networks) : 0;
    const std::size_t bytes = (work + static_cast<std::size_t>(kTwoBodyRow + n_members)) * sizeof(double);
    const auto most = std::max<Offset>(1024, static_cast<Offset>(memory_ / bytes));
    const Offset end = half_.first[static_cast<std::size_t>(kind) + 1];
    for (Offset at = half_.first[static_cast<std::size_t>(kind)]; at < end; at += most)
      add_kind(particles, results, kind, at, std::min(end, at + most));
  }
}

template <class Space, class T>
void Potential<Space, T>::add_kind(const Particles<Space, T>& particles, PotentialResults<Space>& results, int kind, Offset begin,
                                   Offset end) {
  const auto& view = views_.two_body().pairs[kind];
  const int n_members = results.want_uncertainties ? static_cast<int>(views_.n_two_body_members()) : 0,
            width = kTwoBodyRow + n_members;
  const Offset n = end - begin;
  const detail::TwoBodyPairView* pair = term_.pairs + kind;
  reserve(rows_, static_cast<std::size_t>(width * n));
  reserve(pair_energies_, static_cast<std::size_t>(n));
  if (takes_packs<Space, T>(mapping_)) {
    if constexpr (has_packs<Space, T>)
      TwoBodyPacks<Space>::run({half_.pair, particles.points, particles.bodies, pair, term_.cutoff, term_.inverse_width, begin,
                                end, rows_.data(), pair_energies_.data(), width, &find_backend()});
  } else if (detail::works_in_memory(view)) {
    const auto work = static_cast<std::size_t>(detail::two_body_workspace(view));
    reserve(work_, (work + static_cast<std::size_t>(view.n_networks)) * static_cast<std::size_t>(n));
    Kokkos::parallel_for("anisoap two-body in memory", LongRange(0, n),
                         MemoryPass<Space, T>{half_.pair, particles.points, particles.bodies, pair, term_.cutoff,
                                              term_.inverse_width, begin, rows_.data(), pair_energies_.data(), width,
                                              work_.data(), n, work_.data() + work * static_cast<std::size_t>(n)});
  } else {
    run_polynomial(particles, kind, begin, end, width);
  }
  if (results.want_energy)
    sums_.template add<1>("anisoap two-body energy", n, AddRows<1>{pair_energies_.data()}, &results.energy);
  const bool all = begin == half_.first[static_cast<std::size_t>(kind)] &&
                   end == half_.first[static_cast<std::size_t>(kind) + 1] && half_.n_kinds == 1;
  const GatherTwoBody<Space> gather{
      half_.pair,
      half_.gets,
      half_.of_particle,
      half_.kept,
      begin,
      end,
      {half_.listed[static_cast<std::size_t>(kind)], half_.listed[static_cast<std::size_t>(kind) + 1]},
      all,
      rows_.data(),
      width,
      results.motion.data(),
      results.want_energies ? results.energies.data() : nullptr};
  for_entries("anisoap two-body gather", particles.size, 8, gather);
  if (results.want_virials || results.want_centroid_virials || n_members > 0)
    Kokkos::parallel_for(
        "anisoap two-body virials", Range(0, particles.size),
        GatherTwoBodyMore<Space>{gather, particles.points, results.want_virials ? results.virials.data() : nullptr,
                                 results.want_centroid_virials ? results.centroid_virials.data() : nullptr,
                                 n_members > 0 ? members_.data() : nullptr});
}

// The forms of uniaxial bodies and few powers have code of their own.
template <class Space, class T>
void Potential<Space, T>::run_polynomial(const Particles<Space, T>& particles, int kind, Offset begin, Offset end, int width) {
  using detail::PairSymmetry;
  const auto& view = views_.two_body().pairs[kind];
  const auto run = [&](auto symmetry, auto powers) {
    using Pass = TwoBodyPass<Space, T, decltype(symmetry)::value, decltype(powers)::value>;
    Pass::run(Pass(half_, particles, term_.pairs + kind, term_, begin, end, rows_.data(), pair_energies_.data(), width,
                   view.polynomial.n_monomials * view.polynomial.n_powers));
  };
  const auto run_known = [&](auto symmetry) {
    detail::with_degree<detail::kCompiledPowers>(view.polynomial.n_powers, true, [&](auto powers) { run(symmetry, powers); });
  };
  switch (detail::symmetry_of(view.form)) {
    case PairSymmetry::UniaxialAlike:
      return run_known(std::integral_constant<PairSymmetry, PairSymmetry::UniaxialAlike>{});
    case PairSymmetry::UniaxialUnlike:
      return run_known(std::integral_constant<PairSymmetry, PairSymmetry::UniaxialUnlike>{});
    default:
      return run(std::integral_constant<PairSymmetry, PairSymmetry::Any>{}, detail::Degree<-1>{});
  }
}

template <class Space, class T>
void Potential<Space, T>::finish_uncertainties(PotentialResults<Space>& results) {
  Kokkos::parallel_for("anisoap uncertainties", Range(0, pairs_.n_centres),
                       PutUncertainties<Space>{pairs_.centre, variances_.data(), members_.data(),
                                               static_cast<int>(views_.n_two_body_members()), results.uncertainties.data()});
}

}  // namespace anisoap::kokkos
