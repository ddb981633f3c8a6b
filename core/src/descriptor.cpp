// SPDX-License-Identifier: MIT
// Centres in chunks: collect neighbours, sort centres by how many they have, then one group of lanes at a time through the
// density step, the contraction and the power spectrum. Only the rows of a group leave the thread's workspace.
#include "anisoap/descriptor.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <memory>

#include "anisoap/aligned.hpp"
#include "anisoap/error.hpp"
#include "parallel.hpp"
#include "simd.hpp"
#include "text.hpp"

namespace anisoap {
namespace {

constexpr std::size_t kChunkCentres = 128;
constexpr std::size_t kChunkNeighbors = 1 << 14;  // a chunk ends early when it holds more

using Clock = std::chrono::steady_clock;

// Neighbours of one centre inside a Chunk, sorted by species.
struct Entry {
  Centre centre;
  std::size_t offset;  // species s starts at Chunk::neighbors[Chunk::species_start[offset + s]]
  std::size_t count;
};

struct Chunk {
  AlignedVector<Neighbor> neighbors;
  std::vector<std::size_t> species_start;
  std::vector<Entry> entries;

  void clear() {
    neighbors.clear();
    species_start.clear();
    entries.clear();
  }
};

class Worker {
 public:
  Worker(const Basis& basis, const Kernels& kernels, bool compiled, const ParticleTable& table, Quantity quantity,
         std::size_t row_length, bool single)
      : basis_(basis),
        view_(basis.view()),
        kernels_(kernels),
        table_(table),
        quantity_(quantity),
        row_length_(row_length),
        single_(single),
        lanes_(static_cast<std::size_t>(single ? kernels.lanes_single : kernels.lanes)),
        sink_(table, basis.hypers().cutoff_radius, kernels),
        first_(lanes_),
        count_(lanes_) {
    const auto n_moments = static_cast<std::size_t>(basis.n_moments());
    const auto n_species = static_cast<std::size_t>(view_.n_species);
    sums_.resize(n_species * n_moments * lanes_);
    coefficients_.resize(static_cast<std::size_t>(basis.n_coefficients() * kernels.lanes));
    features_.resize(row_length * static_cast<std::size_t>(kernels.lanes));
    const bool generic = !compiled || basis.degree() > kCompiledDegree;
    if (generic || single) scratch_.resize((2 * n_moments + 1) * lanes_);
    const double unit = basis.length();
    const Hypers& h = basis.hypers();
    task_ = {first_.data(),
             count_.data(),
             table.shapes.data(),
             1 / unit,
             basis.window(),
             h.cutoff_radius / unit,
             h.cutoff_function == CutoffFunction::Cosine ? unit / h.cutoff_width : 0.0,
             basis.degree(),
             basis.n_moments(),
             generic ? basis.steps().data() : nullptr,
             scratch_.data(),
             nullptr};
  }

  // Centres first..last-1 of the list; calls checkpoint() every few thousand neighbours.
  template <class Checkpoint>
  void run(const NeighborSource& source, const std::vector<Centre>& centres, std::size_t first, std::size_t last,
           const Rows& rows, const Checkpoint& checkpoint) {
    while (first < last) {
      checkpoint();
      chunk_.clear();
      for (; first < last && chunk_.neighbors.size() < kChunkNeighbors; ++first) collect(source, centres[first]);
      sort_entries();
      for (std::size_t k = 0; k < chunk_.entries.size(); k += lanes_) group(k, std::min(lanes_, chunk_.entries.size() - k), rows);
    }
  }

