// SPDX-License-Identifier: MIT
// Cost per pair of the density step alone and of everything from positions to power spectra, on one core.
// Counter ns_per_pair is the figure to compare.
#include <chrono>

#include "descriptor/chunk.hpp"
#include "descriptor/density_step.hpp"
#include "liquid.hpp"

namespace {

using namespace bench;

// Arguments: instruction set (0 = widest), neighbours, max_angular, max_radial (-1 = default).
void density_step(benchmark::State& state) {
  const auto sets = anisoap::instruction_sets();
  if (static_cast<std::size_t>(state.range(0)) >= sets.size()) return state.SkipWithError("not on this machine");
  const auto& backend = anisoap::find_backend(sets[static_cast<std::size_t>(state.range(0))]);
  const anisoap::Basis basis(hypers(static_cast<int>(state.range(2)), static_cast<int>(state.range(3)), 1));
  const Liquid liquid(2048, static_cast<double>(state.range(1)), 5.0, 1);
  anisoap::FrameBatch batch(basis, 1);
  batch.add(liquid.view());
  const auto lanes = static_cast<std::size_t>(backend.lanes), n = static_cast<std::size_t>(state.range(1));
  std::vector<anisoap::Neighbor> list;
  std::mt19937 generator(3);
  std::normal_distribution<double> normal(0.0, 2.0);
  for (std::size_t k = 0; k < 2048 * n; ++k)
    list.push_back({{normal(generator), normal(generator), normal(generator)}, static_cast<std::int64_t>(generator() % 2048)});
  const auto n_moments = static_cast<std::size_t>(basis.n_moments());
  std::vector<double> storage((2 * n_moments + 2) * lanes + 16);
  double* aligned = storage.data() + (64 - reinterpret_cast<std::uintptr_t>(storage.data()) % 64) / sizeof(double);
  std::vector<const anisoap::Neighbor*> first(lanes);
  std::vector<int> count(lanes, static_cast<int>(n));
  const anisoap::DensityTask task{first.data(),
                                  count.data(),
                                  batch.table().shapes.data(),
                                  1 / basis.length(),
                                  1.0,
                                  5.0 / basis.length(),
                                  0.0,
                                  basis.degree(),
                                  basis.n_moments(),
                                  basis.degree() > backend.compiled_degree ? basis.steps().data() : nullptr,
                                  aligned + (n_moments)*lanes,
                                  aligned};
  for (auto _ : state) {
    for (std::size_t c = 0; c < 2048; c += lanes) {
      for (std::size_t lane = 0; lane < lanes; ++lane) first[lane] = &list[(c + lane) * n];
      backend.density(task);
      benchmark::DoNotOptimize(aligned[1]);
    }
  }
  state.SetLabel(backend.name);
  report(state, 2048.0 * static_cast<double>(n));
}

// Density step of mixtures: the same 4,096 particles under 1 to 4 labels, lanes as the descriptor fills them; the time is that of
// the sums, or of sums and contraction. Arguments: neighbours, contraction too, species.
void density_of_mixture(benchmark::State& state) {
  using Clock = std::chrono::steady_clock;
  const bool contracted = state.range(1) != 0;
  const int n_species = static_cast<int>(state.range(2));
  const anisoap::Basis basis(hypers(6, -1, n_species));
  const auto& backend = anisoap::find_backend();
  const Liquid liquid(4096, static_cast<double>(state.range(0)), 5.0, n_species);
  anisoap::FrameBatch batch(basis, 1);
  batch.add(liquid.view());
  anisoap::ChunkSearch search(batch.table(), basis.hypers(), backend);
  anisoap::DensityStep density(basis, backend, true, batch.table(), false);
  anisoap::Chunk chunk;
  for (auto _ : state) {
    Clock::duration time{};
    for (std::size_t next = 0; next < 4096;) {
      const std::size_t last = std::min(next + anisoap::kBlockCentres, std::size_t{4096});
      next = search.fill(batch, batch.centres(), next, last, chunk);
      const std::size_t n = chunk.entries.size(), batch = density.batch();
      const auto start = Clock::now();
      for (std::size_t k = 0; k < n; k += batch) {
        density.arrange(chunk, k, std::min(batch, n - k));
        for (std::size_t lane = 0; lane < density.n_lanes(); lane += density.n_summed()) {
          density.sum(lane);
          if (contracted) density.contract(lane);
        }
      }
      time += Clock::now() - start;
    }
    state.SetIterationTime(std::chrono::duration<double>(time).count());
  }
  state.SetLabel(backend.name);
  report(state, count_pairs(batch, 5.0));
}

// Arguments: neighbours, max_angular, max_radial, species, single precision, threads.
void everything(benchmark::State& state) {
  const anisoap::Hypers h =
      hypers(static_cast<int>(state.range(1)), static_cast<int>(state.range(2)), static_cast<int>(state.range(3)));
  const anisoap::Descriptor descriptor(h);
  const Liquid liquid(4096, static_cast<double>(state.range(0)), h.cutoff_radius, static_cast<int>(state.range(3)));
  const std::size_t row = descriptor.row_length(anisoap::Quantity::PowerSpectrum);
  std::vector<double> out(row * 4096);
  anisoap::Rows rows;
  rows.data = out.data();
  rows.stride = row;
  anisoap::Options options;
  options.num_threads = static_cast<int>(state.range(5));
  options.single_precision = state.range(4) != 0;
  double pairs = 0;
  for (auto _ : state) {
    anisoap::FrameBatch batch(descriptor.basis(), options.num_threads);
    batch.add(liquid.view());
    descriptor.compute(batch, anisoap::Quantity::PowerSpectrum, rows, options);
    if (pairs == 0) {
      state.PauseTiming();
      pairs = count_pairs(batch, h.cutoff_radius);
      state.ResumeTiming();
    }
  }
  state.SetLabel(descriptor.instruction_set());
  report(state, pairs);
}

// Neighbour search alone. Argument: neighbours.
void neighbor_search(benchmark::State& state) {
  const anisoap::Basis basis(hypers(6, -1, 1));
  const Liquid liquid(4096, static_cast<double>(state.range(0)), 5.0, 1);
  double pairs = 0;
  for (auto _ : state) {
    anisoap::FrameBatch batch(basis, 1);
    batch.add(liquid.view());
    pairs = count_pairs(batch, 5.0);
  }
  report(state, pairs);
}

BENCHMARK(density_step)
    ->ArgNames({"isa", "neighbors", "lmax", "nmax"})
    ->ArgsProduct({{0, 1, 2}, {28, 64}, {6}, {-1}})
    ->Args({0, 28, 9, -1})
    ->Args({0, 28, 9, 6})
    ->Unit(benchmark::kMillisecond);
BENCHMARK(density_of_mixture)
    ->ArgNames({"neighbors", "contraction", "species"})
    ->ArgsProduct({{28, 64, 140}, {0, 1}, {1, 2, 3, 4}})
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(neighbor_search)->ArgName("neighbors")->Arg(28)->Arg(64)->Unit(benchmark::kMillisecond);
BENCHMARK(everything)
    ->ArgNames({"neighbors", "lmax", "nmax", "species", "single", "threads"})
    ->ArgsProduct({{28, 64}, {6}, {-1}, {1}, {0, 1}, {1}})
    ->ArgsProduct({{28}, {6}, {-1}, {2, 3}, {0}, {1}})
    ->ArgsProduct({{28}, {6}, {-1}, {1}, {0}, {2}})
    ->ArgsProduct({{28}, {9}, {-1, 6}, {1}, {0}, {1}})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
