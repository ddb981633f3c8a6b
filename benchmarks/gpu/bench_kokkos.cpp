// SPDX-License-Identifier: MIT
// Times of the Kokkos engine kernel by kernel, on a perturbed lattice with an explicit shell of ghosts and 26 neighbours a
// centre, list given, one line of CSV for each case and kernel (best of several rounds):
// bench_kokkos [small | degrees | neighbours | mappings | large | host | profile | models FOLDER]. profile runs each case once,
// for a profiler; models writes those that in.step reads; host times the engine of a host in turn with the core without Kokkos,
// on one thread (compile with -DANISOAP_BENCH_SPACE=Serial, or set OMP_NUM_THREADS=1).
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <random>
#include <string>

#include "anisoap/descriptor.hpp"
#include "anisoap/kokkos/descriptor.hpp"
#include "anisoap/kokkos/potential.hpp"

#ifndef ANISOAP_BENCH_SPACE
#define ANISOAP_BENCH_SPACE DefaultExecutionSpace
#endif

namespace {

using namespace anisoap;
using Space = Kokkos::ANISOAP_BENCH_SPACE;
using Clock = std::chrono::steady_clock;

struct System {
  int n = 0, reach;  // particles that are no ghosts, shells of neighbours
  std::vector<double> positions, quaternions, diameters;
  std::vector<std::int64_t> numbers;
  std::vector<int> species, neighbors;  // [n * n_neighbors()]

  int n_neighbors() const { return (2 * reach + 1) * (2 * reach + 1) * (2 * reach + 1) - 1; }