 private:
  // Appends the neighbours of a centre, self included, ordered by species.
  void collect(const NeighborSource& source, const Centre& centre) {
    source.collect(centre.particle, sink_);
    const bool self = !basis_.hypers().subtract_center_contribution;
    const auto n_species = static_cast<std::size_t>(view_.n_species);
    const std::size_t first = chunk_.neighbors.size(), offset = chunk_.species_start.size();
    chunk_.entries.push_back({centre, offset, sink_.size() + (self ? 1 : 0)});
    chunk_.neighbors.resize(first + sink_.size() + (self ? 1 : 0));
    chunk_.species_start.resize(offset + n_species + 1, first);
    std::size_t* start = &chunk_.species_start[offset];
    const auto species_of = [&](std::int64_t j) { return static_cast<std::size_t>(table_.species[static_cast<std::size_t>(j)]); };
    const Neighbor itself{{0, 0, 0}, static_cast<std::int64_t>(centre.particle)};
    if (n_species == 1) {
      Neighbor* out = chunk_.neighbors.data() + first;
      if (self) *out++ = itself;
      std::copy(sink_.begin(), sink_.begin() + sink_.size(), out);
      start[1] = chunk_.neighbors.size();
      return;
    }
    next_.assign(n_species + 1, 0);
    const auto each = [&](auto&& visit) {
      if (self) visit(itself);
      std::for_each(sink_.begin(), sink_.begin() + sink_.size(), visit);
    };
    each([&](const Neighbor& e) { ++next_[species_of(e.index) + 1]; });
    for (std::size_t s = 0; s < n_species; ++s) start[s + 1] = start[s] + next_[s + 1];
    std::copy(start, start + n_species, next_.begin());
    each([&](const Neighbor& e) { chunk_.neighbors[next_[species_of(e.index)]++] = e; });
  }

  // Lanes of one group then have about as many neighbours of each species.
  void sort_entries() {
    const auto n_species = static_cast<std::size_t>(view_.n_species);
    const auto* start = chunk_.species_start.data();
    const auto less = [&](const Entry& a, const Entry& b) {
      for (std::size_t s = 0; s + 1 < n_species; ++s) {
        const auto in_a = start[a.offset + s + 1] - start[a.offset + s], in_b = start[b.offset + s + 1] - start[b.offset + s];
        if (in_a != in_b) return in_a < in_b;
      }
      return a.count < b.count;
    };
    std::stable_sort(chunk_.entries.begin(), chunk_.entries.end(), less);
  }

  void group(std::size_t first, std::size_t n, const Rows& rows) {
    const auto n_moments = static_cast<std::size_t>(view_.n_moments);
    for (int s = 0; s < view_.n_species; ++s) {
      for (std::size_t lane = 0; lane < n; ++lane) {
        const std::size_t* start = &chunk_.species_start[chunk_.entries[first + lane].offset + static_cast<std::size_t>(s)];
        count_[lane] = static_cast<int>(start[1] - start[0]);
        first_[lane] = chunk_.neighbors.data() + start[0];
      }
      std::fill(count_.begin() + static_cast<std::ptrdiff_t>(n), count_.end(), 0);
      task_.sums = sums_.data() + static_cast<std::size_t>(s) * n_moments * lanes_;
      (single_ ? kernels_.density_single : kernels_.density)(task_);
    }
    const auto width = static_cast<std::size_t>(kernels_.lanes);
    for (std::size_t lane = 0; lane < n; lane += width) finish(first + lane, std::min(width, n - lane), lane, rows);
  }

  // Rows of `n` centres whose sums stand in lanes lane, lane + 1, ...
  void finish(std::size_t first, std::size_t n, std::size_t lane, const Rows& rows) {
    const auto n_moments = static_cast<std::size_t>(view_.n_moments);
    for (int s = 0; s < view_.n_species; ++s)
      kernels_.contract(view_, sums_.data() + static_cast<std::size_t>(s) * n_moments * lanes_ + lane, static_cast<int>(lanes_),
                        s, coefficients_.data());
    const double* packed = coefficients_.data();
    if (quantity_ != Quantity::Coefficients) {
      kernels_.power_spectrum(view_, basis_.power_scale().data(), quantity_ == Quantity::SymmetricPowerSpectrum,
                              coefficients_.data(), features_.data());
      packed = features_.data();
    }
    for (std::size_t k = 0; k < n; ++k) {
      const std::size_t row = chunk_.entries[first + k].centre.row;
      const bool finite =
          rows.data ? write(packed + k, rows.data + row * rows.stride) : write(packed + k, rows.data_single + row * rows.stride);
      if (!finite)
        bad_argument("descriptor of particle " + std::to_string(row), "numbers that overflow",
                     "distances and diameters nearer to the basis length " + text(basis_.length()));
    }
  }

  // Copies one lane; false when a number is not finite.
  template <class T>
  bool write(const double* packed, T* out) const {
    const auto width = static_cast<std::size_t>(kernels_.lanes);
    bool finite = true;
    for (std::size_t f = 0; f < row_length_; ++f) {
      out[f] = static_cast<T>(packed[f * width]);
      finite &= std::fabs(out[f]) <= std::numeric_limits<T>::max();
    }
    return finite;
  }

