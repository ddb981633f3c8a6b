// SPDX-License-Identifier: MIT
#include "anisoap/kokkos/jacobian.hpp"

#include <algorithm>

#include "anisoap/kokkos/frames/jacobian.hpp"
#include "device/frames/frame_loader.hpp"
#include "support/overflow.hpp"

namespace anisoap::device {
namespace {

using Values = kokkos::Array<Space, double>;
using kokkos::Offset;
using Range = Kokkos::RangePolicy<Space, Kokkos::IndexType<Offset>>;

constexpr std::size_t kMostSums = std::size_t{1} << 30;  // bytes of sums over centres that wait on the device

// An array of n numbers, or nothing where n is 0.
Memory memory_of(std::size_t n_rows, const std::vector<std::size_t>& row_shape) {
  std::size_t n_columns = 1;
  for (const std::size_t k : row_shape) n_columns *= k;
  const auto values = spare_or_new(n_rows * n_columns);
  if (!values)
    failure("memory of the device: derivatives of " + std::to_string(n_rows) + " power spectra, " + std::to_string(n_columns) +
            " numbers each, do not fit; expected fewer particles, or device 'cpu'");
  return {values, values->data(), n_rows, n_columns, row_shape};
}

void clear(double* values, std::size_t n) {
  Kokkos::deep_copy(Space(), Kokkos::View<double*, Space::memory_space, Kokkos::MemoryUnmanaged>(values, n), 0.0);
}

void clear(const Memory& memory) {
  if (memory.data) clear(memory.data, memory.n_rows * memory.n_columns);
}

// Centres of a frame of n particles: rows on the device in the order given, and runs first..last-1 of them in ascending order.
struct Chosen {
  std::size_t n;
  kokkos::Array<Space, int> rows{"anisoap chosen centres", 0};
  std::vector<std::pair<std::size_t, std::size_t>> runs;

  Chosen(const std::vector<int>* centres, std::size_t n_particles) : n(centres ? centres->size() : n_particles) {
    if (!centres) {
      runs.emplace_back(0, n);
      return;
    }
    std::vector<int> sorted = *centres;
    std::sort(sorted.begin(), sorted.end());
    for (std::size_t k = 0; k < n; ++k) {
      const auto i = static_cast<std::size_t>(sorted[k]);
      if (sorted[k] < 0 || i >= n_particles || (k > 0 && sorted[k] == sorted[k - 1]))
        bad_argument("centres", std::to_string(sorted[k]), "particles of the frame, each once");
      if (runs.empty() || runs.back().second != i) runs.emplace_back(i, i);
      runs.back().second = i + 1;
    }
    rows = kokkos::copy_of<Space>(centres->data(), n, "anisoap chosen centres");
  }
};

class KokkosJacobian final : public Jacobian {
 public:
  KokkosJacobian(const Hypers& hypers, Quantity quantity, double density_scale)
      : engine_(hypers, quantity, density_scale), loader_(engine_.rules(), hypers.cutoff_radius) {}

  std::size_t row_length() const override { return static_cast<std::size_t>(engine_.row_length()); }

  DenseJacobian dense(const FrameSet& set, const JacobianParts& wanted) override {
    require_started();
    const Turn turn;
    begin(set);
    require_one_frame(set);
    const std::size_t n = set.frames[0].n, length = row_length();
    const Chosen chosen(wanted.centres, n);
    DenseJacobian out;
    out.features = memory_of(chosen.n, {length});
    if (wanted.positions) out.positions = memory_of(chosen.n, {length, n, 3});
    if (wanted.rotations) out.rotations = memory_of(chosen.n, {length, n, 3});
    if (wanted.strain) out.strain = memory_of(chosen.n, {length, 3, 3});
    const auto compute = [&](const Run& run) {
      for (const Memory* part : {&out.positions, &out.rotations, &out.strain}) clear(*part);
      if (run.n_particles == 0) return;
      load(set, run);
      const int* centres = wanted.centres ? chosen.rows.data() : nullptr;
      engine_.features(Values(out.features.data, chosen.n * length), centres, static_cast<int>(chosen.n));
      const std::vector<Offset> starts = pair_starts();
      for (const auto& [first, last] : chosen.runs)
        for_pairs(starts[first], starts[last], [&](const auto& pairs) {
          Kokkos::parallel_for("anisoap dense jacobian", Range(0, static_cast<Offset>(chosen.n * length)),
                               kokkos::AddDense<Space>{pairs, out.positions.data, out.rotations.data, out.strain.data, centres});
        });
    };
    in_runs(set, runs_of(set, kMostParticles), compute, [&] { release(); });
    Kokkos::fence();
    return out;
  }