  explicit System(int side_x, int side_y, int side_z, int shells = 1) : n(side_x * side_y * side_z), reach(shells) {
    const int side[3] = {side_x, side_y, side_z};
    const auto room = [&](int length) { return static_cast<std::size_t>(length + 2 * reach); };
    std::vector<int> at(room(side_x) * room(side_y) * room(side_z));
    const auto cell = [&](int i, int j, int k) -> int& {
      return at[(room(k - reach) * room(side_y) + room(j - reach)) * room(side_x) + room(i - reach)];
    };
    std::mt19937 generator(5);
    std::uniform_real_distribution<double> shift(-0.12, 0.12), length(0.5, 1.2);
    std::normal_distribution<double> normal;
    const auto each = [&](int low, auto&& visit) {
      for (int k = low; k < side[2] - low; ++k)
        for (int j = low; j < side[1] - low; ++j)
          for (int i = low; i < side[0] - low; ++i) visit(i, j, k);
    };
    each(0, [&](int i, int j, int k) {
      cell(i, j, k) = static_cast<int>(numbers.size());
      numbers.push_back(static_cast<std::int64_t>(numbers.size()));
      for (int x : {i, j, k}) positions.push_back(x + shift(generator));
      for (int c = 0; c < 4; ++c) quaternions.push_back(normal(generator));
      const double across = length(generator);
      diameters.insert(diameters.end(), {across, across, length(generator)});
    });
    each(-reach, [&](int i, int j, int k) {
      const int x[3] = {i, j, k};
      int inside[3];
      for (int d = 0; d < 3; ++d) inside[d] = (x[d] + side[d]) % side[d];
      if (std::equal(x, x + 3, inside)) return;
      const int owner = cell(inside[0], inside[1], inside[2]);
      cell(i, j, k) = static_cast<int>(numbers.size());
      numbers.push_back(owner);
      for (int d = 0; d < 3; ++d) positions.push_back(positions[static_cast<std::size_t>(3 * owner + d)] + x[d] - inside[d]);
      for (int c = 0; c < 4; ++c) quaternions.push_back(quaternions[static_cast<std::size_t>(4 * owner + c)]);
      for (int d = 0; d < 3; ++d) diameters.push_back(diameters[static_cast<std::size_t>(3 * owner + d)]);
    });
    species.assign(numbers.size(), 0);
    each(0, [&](int i, int j, int k) {
      std::vector<int> row;
      for (int c = -reach; c <= reach; ++c)
        for (int b = -reach; b <= reach; ++b)
          for (int a = -reach; a <= reach; ++a)
            if (a || b || c) row.push_back(cell(i + a, j + b, k + c));
      std::shuffle(row.begin(), row.end(), generator);
      neighbors.insert(neighbors.end(), row.begin(), row.end());
    });
  }
};

template <class T>
kokkos::Array<Space, T> put(const std::vector<T>& values) {
  return kokkos::copy_of<Space>(values.data(), values.size(), "bench");
}

struct Input {
  kokkos::Array<Space, double> x, q, d;
  explicit Input(const System& s) : x(put(s.positions)), q(put(s.quaternions)), d(put(s.diameters)) {}
  KOKKOS_FUNCTION double position(int k, int axis) const { return x(3 * static_cast<std::size_t>(k) + axis); }
  KOKKOS_FUNCTION double quaternion(int k, int c) const { return q(4 * static_cast<std::size_t>(k) + c); }
  KOKKOS_FUNCTION double diameter(int k, int axis) const { return d(3 * static_cast<std::size_t>(k) + axis); }
  KOKKOS_FUNCTION int species(int) const { return 0; }
};

struct Lists {
  kokkos::Array<Space, int> index;
  int n;
  explicit Lists(const System& s) : index(put(s.neighbors)), n(s.n_neighbors()) {}
  KOKKOS_FUNCTION int particle(int c) const { return c; }
  KOKKOS_FUNCTION int size(int) const { return n; }
  KOKKOS_FUNCTION int neighbor(int c, int k) const { return index(static_cast<std::size_t>(n) * c + k); }
};

// Times by kernel, from Kokkos's own hooks.
struct Timer {
  static inline std::map<std::string, double> total;
  static inline std::string name;
  static inline Clock::time_point start;
  static void begin(const char* kernel, std::uint32_t, std::uint64_t*) {
    name = kernel;
    Kokkos::fence();
    start = Clock::now();
  }
  static void end(std::uint64_t) {
    Kokkos::fence();
    total[name] += std::chrono::duration<double>(Clock::now() - start).count();
  }
  static void hook(bool on) {
    Kokkos::Tools::Experimental::set_begin_parallel_for_callback(on ? begin : nullptr);
    Kokkos::Tools::Experimental::set_end_parallel_for_callback(on ? end : nullptr);
    Kokkos::Tools::Experimental::set_begin_parallel_reduce_callback(on ? begin : nullptr);
    Kokkos::Tools::Experimental::set_end_parallel_reduce_callback(on ? end : nullptr);
  }
};

void line(const char* name, const char* type, int n, const std::string& kernel, double seconds) {
  std::printf("\"%s\",%s,%d,%s,%.4f,%.3f,%.1f\n", name, type, n, kernel.c_str(), seconds * 1e3, seconds * 1e9 / n,
              n / seconds * 1e-6);
  std::fflush(stdout);
}

bool once = false;  // each case, without times

template <class Run>
void measure(const char* name, const char* type, int n, const Run& run) {
  run();
  Kokkos::fence();
  if (once) return;
  double best = 1e30;
  for (int round = 0; round < 7; ++round) {
    const auto start = Clock::now();
    run();
    Kokkos::fence();
    best = std::min(best, std::chrono::duration<double>(Clock::now() - start).count());
  }
  std::map<std::string, double> kernels;
  for (int round = 0; round < 5; ++round) {
    Timer::total.clear();
    Timer::hook(true);
    run();
    Timer::hook(false);
    for (const auto& [kernel, seconds] : Timer::total)
      kernels[kernel] = kernels.count(kernel) ? std::min(kernels[kernel], seconds) : seconds;
  }
  line(name, type, n, "all", best);
  for (const auto& [kernel, seconds] : kernels) line(name, type, n, kernel, seconds);
}

std::vector<double> waves(std::size_t n, double step, double size = 1) {
  std::vector<double> out(n);
  for (std::size_t k = 0; k < n; ++k) out[k] = size * std::sin(step * static_cast<double>(k + 1));
  return out;
}

Model base_model(int max_angular) {
  Model m;
  m.hypers.max_angular = max_angular;
  m.hypers.cutoff_radius = 2.4;
  m.hypers.radial_gaussian_width = 1.0;
  m.hypers.cutoff_function = CutoffFunction::Cosine;
  m.hypers.cutoff_width = 0.8;
  m.hypers.species = {"X"};
  m.units = Units::Lj;
  m.local.resize(1);
  return m;
}

Model linear_model(int max_angular) {
  Model m = base_model(max_angular);
  LocalEnergy& e = m.local[0];
  e.kind = LocalKind::Linear;
  const std::size_t n = m.n_features();
  e.shift = waves(n, 0.3, 0.01);
  e.scale.assign(n, 1.0);
  e.weights = waves(n, 1.7, 1e-3);
  return m;
}

Model network_model(int max_angular) {
  Model m = linear_model(max_angular);
  LocalEnergy& e = m.local[0];
  e.kind = LocalKind::Networks;
  e.weights.clear();
  for (int k = 0; k < 4; ++k) {
    Network net{{static_cast<int>(m.n_features()), 32, 32, 1}, {}};
    net.parameters = waves(Network::n_parameters(net.widths), 0.7 + k, 0.1);
    e.networks.push_back(net);
  }
  return m;
}

Model with_polynomial(Model m) {
  m.two_body.cutoff = 2.4;
  m.two_body.width = 0.8;
  m.two_body.species = {{BodySymmetry::Uniaxial, 2}};
  TwoBodyPair pair;
  pair.polynomial.powers = {1, 2, 3, 6, 9, 12};
  pair.polynomial.degree = 12;
  pair.polynomial.weights = waves(n_pair_terms(m.two_body, pair), 0.9, 1e-5);
  m.two_body.pairs.push_back(pair);
  return m;
}

template <class T>
kokkos::Particles<Space, T> particles_of(const System& system, const detail::TableRules& rules) {
  kokkos::Particles<Space, T> out;
  out.resize(static_cast<int>(system.numbers.size()));
  Kokkos::deep_copy(Kokkos::subview(out.numbers, std::make_pair(std::size_t{0}, system.numbers.size())), put(system.numbers));
  const kokkos::Placed placed = kokkos::set_particles(Input(system), rules, out);
  if (placed.n_faults > 0) std::printf("# %d faults\n", placed.n_faults);
  return out;
}

template <class T>
void potential(const char* name, const char* type, const System& system, const Model& model,
               kokkos::Mapping mapping = kokkos::Mapping::BySize) {
  kokkos::Potential<Space, T> potential(model, std::size_t{24} << 30);
  potential.set_mapping(mapping);
  const auto particles = particles_of<T>(system, potential.rules());
  potential.set_neighbors(Lists(system), system.n, particles, true);
  kokkos::PotentialResults<Space> results;
  measure(name, type, system.n, [&] { potential.compute(particles, results); });
  std::printf("# energy of a particle %.15g\n", results.energy / system.n);
}

template <class T>
void descriptor(const char* name, const char* type, const System& system, int max_angular) {
  kokkos::Descriptor<Space, T> descriptor(base_model(max_angular).hypers, Quantity::SymmetricPowerSpectrum, true,
                                          std::size_t{24} << 30);
  const auto particles = particles_of<T>(system, descriptor.rules());
  descriptor.set_neighbors(Lists(system), system.n, particles);
  const kokkos::Array<Space, double> rows("rows",
                                          static_cast<std::size_t>(system.n) * static_cast<std::size_t>(descriptor.row_length()));
  measure(name, type, system.n, [&] { descriptor.compute(particles, rows); });
}

void lists(const System& system) {
  kokkos::Potential<Space> potential(with_polynomial(linear_model(6)));
  const auto particles = particles_of<double>(system, potential.rules());
  const Lists neighbors(system);
  measure("lists", "double", system.n, [&] { potential.set_neighbors(neighbors, system.n, particles, true); });
}

void write(const std::string& folder, const char* name, const Model& model) {
  std::ofstream(folder + "/" + name) << model.to_json();
}

void models(const std::string& folder) {
  write(folder, "linear.json", linear_model(6));
  write(folder, "linear_polynomial.json", with_polynomial(linear_model(6)));
  write(folder, "networks.json", network_model(6));
}

// A liquid's worth of neighbours, 28, in a list with a skin; without Kokkos a periodic frame.
struct HostCase {
  static constexpr int kSide = 20;
  static constexpr double kCutoff = 1.88, kSkin = 0.05, kWidth = 0.6;
  System system{kSide, kSide, kSide, 2};
  kokkos::Array<Space, int> start, index;

