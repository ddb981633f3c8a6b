// SPDX-License-Identifier: MIT
// All terms of a potential share one neighbour search: whatever their cutoffs, a model is the sum of its terms.
#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>

#include "support/compare.hpp"
#include "support/model.hpp"

namespace anisoap::test {
namespace {

// A jump at the density's cutoff tells neighbours within it from those beyond.
Model both_terms(LocalKind kind, double two_body_cutoff, bool center) {
  const auto kUniaxial = BodySymmetry::Uniaxial, kBiaxial = BodySymmetry::Biaxial;
  Model m = random_model(with_polynomials({kind, RadialBasis::Gto, 2, {kUniaxial, kBiaxial}, 2}));
  m.hypers.cutoff_function = CutoffFunction::None;
  m.hypers.cutoff_width = 0;
  m.hypers.subtract_center_contribution = !center;
  m.allow_discontinuity = true;
  m.two_body.cutoff = two_body_cutoff;
  m.two_body.width = 0.5;
  for (LocalEnergy& e : m.local) std::fill(e.variance_rows.begin(), e.variance_rows.end(), 0.0);
  return m;
}

Model without_two_body(Model m) {
  m.two_body = {};
  for (LocalEnergy& e : m.local) {
    e.pair_variance_rows.clear();
    e.pair_grade_rows.clear();
  }
  return m;
}

Model without_many_body(Model m) {
  for (LocalEnergy& e : m.local) {
    LocalEnergy none;
    none.pair_variance_rows = e.pair_variance_rows;
    e = none;
  }
  return m;
}

std::vector<double> sum(std::vector<double> a, const std::vector<double>& b) {
  for (std::size_t k = 0; k < a.size(); ++k) a[k] += b[k];
  return a;
}

// Few particles are searched image by image, many on a grid.
std::vector<Frame> frames() {
  return {spread_frame(131, 2), random_frame(132, 40, {7, 0, 0, 1, 8, 0, 0, -1, 9}, {true, true, false}, 2)};
}

TEST(OneSearch, TermsAddUpWhateverTheirCutoffs) {
  for (const Frame& frame : frames())
    for (double cutoff : {2.1, 3.9, 5.3})
      for (bool center : {true, false}) {
        const Model model = both_terms(LocalKind::Linear, cutoff, center);
        const Outcome all = evaluate(Potential(model), frame);
        const Outcome many = evaluate(Potential(without_two_body(model)), frame);
        const Outcome two = evaluate(Potential(without_many_body(model)), frame);
        SCOPED_TRACE(cutoff);
        EXPECT_LE(relative_difference(all.energies, sum(many.energies, two.energies)), 1e-13);
        EXPECT_LE(relative_difference(all.forces, sum(many.forces, two.forces)), 1e-12);
        EXPECT_LE(relative_difference(all.torques, sum(many.torques, two.torques)), 1e-12);
        EXPECT_LE(relative_difference(all.virials, sum(many.virials, two.virials)), 1e-12);
        EXPECT_LE(relative_difference(all.centroid_virials, sum(many.centroid_virials, two.centroid_virials)), 1e-12);
        EXPECT_LE(relative_difference(all.uncertainties, two.uncertainties), 1e-12);
      }
}

TEST(OneSearch, EachCentreIsSearchedOnce) {
  class Counting final : public NeighborSource {
   public:
    explicit Counting(const FrameBatch& batch) : batch_(batch) {}
    void collect(std::size_t centre, NeighborSink& sink) const override {
      ++count;
      batch_.collect(centre, sink);
    }
    mutable std::atomic<std::size_t> count{0};

   private:
    const FrameBatch& batch_;
  };
  for (LocalKind kind : {LocalKind::None, LocalKind::Linear, LocalKind::Kernel})
    for (const Frame& frame : frames()) {
      const Potential potential(both_terms(kind, 4.6, true));
      FrameBatch batch = potential.make_batch(1);
      batch.add(frame.view());
      for (bool uncertain : {false, true}) {
        const Counting source(batch);
        evaluate(potential, {&batch.table(), &source, &batch.centres(), &batch.centres()}, threads(2), uncertain, uncertain);
        EXPECT_EQ(source.count, frame.size() * (uncertain && kind != LocalKind::None ? 2 : 1));
      }
    }
}

TEST(OneSearch, ABatchOfPairsAloneHasNoDescriptors) {
  const Model model = without_many_body(both_terms(LocalKind::Linear, 3.9, true));
  const Potential potential(model);
  const Frame frame = spread_frame(131, 2);
  FrameBatch batch = potential.make_batch(1);
  batch.add(frame.view());
  const Descriptor descriptor(model.hypers);
  const std::size_t length = descriptor.row_length(Quantity::PowerSpectrum);
  std::vector<double> out(length * frame.size());
  Rows rows;
  rows.data = out.data();
  rows.stride = length;
  EXPECT_THROW(descriptor.compute(batch, Quantity::PowerSpectrum, rows, {}), std::runtime_error);
}

}  // namespace
}  // namespace anisoap::test
