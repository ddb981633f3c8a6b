// SPDX-License-Identifier: MIT
// Random models of every kind, well spread frames for them, and what a potential gives for a frame.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "anisoap/point_group.hpp"
#include "anisoap/potential.hpp"
#include "support/frame.hpp"

namespace anisoap::test {

// Energies of the pairs of a two-body term.
enum class PairEnergies {
  Networks,
  Polynomial,
  Both,  // by turns, pair after pair
};

// What a random model is made of.
struct Recipe {
  LocalKind kind = LocalKind::Linear;
  RadialBasis basis = RadialBasis::Gto;
  int n_species = 1;
  std::vector<BodySymmetry> bodies{};  // of the two-body term, one per species; empty: no such term
  int max_angular = 3;
  double density_scale = 0.8;
  PairEnergies pairs = PairEnergies::Networks;
  std::vector<std::string> groups{};  // of bodies that have expansions for their pairs, one per species
};

// One with expansions for the pairs of bodies of these point groups.
inline Recipe with_expansions(LocalKind kind, const std::vector<std::string>& groups) {
  Recipe recipe;
  recipe.kind = kind;
  recipe.n_species = static_cast<int>(groups.size());
  recipe.groups = groups;
  return recipe;
}

// A recipe with polynomials for its pairs.
inline Recipe with_polynomials(Recipe recipe, PairEnergies pairs = PairEnergies::Polynomial) {
  recipe.pairs = pairs;
  return recipe;
}

// Name of a test: letters and numbers alone.
inline std::string name_of(const Recipe& recipe) {
  const char* kinds[] = {"none", "linear", "kernel", "networks"};
  std::string name = std::string(kinds[static_cast<int>(recipe.kind)]) + "_" + anisoap::name_of(recipe.basis);
  for (BodySymmetry body : recipe.bodies)
    name += body == BodySymmetry::Sphere ? "_sphere" : (body == BodySymmetry::Uniaxial ? "_uniaxial" : "_biaxial");
  for (const std::string& group : recipe.groups) name += "_" + group;
  if (recipe.pairs != PairEnergies::Networks) name += recipe.pairs == PairEnergies::Both ? "_both" : "_polynomial";
  return name;
}

struct RecipeName {
  std::string operator()(const ::testing::TestParamInfo<Recipe>& test) const {
    return name_of(test.param) + "_" + std::to_string(test.index);
  }
};

class Random {
 public:
  explicit Random(unsigned seed) : generator_(seed) {}
  double normal(double width = 1) { return width * normal_(generator_); }
  double uniform(double low, double high) { return low + (high - low) * uniform_(generator_); }
  std::vector<double> normals(std::size_t n, double width = 1) {
    std::vector<double> out(n);
    for (double& v : out) v = normal(width);
    return out;
  }
  std::vector<double> uniforms(std::size_t n, double low, double high) {
    std::vector<double> out(n);
    for (double& v : out) v = uniform(low, high);
    return out;
  }

