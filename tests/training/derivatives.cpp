// SPDX-License-Identifier: MIT
// Derivatives of features and invariants: finite differences of their own, and the forces of a Potential when contracted.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "anisoap/training.hpp"
#include "support/errors.hpp"
#include "support/finite_difference.hpp"
#include "support/model.hpp"
#include "support/plain_network.hpp"
#include "support/turn.hpp"

namespace anisoap::test {
namespace {

constexpr auto kSphere = BodySymmetry::Sphere, kUniaxial = BodySymmetry::Uniaxial, kBiaxial = BodySymmetry::Biaxial;
constexpr auto kGto = RadialBasis::Gto, kMonomial = RadialBasis::Monomial;

std::size_t at(std::int64_t k) { return static_cast<std::size_t>(k); }

// Weights of the features of a linear model in the features themselves.
double weight(const LocalEnergy& e, std::size_t f) { return e.weights[f] * e.scale[f]; }

// What the pairs of a linear model give, from their Jacobian.
Outcome contracted(const PairJacobian& pairs, const Model& model, const Frame& frame) {
  Outcome out;
  out.forces.resize(3 * frame.size());
  out.torques.resize(3 * frame.size());
  out.virial.resize(9);
  for (std::size_t p = 0; p < pairs.i.size(); ++p) {
    const std::size_t i = at(pairs.i[p]), j = at(pairs.j[p]);
    const LocalEnergy& local = model.local[at(frame.species[i])];
    for (std::size_t d = 0; d < 3; ++d) {
      double slope = 0, turn = 0;
      for (std::size_t f = 0; f < pairs.n_features; ++f) {
        slope += weight(local, f) * pairs.jacobian[(6 * p + d) * pairs.n_features + f];
        turn += weight(local, f) * pairs.jacobian[(6 * p + 3 + d) * pairs.n_features + f];
      }
      out.forces[3 * i + d] += slope;
      out.forces[3 * j + d] -= slope;
      out.torques[3 * j + d] -= turn;
      for (std::size_t a = 0; a < 3; ++a) out.virial[3 * a + d] -= pairs.r[3 * p + a] * slope;
    }
  }
  return out;
}

void expect_same_forces(const Outcome& got, const Outcome& expected) {
  EXPECT_LE(relative_difference(got.forces, expected.forces), 1e-12);
  EXPECT_LE(relative_difference(got.torques, expected.torques), 1e-12);
  EXPECT_LE(relative_difference(got.virial, expected.virial), 1e-12);
}

TEST(Training, ThePairJacobianGivesTheForcesOfTheLinearModel) {
  for (const Recipe& recipe : {Recipe{LocalKind::Linear, kGto, 1}, Recipe{LocalKind::Linear, kGto, 3, {}, 4, 0.6},
                               Recipe{LocalKind::Linear, kMonomial, 2, {}, 3, 1.0}}) {
    const Model model = random_model(recipe);
    const Frame frame = spread_frame(91, recipe.n_species);
    const PairJacobian pairs = pair_jacobian(model.hypers, frame.view(), model.density_scale);
    ASSERT_EQ(pairs.n_features, model.n_features());
    expect_same_forces(contracted(pairs, model, frame), evaluate(Potential(model), frame));
  }
}

// Changes of all features when particle j moves or turns; wrt 0..2: positions, 3..5: turns.
std::vector<double> feature_differences(const Hypers& hypers, const Frame& frame, std::size_t j, std::size_t wrt, double h) {
  const auto rows = [&](double s) {
    Frame moved = frame;
    if (wrt < 3) moved.positions[3 * j + wrt] += s;
    else turn_body(turn_about(wrt - 3, s), &moved.quaternions[4 * j]);
    return rows_of(Descriptor(hypers), moved, Quantity::SymmetricPowerSpectrum);
  };
  const auto near = rows(h), back = rows(-h), far = rows(2 * h), far_back = rows(-2 * h);
  std::vector<double> out;
  for (std::size_t k = 0; k < near.size(); ++k) out.push_back((8 * (near[k] - back[k]) - (far[k] - far_back[k])) / (12 * h));
  return out;
}

TEST(Training, ThePairJacobianIsTheDerivativeOfEachFeature) {
  for (RadialBasis basis : {kGto, kMonomial}) {
    const Hypers hypers = random_model({LocalKind::Linear, basis, 2}).hypers;
    const Frame frame = spread_frame(92, 2);
    const PairJacobian pairs = pair_jacobian(hypers, frame.view());
    EXPECT_LE(relative_difference(pairs.features, rows_of(Descriptor(hypers), frame, Quantity::SymmetricPowerSpectrum)), 1e-13);
    const std::size_t n = pairs.n_features, moved = 3;
    for (std::size_t wrt = 0; wrt < 6; ++wrt) {
      std::vector<double> got(frame.size() * n);
      for (std::size_t p = 0; p < pairs.i.size(); ++p)
        for (std::size_t f = 0; f < n; ++f) {
          const double v = pairs.jacobian[(6 * p + wrt) * n + f];
          if (at(pairs.j[p]) == moved) got[at(pairs.i[p]) * n + f] += v;
          if (wrt < 3 && at(pairs.i[p]) == moved) got[moved * n + f] -= v;
        }
      const Deviation d = deviation(got, [&](double h) { return feature_differences(hypers, frame, moved, wrt, h); });
      EXPECT_TRUE(d.within(1e-7, 1e-12)) << d.difference << " of " << d.scale;
    }
  }
}

TEST(Training, PairsOfACentreStandTogetherAndItsOwnDoesNotMove) {
  const Frame frame = spread_frame(93, 2);
  const PairJacobian pairs = pair_jacobian(random_model({LocalKind::Linear, kGto, 2}).hypers, frame.view(), 1.0, threads(2));
  std::vector<int> runs(frame.size()), self(frame.size());
  for (std::size_t p = 0; p < pairs.i.size(); ++p) {
    if (p == 0 || pairs.i[p] != pairs.i[p - 1]) ++runs[at(pairs.i[p])];
    if (pairs.i[p] != pairs.j[p] || pairs.r[3 * p] != 0 || pairs.r[3 * p + 1] != 0 || pairs.r[3 * p + 2] != 0) continue;
    ++self[at(pairs.i[p])];
    for (std::size_t k = 0; k < 3 * pairs.n_features; ++k) ASSERT_EQ(pairs.jacobian[6 * p * pairs.n_features + k], 0);
  }
  EXPECT_EQ(runs, std::vector<int>(frame.size(), 1));
  EXPECT_EQ(self, std::vector<int>(frame.size(), 1));
}

TEST(Training, ThreadsDoNotChangeTheJacobian) {
  const Frame frame = random_frame(94, 300, {11, 0, 0, 0, 12, 0, 0, 0, 11}, {true, true, true}, 2);
  const Hypers hypers = random_model({LocalKind::Linear, kGto, 2, {}, 1}).hypers;
  const PairJacobian one = pair_jacobian(hypers, frame.view(), 1.0, threads(1)),
                     two = pair_jacobian(hypers, frame.view(), 1.0, threads(2));
  EXPECT_EQ(two.i, one.i);
  EXPECT_EQ(two.j, one.j);
  EXPECT_EQ(two.features, one.features);
  EXPECT_EQ(two.jacobian, one.jacobian);
}

// Everything that the pairs of each centre say.
std::map<std::size_t, std::vector<double>> by_centre(const PairJacobian& pairs) {
  std::map<std::size_t, std::vector<double>> out;
  const std::size_t n = pairs.n_features;
  for (std::size_t k = 0; k < pairs.features.size(); ++k) out[pairs.first + k / n].push_back(pairs.features[k]);
  for (std::size_t p = 0; p < pairs.i.size(); ++p) {
    auto& of_centre = out.at(at(pairs.i[p]));
    of_centre.push_back(static_cast<double>(pairs.j[p]));
    of_centre.insert(of_centre.end(), &pairs.r[3 * p], &pairs.r[3 * p] + 3);
    of_centre.insert(of_centre.end(), &pairs.jacobian[6 * n * p], &pairs.jacobian[6 * n * p] + 6 * n);
  }
  return out;
}

TEST(Training, ACentreHasTheSameJacobianInAnyRange) {
  const Frame many = random_frame(94, 150, {11, 0, 0, 0, 12, 0, 0, 0, 11}, {true, true, true}, 2), few = spread_frame(95, 2);
  for (const Frame* frame : {&many, &few})
    for (bool without_centre : {false, true}) {
      Hypers hypers = random_model({LocalKind::Linear, kGto, 2, {}, 1}).hypers;
      hypers.subtract_center_contribution = without_centre;
      const auto expected = by_centre(pair_jacobian(hypers, frame->view(), 1.0, threads(1)));
      ASSERT_EQ(expected.size(), frame->size());
      for (std::size_t size : {std::size_t{1}, std::size_t{7}, frame->size()}) {
        std::map<std::size_t, std::vector<double>> got;
        for (std::size_t first = 0; first < frame->size(); first += size) {
          const CentreRange range{first, std::min(first + size, frame->size())};
          const auto part = by_centre(pair_jacobian(hypers, frame->view(), 1.0, threads(2), 0, range));
          EXPECT_EQ(part.size(), range.last - range.first);
          got.insert(part.begin(), part.end());
        }
        EXPECT_TRUE(got == expected) << size << " of " << frame->size();
      }
    }
}

TEST(Training, ARangeEndsBeforeItHasTooManyPairs) {
  const Frame frame = random_frame(94, 150, {11, 0, 0, 0, 12, 0, 0, 0, 11}, {true, true, true}, 2);
  const Hypers hypers = random_model({LocalKind::Linear, kGto, 2, {}, 1}).hypers;
  const PairJacobian all = pair_jacobian(hypers, frame.view());
  std::vector<std::size_t> count(frame.size());
  for (std::int64_t i : all.i) ++count[at(i)];
  for (std::size_t most : {std::size_t{1}, 3 * count[0] + 5, all.i.size() - 1, all.i.size()}) {
    std::size_t n = 0;
    for (std::size_t first = 0, last = 0; first < frame.size(); first = last) {
      const PairJacobian part = pair_jacobian(hypers, frame.view(), 1.0, {}, 0, {first, CentreRange::kAll, most});
      last = first + part.features.size() / part.n_features;
      ASSERT_GT(last, first);
      EXPECT_TRUE(last == first + 1 || part.i.size() <= most);
      EXPECT_TRUE(last == frame.size() || part.i.size() + count[last] > most);  // no shorter than it has to be
      n += part.i.size();
    }
    EXPECT_EQ(n, all.i.size());
  }
}

// Energy, forces, torques and virial of a two-body term from its inputs, by plain networks.
Outcome contracted(const std::vector<TwoBodyInputs>& species_pairs, const Model& model, const Frame& frame) {
  Outcome out;
  out.forces.resize(3 * frame.size());
  out.torques.resize(3 * frame.size());
  out.virial.resize(9);
  for (int s : frame.species) out.energy += model.local[at(s)].offset;
  for (std::size_t q = 0; q < species_pairs.size(); ++q) {
    const TwoBodyInputs& in = species_pairs[q];
    const TwoBodyPair& pair = model.two_body.pairs[q];
    const std::size_t n = in.n_inputs;
    for (std::size_t p = 0; p < in.i.size(); ++p) {
      const PlainCommittee c = plain_committee(pair.networks, pair.shift, pair.scale, &in.inputs[p * n]);
      const std::size_t i = at(in.i[p]), j = at(in.j[p]);
      out.energy += in.weight[p] * in.taper[p] * c.mean;
      const auto slope = [&](std::size_t wrt) {
        double sum = 0;
        for (std::size_t k = 0; k < n; ++k) sum += c.gradient[k] * in.jacobian[(9 * p + wrt) * n + k];
        return in.weight[p] * in.taper[p] * sum;
      };
      for (std::size_t d = 0; d < 3; ++d) {
        const double along = slope(d) + in.weight[p] * c.mean * in.taper_gradient[3 * p + d];
        out.forces[3 * i + d] += along;
        out.forces[3 * j + d] -= along;
        out.torques[3 * i + d] -= slope(3 + d);
        out.torques[3 * j + d] -= slope(6 + d);
        for (std::size_t a = 0; a < 3; ++a) out.virial[3 * a + d] -= in.r[3 * p + a] * along;
      }
    }
  }
  return out;
}

TEST(Training, TwoBodyInputsGiveTheForcesOfTheTwoBodyTerm) {
  for (const auto& bodies : {std::vector<BodySymmetry>{kBiaxial}, {kSphere, kUniaxial, kBiaxial}, {kUniaxial, kBiaxial}}) {
    const auto n_species = static_cast<int>(bodies.size());
    const Model model = random_model({LocalKind::None, kGto, n_species, bodies});
    const Frame frame = spread_frame(95, n_species);
    const Outcome got = contracted(two_body_inputs(model.two_body, frame.view(), 1), model, frame);
    const Outcome expected = evaluate(Potential(model), frame);
    EXPECT_NEAR(got.energy, expected.energy, 1e-12 * largest(expected.energies));
    expect_same_forces(got, expected);
  }
}

TEST(Training, TwoBodyInputsHoldEachPairOnce) {
  Frame cluster = spread_frame(96, 2, {false, false, false});
  const Model model = random_model({LocalKind::None, kGto, 2, {kUniaxial, kBiaxial}});
  TwoBody term = model.two_body;
  term.cutoff = 100;
  const auto species_pairs = two_body_inputs(term, cluster.view());
  ASSERT_EQ(species_pairs.size(), 3u);
  const std::size_t expected[3] = {6, 16, 6}, n_inputs[3] = {9, 5 + 1 + 3 + 6, 26};
  for (std::size_t k = 0; k < 3; ++k) {
    EXPECT_EQ(species_pairs[k].i.size(), expected[k]);
    EXPECT_EQ(species_pairs[k].n_inputs, n_inputs[k]);
    for (std::size_t p = 0; p < species_pairs[k].i.size(); ++p) {
      EXPECT_EQ(species_pairs[k].weight[p], 1);
      EXPECT_EQ(cluster.species[at(species_pairs[k].i[p])], term.pairs[k].species[0]);
      EXPECT_EQ(cluster.species[at(species_pairs[k].j[p])], term.pairs[k].species[1]);
      for (std::size_t d = 0; d < 3; ++d)
        EXPECT_NEAR(species_pairs[k].r[3 * p + d],
                    cluster.positions[3 * at(species_pairs[k].j[p]) + d] - cluster.positions[3 * at(species_pairs[k].i[p]) + d],
                    1e-14);
    }
  }
}

TEST(Training, WrongArgumentsAreRefused) {
  const Frame frame = spread_frame(97, 2);
  const Model model = random_model({LocalKind::None, kGto, 2, {kUniaxial, kBiaxial}});
  for (double v : {0.0, -1.0, std::nan("")})
    expect_error(error_of([&] { pair_jacobian(model.hypers, frame.view(), v); }), {"density_scale"});
  for (const CentreRange& range : {CentreRange{3, 2}, CentreRange{0, frame.size() + 1}, CentreRange{frame.size() + 1}})
    expect_error(error_of([&] { pair_jacobian(model.hypers, frame.view(), 1.0, {}, 0, range); }), {"range of centres"});
  for (double v : {0.0, -1.0, std::nan(""), 5.0}) {
    TwoBody term = model.two_body;
    term.width = v;
    expect_error(error_of([&] { two_body_inputs(term, frame.view()); }), {"two_body.width"});
  }
  Frame bad = frame;
  bad.positions[4] = std::nan("");
  expect_error(error_of([&] { pair_jacobian(model.hypers, bad.view(), 1.0, {}, 7); }), {"frame 7", "particle 1", "position"});
  expect_error(error_of([&] { two_body_inputs(model.two_body, bad.view(), 1, 8); }), {"frame 8", "particle 1", "position"});
}

}  // namespace
}  // namespace anisoap::test
