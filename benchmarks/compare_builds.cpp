// SPDX-License-Identifier: MIT
// Do two builds give the same numbers? One line a case: hash of the bits, how many numbers, the largest of them.
//   compare_builds write FILE      keeps the numbers
//   compare_builds against FILE    adds the largest difference from them, relative to the largest number of each array
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "anisoap/training.hpp"
#include "support/model.hpp"

using namespace anisoap;
using namespace anisoap::test;

namespace {

using Numbers = std::vector<double>;

class Report {
 public:
  Report(const std::string& mode, const char* path)
      : against_(mode == "against"), file_(std::fopen(path, against_ ? "rb" : "wb")) {
    if (file_) return;
    std::perror(path);
    std::exit(2);
  }
  ~Report() { std::fclose(file_); }
  Report(const Report&) = delete;
  Report& operator=(const Report&) = delete;

  void add(const std::string& name, const std::vector<Numbers>& arrays) {
    std::uint64_t hash = 14695981039346656037u;  // FNV-1a
    std::size_t n = 0;
    double most = 0, difference = 0;
    for (const Numbers& array : arrays) {
      const double largest = largest_of(array);
      n += array.size();
      most = std::fmax(most, largest);
      for (double x : array) mix(x, hash);
      if (against_) difference = std::fmax(difference, largest_difference(array) / (largest > 0 ? largest : 1));
      else std::fwrite(array.data(), sizeof(double), array.size(), file_);
    }
    std::printf("%016llx %7zu %.17g", static_cast<unsigned long long>(hash), n, most);
    if (against_) std::printf(" %.1e", difference);
    std::printf(" %s\n", name.c_str());
  }

 private:
  static double largest_of(const Numbers& array) {
    double most = 0;
    for (double x : array) most = std::isnan(x) ? HUGE_VAL : std::fmax(most, std::fabs(x));
    return most;
  }
  static void mix(double x, std::uint64_t& hash) {
    unsigned char bytes[sizeof(double)];
    std::memcpy(bytes, &x, sizeof(x));
    for (unsigned char b : bytes) hash = (hash ^ b) * 1099511628211u;
  }
  double largest_difference(const Numbers& array) {
    Numbers kept(array.size());
    if (std::fread(kept.data(), sizeof(double), kept.size(), file_) != kept.size()) return HUGE_VAL;
    double most = 0;
    for (std::size_t k = 0; k < kept.size(); ++k) {
      const double d = std::fabs(array[k] - kept[k]);
      most = std::isnan(d) ? HUGE_VAL : std::fmax(most, d);
    }
    return most;
  }

  bool against_;
  std::FILE* file_;
};

std::vector<Numbers> arrays_of(const Outcome& o) {
  return {{o.energy}, o.energies, o.forces, o.torques, o.virial, o.virials, o.uncertainties};
}

void descriptors(Report& report, const std::string& set, bool compiled) {
  for (const Hypers& plain : {gto(4, 3.9, 1.2, 2), gto(6, 3.9, 1.2, 2), monomial(3, 3.9, 2)})
    for (bool single : {false, true})
      for (auto taper : {CutoffFunction::None, CutoffFunction::Cosine}) {
        Hypers h = plain;
        h.cutoff_function = taper;
        h.cutoff_width = taper == CutoffFunction::Cosine ? 1.5 : 0.0;
        Options options = threads(1);
        options.single_precision = single;
        const Descriptor descriptor(h, true, set, compiled);
        report.add("descriptor " + set + (compiled ? "" : " run-time degree") + (single ? " single" : "") +
                       (h.cutoff_width > 0 ? " taper" : ""),
                   {rows_of(descriptor, {spread_frame(3, 2)}, Quantity::SymmetricPowerSpectrum, options)});
      }
}

constexpr auto kSphere = BodySymmetry::Sphere, kUniaxial = BodySymmetry::Uniaxial, kBiaxial = BodySymmetry::Biaxial;

std::vector<Recipe> recipes() {
  const auto gto = RadialBasis::Gto, monomial = RadialBasis::Monomial;
  std::vector<Recipe> out = {{LocalKind::Linear, gto, 1, {}, 6},
                             {LocalKind::Kernel, gto, 2, {kUniaxial, kBiaxial}},
                             {LocalKind::Networks, monomial, 2, {kSphere, kUniaxial}},
                             {LocalKind::None, gto, 1, {kBiaxial}},
                             {LocalKind::None, gto, 1, {kUniaxial}}};
  for (std::size_t k = 1, n = out.size(); k < n; ++k) {
    out.push_back(with_polynomials(out[k]));
    out.push_back(with_polynomials(out[k], PairEnergies::Both));
  }
  return out;
}

// Particles 0 to 4 are centres; the others are ghosts, with numbers of their own.
Outcome with_ghosts(const Potential& potential, const Frame& frame) {
  FrameBatch batch = potential.make_batch(1);
  batch.add(frame.view());
  const std::vector<Centre> centres(batch.centres().begin(), batch.centres().begin() + 5);
  std::vector<std::int64_t> ids;
  for (std::size_t k = 0; k < frame.size(); ++k) ids.push_back(static_cast<std::int64_t>(3 * k % 7));
  PotentialInput input{&batch.table(), &batch, &centres, &batch.centres()};
  input.ids = ids.data();
  return evaluate(potential, input, threads(1), false);
}

void potentials(Report& report, const std::string& set, bool compiled) {
  for (const Recipe& recipe : recipes())
    for (bool joint : {false, true}) {
      if (joint && (recipe.kind != LocalKind::Networks || recipe.pairs != PairEnergies::Networks)) continue;
      Model model = random_model(recipe);
      model.joint_committees = joint;
      const Potential potential(model, set, compiled);
      const Frame frame = spread_frame(5, recipe.n_species);
      const std::string name = name_of(recipe) + (joint ? " joint " : " ") + set + (compiled ? "" : " run-time degree");
      report.add(name, arrays_of(evaluate(potential, frame)));
      report.add(name + " ghosts", arrays_of(with_ghosts(potential, frame)));
    }
}

void training(Report& report) {
  for (const Recipe& recipe : recipes()) {
    const Model model = random_model(recipe);
    const Frame frame = spread_frame(7, recipe.n_species);
    const PairJacobian j = pair_jacobian(model.hypers, frame.view(), 0.8, threads(1));
    report.add("jacobian " + name_of(recipe), {j.features, j.r, j.jacobian});
    if (model.two_body.empty()) continue;
    for (const TwoBodyInputs& t : two_body_inputs(model.two_body, frame.view(), 1))
      report.add("inputs " + name_of(recipe), {t.weight, t.r, t.taper, t.taper_gradient, t.inputs, t.jacobian});
    for (const PairTermRows& t : pair_term_rows(model.two_body, frame.view(), 1))
      report.add("terms " + name_of(recipe), {t.energies, t.forces, t.torques, t.virial});
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string mode = argc == 3 ? argv[1] : "";
  if (mode != "write" && mode != "against") {
    std::fprintf(stderr, "usage: compare_builds write|against FILE\n");
    return 2;
  }
  Report report(mode, argv[2]);
  for (const std::string& set : instruction_sets())
    for (bool compiled : {true, false}) {
      descriptors(report, set, compiled);
      potentials(report, set, compiled);
    }
  training(report);
}