 private:
  std::mt19937 generator_;
  std::normal_distribution<double> normal_;
  std::uniform_real_distribution<double> uniform_;
};

inline Network random_network(Random& random, const std::vector<int>& widths) {
  Network net{widths, {}};
  for (std::size_t k = 1; k < widths.size(); ++k) {
    const auto n_in = static_cast<std::size_t>(widths[k - 1]), n_out = static_cast<std::size_t>(widths[k]);
    for (double v : random.normals(n_in * n_out, 1 / std::sqrt(static_cast<double>(n_in)))) net.parameters.push_back(v);
    for (double v : random.normals(n_out, 0.3)) net.parameters.push_back(v);
  }
  return net;
}

constexpr std::size_t kVarianceRows = 11;

inline LocalEnergy random_local(Random& random, LocalKind kind, std::size_t n_features) {
  LocalEnergy e;
  e.kind = kind;
  e.offset = random.normal();
  if (kind == LocalKind::Linear || kind == LocalKind::Networks) {
    e.shift = random.normals(n_features, 0.01);
    e.scale = random.uniforms(n_features, 1, 2);
  }
  if (kind == LocalKind::Linear) {
    e.weights = random.normals(n_features, 5);
    e.variance_rows = random.normals(kVarianceRows * n_features);
  }
  if (kind == LocalKind::Kernel) {
    e.weights = random.normals(6, 3);
    for (std::size_t m = 0; m < e.weights.size(); ++m) {
      const auto point = random.normals(n_features);
      double squared = 0;
      for (double v : point) squared += v * v;
      for (double v : point) e.points.push_back(v / std::sqrt(squared));
    }
    e.exponent = 3;
    e.prior_variance = 50;
    e.variance_rows = random.normals(kVarianceRows * e.weights.size());
  }
  if (kind == LocalKind::Networks)
    for (int k = 0; k < 3; ++k) e.networks.push_back(random_network(random, {static_cast<int>(n_features), 10, 7, 1}));
  return e;
}

inline void add_networks(Random& random, const TwoBody& t, TwoBodyPair& pair) {
  const std::size_t n_inputs = n_pair_inputs(t, pair);
  pair.shift = random.normals(n_inputs, 0.1);
  pair.scale = random.uniforms(n_inputs, 0.3, 0.6);
  pair.scale[4] = 0.01;  // u^12
  for (int k = 0; k < 3; ++k) pair.networks.push_back(random_network(random, {static_cast<int>(n_inputs), 10, 7, 1}));
}

inline void add_polynomial(Random& random, const TwoBody& t, TwoBodyPair& pair) {
  const auto biaxial = [&](int s) { return t.species[static_cast<std::size_t>(s)].symmetry == BodySymmetry::Biaxial; };
  pair.polynomial.powers = {2, 5, 12};
  pair.polynomial.degree = biaxial(pair.species[0]) || biaxial(pair.species[1]) ? 4 : 7;
  const std::size_t n = n_pair_terms(t, pair);
  pair.polynomial.weights = random.normals(n, 5 / std::sqrt(static_cast<double>(n)));
}

inline TwoBody random_two_body(Random& random, const std::vector<BodySymmetry>& bodies, PairEnergies energies, double cutoff) {
  TwoBody t;
  t.cutoff = cutoff;
  t.width = 0.4 * cutoff;
  const int n = static_cast<int>(bodies.size());
  for (int a = 0; a < n; ++a) t.species.push_back({bodies[static_cast<std::size_t>(a)], (a + 1) % 3});
  for (int a = 0; a < n; ++a)
    for (int b = a; b < n; ++b) {
      TwoBodyPair pair;
      pair.species[0] = a;
      pair.species[1] = b;
      pair.length = 1.3;
      if (energies == PairEnergies::Polynomial || (energies == PairEnergies::Both && t.pairs.size() % 2 == 1))
        add_polynomial(random, t, pair);
      else add_networks(random, t, pair);
      t.pairs.push_back(pair);
    }
  return t;
}

// Functions of tensors up to rank 4, or a higher one where a group has no other.
inline std::vector<SymmetricExpansion::Term> expansion_terms(const PointGroup& first, const PointGroup& second, bool alike) {
  std::vector<SymmetricExpansion::Term> out;
  const int most[2] = {first.fold > 4 ? 6 : 4, second.fold > 4 ? 6 : 4};
  const auto count = [](const PointGroup& g, int l) { return static_cast<int>(invariant_tensors(g, l).size()); };
  for (int la = 0; la <= most[0]; ++la)
    for (int lb = alike ? la : 0; lb <= most[1]; ++lb)
      for (int a = 0; a < count(first, la); ++a)
        for (int b = alike && la == lb ? a : 0; b < count(second, lb); ++b) {
          const int highest = std::min(la, lb), lowest = first.chiral() || second.chiral() ? -highest : 0;
          for (int m = lowest; m <= highest; ++m) out.push_back({static_cast<int>(out.size() % 3), {la, lb}, {a, b}, m});
        }
  return out;
}

inline TwoBody random_expansions(Random& random, const std::vector<std::string>& groups, double cutoff) {
  TwoBody t;
  t.cutoff = cutoff;
  t.width = 0.4 * cutoff;
  const int n = static_cast<int>(groups.size());
  for (const std::string& group : groups) t.species.push_back({BodySymmetry::Biaxial, 2, group});
  for (int a = 0; a < n; ++a)
    for (int b = a; b < n; ++b) {
      TwoBodyPair pair;
      pair.species[0] = a;
      pair.species[1] = b;
      pair.length = 1.3;
      const auto group = [&](int s) { return point_group(groups[static_cast<std::size_t>(s)]); };
      pair.symmetric = {{2, 5}, {3}, expansion_terms(group(a), group(b), a == b), {}};
      pair.symmetric.weights = random.normals(pair.symmetric.terms.size(), 1);
      t.pairs.push_back(pair);
    }
  return t;
}

constexpr std::size_t kGradeRows = 9;

// Rows for the weights of the polynomials, and those of a grade.
inline void add_pair_rows(Random& random, const TwoBody& t, int species, LocalEnergy& e) {
  const std::size_t n_terms = n_species_terms(t, species);
  e.pair_variance_rows = random.normals(kVarianceRows * n_terms, 0.5);
  if (e.kind == LocalKind::Kernel || e.kind == LocalKind::Networks) return;
  Random others(400 + static_cast<unsigned>(species));
  e.grade_rows = others.normals(kGradeRows * e.scale.size());
  e.pair_grade_rows = others.normals(kGradeRows * n_terms, 0.5);
}

// Cutoff 3.9 with a taper; the two-body term reaches 4.6.
inline Model random_model(const Recipe& recipe, unsigned seed = 1) {
  Random random(seed);
  Model m;
  m.hypers = recipe.basis == RadialBasis::Gto ? gto(recipe.max_angular, 3.9, 1.2, recipe.n_species)
                                              : monomial(recipe.max_angular, 3.9, recipe.n_species);
  m.hypers.cutoff_function = CutoffFunction::Cosine;
  m.hypers.cutoff_width = 1.5;
  m.density_scale = recipe.density_scale;
  for (int s = 0; s < recipe.n_species; ++s) m.local.push_back(random_local(random, recipe.kind, m.n_features()));
  if (!recipe.bodies.empty()) m.two_body = random_two_body(random, recipe.bodies, recipe.pairs, 4.6);
  if (!recipe.groups.empty()) m.two_body = random_expansions(random, recipe.groups, 4.6);
  for (int s = 0; s < recipe.n_species; ++s) add_pair_rows(random, m.two_body, s, m.local[static_cast<std::size_t>(s)]);
  return m;
}

// 2 x 2 x 2 particles around the points of a grid, diameters 0.8 to 1.8: none overlap deeply. The cell is shorter than the
// cutoffs in one direction.
inline Frame spread_frame(unsigned seed, int n_species, const std::array<bool, 3>& periodic = {true, true, true}) {
  Random random(seed);
  Frame f;
  f.cell = {3.8, 0, 0, 0.9, 5, 0, -0.7, 1.1, 5.2};
  f.periodic = periodic;
  for (int i = 0; i < 8; ++i) {
    double u[3];
    for (int k = 0; k < 3; ++k) u[k] = 0.5 * (i >> k & 1) + random.uniform(0.2, 0.3);
    for (std::size_t d = 0; d < 3; ++d) f.positions.push_back(u[0] * f.cell[d] + u[1] * f.cell[3 + d] + u[2] * f.cell[6 + d]);
    for (int k = 0; k < 4; ++k) f.quaternions.push_back(random.normal());
    for (int k = 0; k < 3; ++k) f.diameters.push_back(random.uniform(0.8, 1.8));
    f.species.push_back(i % n_species);
  }
  return f;
}

// Arrays run over the particles.
struct Outcome {
  double energy = 0;
  std::vector<double> energies, forces, torques, virial, virials, uncertainties, grades, centroid_virials;
};

inline Outcome evaluate(const Potential& potential, const PotentialInput& input, const Options& options = {},
                        bool uncertain = true, bool graded = true) {
  const std::size_t n = input.particles->size();
  Outcome out{0,
              std::vector<double>(n),
              std::vector<double>(3 * n),
              std::vector<double>(3 * n),
              {},
              std::vector<double>(9 * n),
              std::vector<double>(n),
              std::vector<double>(n),
              std::vector<double>(9 * n)};
  PotentialResults results;
  results.energies = out.energies.data();
  results.forces = out.forces.data();
  results.torques = out.torques.data();
  results.virials = out.virials.data();
  results.centroid_virials = out.centroid_virials.data();
  results.uncertainties = uncertain ? out.uncertainties.data() : nullptr;
  results.grades = graded ? out.grades.data() : nullptr;
  potential.compute(input, results, options);
  out.energy = results.energy;
  out.virial.assign(results.virial, results.virial + 9);
  return out;
}

inline Options threads(int n) {
  Options options;
  options.num_threads = n;
  return options;
}

inline Outcome evaluate(const Potential& potential, const Frame& frame, const Options& options = threads(1)) {
  FrameBatch batch = potential.make_batch(1);
  batch.add(frame.view());
  return evaluate(potential, {&batch.table(), &batch, &batch.centres(), &batch.centres()}, options);
}

inline double energy_of(const Potential& potential, const Frame& frame) {
  FrameBatch batch = potential.make_batch(1);
  batch.add(frame.view());
  PotentialResults results;
  potential.compute(batch, results, threads(1));
  return results.energy;
}

}  // namespace anisoap::test