  HostCase() {
    std::vector<int> begin{0}, all;
    const auto m = static_cast<std::size_t>(system.n_neighbors());
    for (int c = 0; c < system.n; ++c) {
      for (std::size_t k = 0; k < m; ++k)
        if (const int j = system.neighbors[static_cast<std::size_t>(c) * m + k]; distance(c, j) < kCutoff + kSkin)
          all.push_back(j);
      begin.push_back(static_cast<int>(all.size()));
    }
    start = put(begin);
    index = put(all);
  }

  double distance(int i, int j) const {
    const double *x = &system.positions[3 * static_cast<std::size_t>(i)], *y = &system.positions[3 * static_cast<std::size_t>(j)];
    return std::hypot(y[0] - x[0], y[1] - x[1], y[2] - x[2]);
  }

  struct Rows {
    kokkos::Array<Space, int> start, index;
    KOKKOS_FUNCTION int particle(int c) const { return c; }
    KOKKOS_FUNCTION int size(int c) const { return start(c + 1) - start(c); }
    KOKKOS_FUNCTION int neighbor(int c, int k) const { return index(start(c) + k); }
  };
  Rows rows() const { return {start, index}; }

  void fill(FrameBatch& batch) const {
    static constexpr double cell[9] = {kSide, 0, 0, 0, kSide, 0, 0, 0, kSide};
    const double* d = system.diameters.data();
    batch.add({static_cast<std::size_t>(system.n),
               system.positions.data(),
               system.quaternions.data(),
               {d, d + 1, d + 2},
               3,
               system.species.data(),
               cell,
               {true, true, true}});
  }
};

template <class Run>
double seconds(const Run& run) {
  const auto start = Clock::now();
  run();
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// The least of 60 each, and the median of the ratios of one to the next, which other work on the machine disturbs less.
template <class Engine, class Core>
void beside_core(const char* name, int n, const Engine& engine, const Core& core) {
  double of_engine = 1e30, of_core = 1e30;
  std::vector<double> ratios;
  for (int round = 0; round < 60; ++round) {
    const double without = seconds(core), with = seconds(engine);
    of_core = std::min(of_core, without);
    of_engine = std::min(of_engine, with);
    ratios.push_back(with / without);
  }
  std::sort(ratios.begin(), ratios.end());
  line(name, "double", n, "all", of_engine);
  line(name, "double", n, "without Kokkos", of_core);
  std::printf("# ratio %.2f\n", ratios[ratios.size() / 2]);
}

Model at_cutoff(Model m) {
  m.hypers.cutoff_radius = HostCase::kCutoff;
  m.hypers.cutoff_width = HostCase::kWidth;
  if (m.two_body.empty()) return m;
  m.two_body.cutoff = HostCase::kCutoff;
  m.two_body.width = HostCase::kWidth;
  return m;
}

Options one_thread() {
  Options options;
  options.num_threads = 1;
  return options;
}

void potential_beside_core(const char* name, const HostCase& c, const Model& model) {
  kokkos::Potential<Space> engine(model);
  const auto particles = particles_of<double>(c.system, engine.rules());
  engine.set_neighbors(c.rows(), c.system.n, particles, true);
  kokkos::PotentialResults<Space> results;
  const Potential core(model);
  FrameBatch batch = core.make_batch(1);
  c.fill(batch);
  std::vector<double> forces(3 * batch.n_particles()), torques(forces.size());
  PotentialResults of_core;
  of_core.forces = forces.data();
  of_core.torques = torques.data();
  beside_core(
      name, c.system.n, [&] { engine.compute(particles, results); }, [&] { core.compute(batch, of_core, one_thread()); });
  std::printf("# energies %.15g and %.15g\n", results.energy, of_core.energy);
}

void descriptor_beside_core(const HostCase& c) {
  const Hypers hypers = at_cutoff(base_model(6)).hypers;
  kokkos::Descriptor<Space> engine(hypers, Quantity::SymmetricPowerSpectrum);
  const auto particles = particles_of<double>(c.system, engine.rules());
  engine.set_neighbors(c.rows(), c.system.n, particles);
  const auto length = static_cast<std::size_t>(engine.row_length());
  const kokkos::Array<Space, double> rows("rows", static_cast<std::size_t>(c.system.n) * length);
  const Descriptor core(hypers);
  FrameBatch batch(core.basis(), 1);
  c.fill(batch);
  std::vector<double> of_core(rows.extent(0));
  beside_core(
      "power spectrum", c.system.n, [&] { engine.compute(particles, rows); },
      [&] {
        core.compute(batch, Quantity::SymmetricPowerSpectrum, {of_core.data(), nullptr, length}, one_thread());
      });
}

void host() {
  if (kokkos::on_device<Space>) return;
  const HostCase c;
  descriptor_beside_core(c);
  potential_beside_core("linear", c, at_cutoff(linear_model(6)));
  potential_beside_core("linear + polynomial", c, at_cutoff(with_polynomial(linear_model(6))));
  potential_beside_core("networks", c, at_cutoff(network_model(6)));
}

// Ten million particles on one card, and rows of 26 to 2,196 neighbours.
void large() { potential<double>("linear", "double", System(216, 216, 216), linear_model(6)); }

void of_both_types(const std::string& name, const System& system, const Model& model) {
  potential<double>(name.c_str(), "double", system, model);
  potential<float>(name.c_str(), "float", system, model);
}

void degrees() {
  const System system(64, 32, 32);
  for (int l = 2; l <= 12; ++l) of_both_types("linear, l_max " + std::to_string(l), system, linear_model(l));
}

void neighbors() {
  for (int shells = 1; shells <= 6; ++shells) {
    const System system(32, 32, 32, shells);
    Model model = linear_model(6);
    model.hypers.cutoff_radius = 1.8 * shells + 0.7;  // all of them are inside
    of_both_types("linear, neighbours " + std::to_string(system.n_neighbors()), system, model);
  }
}

// Up to which size several threads a centre pay.
void mappings() {
  const int sides[][3] = {{8, 8, 8}, {16, 8, 8}, {20, 10, 10}, {16, 16, 16}, {32, 16, 16}, {32, 32, 16}, {32, 32, 32}};
  for (const auto& side : sides) {
    const System system(side[0], side[1], side[2]);
    potential<double>("linear, few", "double", system, linear_model(6), kokkos::Mapping::Few);
    potential<double>("linear, many", "double", system, linear_model(6), kokkos::Mapping::Many);
  }
}

void all(int x, int y, int z) {
  const System system(x, y, z);
  descriptor<double>("power spectrum", "double", system, 6);
  descriptor<float>("power spectrum", "float", system, 6);
  potential<double>("linear", "double", system, linear_model(6));
  potential<float>("linear", "float", system, linear_model(6));
  potential<double>("linear + polynomial", "double", system, with_polynomial(linear_model(6)));
  potential<float>("linear + polynomial", "float", system, with_polynomial(linear_model(6)));
  potential<double>("networks", "double", system, network_model(6));
  lists(system);
}

}  // namespace

int main(int argc, char** argv) {
  Kokkos::ScopeGuard guard(argc, argv);
  std::printf("case,type,particles,kernel,ms,ns a particle,M particles/s\n");
  const std::string mode = argc > 1 ? argv[1] : "";
  if (mode == "degrees") {
    degrees();
  } else if (mode == "neighbours") {
    neighbors();
  } else if (mode == "mappings") {
    mappings();
  } else if (mode == "large") {
    large();
  } else if (mode == "profile") {
    once = true;
    all(64, 32, 32);
  } else if (mode == "models" && argc > 2) {
    models(argv[2]);
  } else if (mode == "host") {
    host();
  } else if (mode == "small") {
    all(20, 10, 10);
  } else {
    all(64, 32, 32);
    all(100, 100, 100);
  }
  return 0;
}