  PairJacobian pairs(const FrameSet& set, const CentreRange& range) override {
    require_started();
    const Turn turn;
    begin(set);
    require_one_frame(set);
    PairJacobian out;
    out.n_features = row_length();
    out.first = range.first;
    range.end(set.frames[0].n);
    const auto compute = [&](const Run& run) {
      if (run.n_particles == 0) return;
      load(set, run);
      fetch_pairs(range, out);
    };
    in_runs(set, runs_of(set, kMostParticles), compute, [&] { release(); });
    return out;
  }

  void sums(const FrameSet& set, const JacobianSums& out) override {
    require_started();
    const Turn turn;
    begin(set);
    const std::size_t each = row_length() * (1 + 9 + 6 * n_species()) * sizeof(double);
    in_runs(
        set, runs_of(set, std::clamp<std::size_t>(kMostSums / each, 1, kMostParticles)),
        [&](const Run& run) { add_up(set, run, out); }, [&] { release(); });
  }

 private:
  std::size_t n_species() const { return engine_.basis().hypers().species.size(); }

  void begin(const FrameSet& set) {
    engine_.set_memory(kPairMemory);
    fetch_.num_threads = set.num_threads;
  }

  static void require_one_frame(const FrameSet& set) {
    if (set.frames.size() != 1) bad_argument("number of frames", std::to_string(set.frames.size()), "1");
  }

  void load(const FrameSet& set, const Run& run) {
    loader_.load(set, run, particles_);
    engine_.set(loader_.neighbors(), static_cast<int>(run.n_particles), particles_);
  }

  // use(JacobianRun) for runs of the pairs first..last-1.
  template <class Use>
  void for_pairs(Offset first, Offset last, const Use& use) {
    engine_.for_pairs(particles_, first, last, [&](const kokkos::PairRange& range, const Values& rows) {
      use(kokkos::JacobianRun<Space>{loader_.images(), engine_.pairs(), range, rows.data(), engine_.row_length()});
    });
  }

  void add_up(const FrameSet& set, const Run& run, const JacobianSums& out) {
    const std::size_t n = run.n_particles, length = row_length(), n_frames = run.last - run.first;
    const std::size_t of_particle = n_species() * 6 * length, of_frame = n_species() * 9 * length;
    std::fill_n(out.virial + run.first * of_frame, n_frames * of_frame, 0.0);
    if (n == 0) return;
    load(set, run);
    kokkos::reserve(features_, n * length);
    kokkos::reserve(motion_, n * of_particle);
    kokkos::reserve(strain_, n * length * 9);
    kokkos::reserve(virial_, n_frames * of_frame);
    engine_.features(features_);
    clear(motion_.data(), n * of_particle);
    clear(strain_.data(), n * length * 9);
    const auto& pairs = engine_.pairs();
    of_owner_.build(n, pairs.n_pairs, kokkos::OwnerOf<Space>{loader_.images(), pairs});
    const Range entries(0, static_cast<Offset>(n * length));
    for_pairs(0, pairs.n_pairs, [&](const auto& some) {
      Kokkos::parallel_for("anisoap motion rows", entries,
                           kokkos::AddMotion<Space>{some, particles_.species, of_owner_, motion_.data()});
      Kokkos::parallel_for("anisoap strain rows", entries,
                           kokkos::AddDense<Space>{some, nullptr, nullptr, strain_.data(), nullptr});
    });
    Kokkos::parallel_for("anisoap virial rows", Range(0, static_cast<Offset>(n_frames * of_frame)),
                         kokkos::SumStrain<Space>{loader_.images(), particles_.species, static_cast<int>(n_species()),
                                                  engine_.row_length(), strain_.data(), virial_.data()});
    fetch_(features_, n * length, out.features + run.first_particle * length);
    fetch_(motion_, n * of_particle, out.motion + run.first_particle * of_particle);
    fetch_(virial_, n_frames * of_frame, out.virial + run.first * of_frame);
  }

  // First pair of every centre, and the end.
  std::vector<Offset> pair_starts() const {
    const auto& pairs = engine_.pairs();
    const auto all = static_cast<std::size_t>(pairs.n_centres) * n_species() + 1;
    std::vector<Offset> starts(all), out;
    Kokkos::deep_copy(OnHost<Offset>(starts.data(), all), Kokkos::subview(pairs.start, part(all)));
    for (std::size_t k = 0; k < all; k += n_species()) out.push_back(starts[k]);
    return out;
  }

