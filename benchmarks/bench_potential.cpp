// SPDX-License-Identifier: MIT
// Cost per pair of energies, forces, torques and virial, from positions on and neighbour search included, on one core.
#include "anisoap/model.hpp"
#include "anisoap/potential.hpp"
#include "liquid.hpp"

using namespace bench;

namespace {

std::vector<double> random_numbers(std::size_t n, double width) {
  std::mt19937 generator(5);
  std::normal_distribution<double> normal(0.0, width);
  std::vector<double> out(n);
  for (double& v : out) v = normal(generator);
  return out;
}

anisoap::Model empty_model(int max_angular, int n_species) {
  anisoap::Model model;
  model.hypers = hypers(max_angular, -1, n_species);
  model.hypers.cutoff_function = anisoap::CutoffFunction::Cosine;
  model.hypers.cutoff_width = 1.0;
  model.local.resize(static_cast<std::size_t>(n_species));
  return model;
}

anisoap::Model linear_model(int max_angular, int n_species) {
  anisoap::Model model = empty_model(max_angular, n_species);
  for (auto& e : model.local) {
    const std::size_t n = model.n_features();
    e.kind = anisoap::LocalKind::Linear;
    e.shift.assign(n, 0.0);
    e.scale.assign(n, 1.0);
    e.weights = random_numbers(n, 1.0);
  }
  return model;
}

// Adds one pair of each two species, without networks or a polynomial.
void add_two_body(anisoap::Model& model, double cutoff) {
  const int n_species = static_cast<int>(model.hypers.species.size());
  model.two_body.cutoff = cutoff;
  model.two_body.width = 1.0;
  model.two_body.species.resize(static_cast<std::size_t>(n_species));
  for (int a = 0; a < n_species; ++a)
    for (int b = a; b < n_species; ++b) {
      model.two_body.pairs.emplace_back();
      model.two_body.pairs.back().species[0] = a;
      model.two_body.pairs.back().species[1] = b;
    }
}

void add_polynomials(anisoap::Model& model, int degree, double cutoff) {
  add_two_body(model, cutoff);
  for (anisoap::TwoBodyPair& pair : model.two_body.pairs) {
    pair.polynomial = {{1, 2, 3, 6, 9, 12}, degree, {}};
    pair.polynomial.weights = random_numbers(anisoap::n_pair_terms(model.two_body, pair), 0.1);
  }
}

anisoap::Model network_model(int width) {
  anisoap::Model model = empty_model(0, 1);
  add_two_body(model, 5.0);
  anisoap::TwoBodyPair& pair = model.two_body.pairs.front();
  const std::size_t n = anisoap::n_pair_inputs(model.two_body, pair);
  pair.shift.assign(n, 0.0);
  pair.scale.assign(n, 0.1);
  const std::vector<int> widths{static_cast<int>(n), width, width, 1};
  pair.networks.push_back({widths, random_numbers(anisoap::Network::n_parameters(widths), 0.1)});
  return model;
}

anisoap::Model polynomial_model(int degree, int n_species) {
  anisoap::Model model = empty_model(0, n_species);
  add_polynomials(model, degree, 5.0);
  return model;
}

void run(benchmark::State& state, const anisoap::Model& model, double neighbors, int n_species, int threads) {
  const anisoap::Potential potential(model);
  const Liquid liquid(4096, neighbors, 5.0, n_species);
  std::vector<double> energies(4096), forces(3 * 4096), torques(3 * 4096);
  anisoap::Options options;
  options.num_threads = threads;
  double pairs = 0;
  for (auto _ : state) {
    anisoap::FrameBatch batch = potential.make_batch(threads);
    batch.add(liquid.view());
    anisoap::PotentialResults results;
    results.energies = energies.data();
    results.forces = forces.data();
    results.torques = torques.data();
    potential.compute(batch, results, options);
    if (pairs > 0) continue;
    state.PauseTiming();
    pairs = count_pairs(batch, 5.0);
    state.ResumeTiming();
  }
  report(state, pairs);
}

// Arguments: neighbours, max_angular, species, threads.
void linear(benchmark::State& state) {
  const int n_species = static_cast<int>(state.range(2));
  run(state, linear_model(static_cast<int>(state.range(1)), n_species), static_cast<double>(state.range(0)), n_species,
      static_cast<int>(state.range(3)));
}

// Arguments: neighbours, width of the two hidden layers.
void two_body(benchmark::State& state) {
  run(state, network_model(static_cast<int>(state.range(1))), static_cast<double>(state.range(0)), 1, 1);
}

// Arguments: neighbours, degree of the polynomials, species.
void two_body_polynomial(benchmark::State& state) {
  const int n_species = static_cast<int>(state.range(2));
  run(state, polynomial_model(static_cast<int>(state.range(1)), n_species), static_cast<double>(state.range(0)), n_species, 1);
}

// Linear, l_max 6, and polynomials of degree 6. Arguments: neighbours within 5, cutoff of the polynomials, species.
void both_terms(benchmark::State& state) {
  const int n_species = static_cast<int>(state.range(2));
  anisoap::Model model = linear_model(6, n_species);
  add_polynomials(model, 6, static_cast<double>(state.range(1)));
  run(state, model, static_cast<double>(state.range(0)), n_species, 1);
}

BENCHMARK(linear)
    ->ArgNames({"neighbors", "lmax", "species", "threads"})
    ->Args({28, 6, 1, 1})
    ->Args({64, 6, 1, 1})
    ->Args({28, 9, 1, 1})
    ->Args({28, 6, 2, 1})
    ->Args({28, 6, 1, 2})
    ->Unit(benchmark::kMillisecond);
BENCHMARK(two_body)->ArgNames({"neighbors", "width"})->Args({28, 32})->Args({28, 64})->Unit(benchmark::kMillisecond);
BENCHMARK(two_body_polynomial)
    ->ArgNames({"neighbors", "degree", "species"})
    ->Args({28, 12, 1})
    ->Args({28, 6, 1})
    ->Args({28, 6, 2})
    ->Unit(benchmark::kMillisecond);
BENCHMARK(both_terms)
    ->ArgNames({"neighbors", "cutoff", "species"})
    ->ArgsProduct({{28}, {4, 5, 7}, {1, 2}})
    ->Unit(benchmark::kMillisecond);

}  // namespace