  const Basis& basis_;
  detail::BasisView view_;
  const Kernels& kernels_;
  const ParticleTable& table_;
  Quantity quantity_;
  std::size_t row_length_;
  bool single_;
  std::size_t lanes_;
  NeighborSink sink_;
  Chunk chunk_;
  std::vector<const Neighbor*> first_;
  std::vector<int> count_;
  std::vector<std::size_t> next_;
  AlignedVector<double> sums_, coefficients_, features_, scratch_;
  DensityTask task_{};
};

}  // namespace

Descriptor::Descriptor(const Hypers& hypers, bool orthonormalize, const std::string& instruction_set, bool compiled_degrees)
    : basis_(hypers, orthonormalize), kernels_(&find_kernels(instruction_set)), compiled_degrees_(compiled_degrees) {}

const char* Descriptor::instruction_set() const { return kernels_->name; }

std::size_t Descriptor::row_length(Quantity quantity) const {
  if (quantity == Quantity::Coefficients) return static_cast<std::size_t>(basis_.n_coefficients());
  std::size_t n = 0;
  for (int n_l : basis_.num_radial()) {
    const std::size_t k = static_cast<std::size_t>(n_l) * hypers().species.size();
    n += quantity == Quantity::PowerSpectrum ? k * k : k * (k + 1) / 2;
  }
  return n;
}

std::vector<Label> Descriptor::labels(Quantity quantity) const {
  std::vector<Label> out;
  const int n_species = static_cast<int>(hypers().species.size());
  for (int l = 0; l <= hypers().max_angular; ++l) {
    const int k = basis_.num_radial()[static_cast<std::size_t>(l)] * n_species;
    if (quantity == Quantity::Coefficients) {
      for (int m = -l; m <= l; ++m)
        for (int a = 0; a < k; ++a) out.push_back({l, m, a / n_species, a % n_species, -1, -1});
    } else {
      for (int a = 0; a < k; ++a)
        for (int b = quantity == Quantity::PowerSpectrum ? 0 : a; b < k; ++b)
          out.push_back({l, 0, a / n_species, a % n_species, b / n_species, b % n_species});
    }
  }
  return out;
}

void Descriptor::compute(const ParticleTable& table, const NeighborSource& source, const std::vector<Centre>& centres,
                         Quantity quantity, const Rows& rows, const Options& options) const {
  const std::size_t n_chunks = (centres.size() + kChunkCentres - 1) / kChunkCentres;
  const int wanted = options.num_threads > 0 ? options.num_threads : max_threads();
  const int num_threads =
      static_cast<int>(std::min<std::size_t>(static_cast<std::size_t>(wanted), std::max<std::size_t>(n_chunks, 1)));
  std::vector<std::unique_ptr<Worker>> workers(static_cast<std::size_t>(num_threads));
  auto last_asked = Clock::now();
  const auto ask = [&] {
    if (!options.interrupted || Clock::now() - last_asked < std::chrono::milliseconds(50)) return;
    last_asked = Clock::now();
    if (options.interrupted()) throw Interrupted();
  };
  const auto work = [&](std::size_t chunk, int thread, const auto& checkpoint) {
    auto& worker = workers[static_cast<std::size_t>(thread)];
    if (!worker)
      worker = std::make_unique<Worker>(basis_, *kernels_, compiled_degrees_, table, quantity, row_length(quantity),
                                        options.single_precision && single_precision_safe());
    worker->run(source, centres, chunk * kChunkCentres, std::min(centres.size(), (chunk + 1) * kChunkCentres), rows, checkpoint);
  };
  parallel_for(n_chunks, num_threads, work, ask);
}

void Descriptor::compute(const FrameBatch& batch, Quantity quantity, const Rows& rows, const Options& options) const {
  compute(batch.table(), batch, batch.centres(), quantity, rows, options);
}

std::size_t Descriptor::workspace_bytes() const {
  const auto lanes = static_cast<std::size_t>(kernels_->lanes_single), n_moments = static_cast<std::size_t>(basis_.n_moments());
  const std::size_t doubles = lanes * (n_moments * (2 + hypers().species.size()) + row_length(Quantity::PowerSpectrum) +
                                       row_length(Quantity::Coefficients));
  return doubles * sizeof(double) + 2 * kChunkNeighbors * sizeof(Neighbor);
}

bool Descriptor::single_precision_safe() const { return basis_.amplification() < 30 && basis_.degree() <= 20; }

int default_num_threads() { return max_threads(); }

}  // namespace anisoap