  void fetch_pairs(const CentreRange& range, PairJacobian& out) {
    const std::vector<Offset> starts = pair_starts();
    std::size_t last = range.end(starts.size() - 1);
    if (range.most_pairs != CentreRange::kAll)
      for (std::size_t i = range.first + 1; i < last; ++i)
        if (static_cast<std::size_t>(starts[i + 1] - starts[range.first]) > range.most_pairs) last = i;
    const Offset first_pair = starts[range.first], end_pair = starts[last];
    fetch_features(range.first, last, out);
    fetch_ends(first_pair, end_pair, out);
    out.i.clear();
    for (std::size_t i = range.first; i < last; ++i)
      out.i.insert(out.i.end(), static_cast<std::size_t>(starts[i + 1] - starts[i]), static_cast<std::int64_t>(i));
    const std::size_t of_pair = 6 * out.n_features;
    out.jacobian.resize(out.i.size() * of_pair);
    engine_.for_pairs(particles_, first_pair, end_pair, [&](const kokkos::PairRange& some, const Values& rows) {
      fetch_(rows, static_cast<std::size_t>(some.n) * of_pair,
             out.jacobian.data() + static_cast<std::size_t>(some.first - first_pair) * of_pair);
    });
    drop_outside(out);
  }

  void fetch_features(std::size_t first, std::size_t last, PairJacobian& out) {
    const std::size_t length = row_length();
    kokkos::reserve(features_, static_cast<std::size_t>(engine_.pairs().n_centres) * length);
    engine_.features(features_);
    out.features.resize((last - first) * length);
    fetch_(Kokkos::subview(features_, std::make_pair(first * length, last * length)), out.features.size(), out.features.data());
  }

  void fetch_ends(Offset first, Offset end, PairJacobian& out) {
    const auto n = static_cast<std::size_t>(end - first);
    const auto neighbor = kokkos::allocated<kokkos::Array<Space, int>>("anisoap pair neighbours", n);
    const auto r = kokkos::allocated<Values>("anisoap pair separations", 3 * n);
    const kokkos::PairEnds<Space> ends{loader_.images(), engine_.pairs(), engine_.pair_rules(), first, neighbor.data(), r.data()};
    Kokkos::parallel_for("anisoap pair ends", Range(0, end - first), ends);
    std::vector<int> j(n);
    out.r.resize(3 * n);
    fetch_(neighbor, n, j.data());
    fetch_(r, 3 * n, out.r.data());
    out.j.assign(j.begin(), j.end());
  }

  // Lists reach a little beyond the cutoff.
  static void drop_outside(PairJacobian& out) {
    const std::size_t of_pair = 6 * out.n_features;
    std::size_t kept = 0;
    for (std::size_t p = 0; p < out.j.size(); ++p) {
      if (out.j[p] < 0) continue;
      if (kept != p) {
        out.i[kept] = out.i[p];
        out.j[kept] = out.j[p];
        std::copy_n(&out.r[3 * p], 3, &out.r[3 * kept]);
        std::copy_n(&out.jacobian[p * of_pair], of_pair, &out.jacobian[kept * of_pair]);
      }
      ++kept;
    }
    out.i.resize(kept);
    out.j.resize(kept);
    out.r.resize(3 * kept);
    out.jacobian.resize(kept * of_pair);
  }

  void release() {
    engine_.halve_memory();
    features_ = motion_ = strain_ = virial_ = {};
    particles_ = {};
    of_owner_ = {};
    loader_ = FrameLoader(engine_.rules(), engine_.basis().hypers().cutoff_radius);
  }

  static constexpr std::size_t kPairMemory = std::size_t{1} << 30;

  kokkos::Jacobian<Space> engine_;
  FrameLoader loader_;
  kokkos::Particles<Space, double> particles_;
  kokkos::Transposed<Space> of_owner_;
  Values features_{"anisoap features", 0}, motion_{"anisoap motion rows", 0}, strain_{"anisoap strain rows", 0},
      virial_{"anisoap virial rows", 0};
  Fetcher fetch_;
};

}  // namespace

std::unique_ptr<Jacobian> make_jacobian(const Hypers& hypers, Quantity quantity, double density_scale) {
  require_started();
  require_positive("density_scale", density_scale);
  if (quantity == Quantity::Coefficients) bad_argument("quantity", "'coefficients'", "a power spectrum");
  const Turn turn;
  return std::make_unique<KokkosJacobian>(hypers, quantity, density_scale);
}

}  // namespace anisoap::device
