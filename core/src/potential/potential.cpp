// SPDX-License-Identifier: MIT
#include "anisoap/potential.hpp"

#include <cmath>

#include "anisoap/detail/committee.hpp"
#include "anisoap/error.hpp"
#include "anisoap/model_views.hpp"
#include "anisoap/moment_shifts.hpp"
#include "anisoap/simd/dispatch.hpp"
#include "potential/block_terms.hpp"
#include "support/blocks.hpp"

namespace anisoap {
const Model& checked_potential(const Model& model) {
  model.validate();
  if (model.has_many_body() && model.hypers.cutoff_function == CutoffFunction::None && !model.allow_discontinuity)
    bad_argument("cutoff_function of the model", "'none', with which energies jump when a neighbour crosses the cutoff",
                 "'cosine' with a cutoff_width, or allow_discontinuity");
  return model;
}

namespace {

// What uncertainties are made of, per row.
struct Spread {
  std::vector<double> variances;
  std::vector<double> members;  // [n_rows * n_members] energies of a committee
  std::size_t n_members = 0;
};

double* rows_or_null(std::vector<double>& rows) { return rows.empty() ? nullptr : rows.data(); }

}  // namespace

struct Potential::Impl {
  Model model;
  Basis basis;
  const Backend& backend;
  bool compiled;
  std::vector<detail::ShiftedIndices> raised;
  ModelViews views;

  Impl(const Model& given, const std::string& instruction_set, bool compiled_degrees)
      : model(checked_potential(given)),
        basis(model.hypers),
        backend(find_backend(instruction_set)),
        compiled(compiled_degrees),
        raised(raised_indices(basis.degree())),
        views(model) {}

  Spread empty_spread(const PotentialInput& input, const PotentialResults& results) const;
  void add_offsets(const PotentialInput& input, PotentialResults& results) const;
  void add_terms(const PotentialInput& input, PotentialResults& results, const Options& options, Spread& spread) const;
};

Spread Potential::Impl::empty_spread(const PotentialInput& input, const PotentialResults& results) const {
  Spread out;
  if (!results.uncertainties) return out;
  std::size_t n_rows = 0;
  for (const Centre& p : *input.particles) n_rows = std::max(n_rows, p.row + 1);
  out.n_members = views.n_two_body_members();
  out.variances.resize(n_rows);
  out.members.resize(out.n_members * n_rows);
  return out;
}

void Potential::Impl::add_terms(const PotentialInput& input, PotentialResults& results, const Options& options,
                                Spread& spread) const {
  const bool uncertain = results.uncertainties != nullptr, grades = results.grades != nullptr;
  const VirialsWanted virials{results.virials != nullptr, results.centroid_virials != nullptr};
  const bool many_body = model.has_many_body(), two_body = !model.two_body.empty();
  const bool terms_wanted = (uncertain && views.has_pair_variance()) || (grades && views.has_pair_grade());
  const ModelViews* of_terms = terms_wanted ? &views : nullptr;
  if (!many_body && !two_body) return;
  std::vector<char> is_centre(two_body ? input.table->size() : 0, 0);
  std::vector<std::int64_t> numbers;
  if (two_body) {
    for (const Centre& c : *input.centres) is_centre[c.particle] = 1;
    if (input.ids && !uncertain)
      for (const Centre& p : *input.particles) numbers.push_back(input.ids[p.row]);
  }
  const ManyBodyTables of_many{basis,
                               backend,
                               compiled,
                               uncertain ? views.local() : views.local_without_variance(),
                               of_terms,
                               raised,
                               model.joint_committees ? spread.n_members : 0,
                               virials,
                               grades};
  const TwoBodyTables of_two{views.two_body(), backend, is_centre, numbers, spread.n_members};
  const BlockTables tables{backend,
                           model.hypers,
                           model.cutoff(),
                           many_body ? &of_many : nullptr,
                           two_body ? &of_two : nullptr,
                           {many_body ? nullptr : of_terms, uncertain, grades},
                           spread.n_members,
                           virials};
  OrderedMerge merge(*input.particles, results, rows_or_null(spread.variances), rows_or_null(spread.members), spread.n_members);
  const auto make_worker = [&] { return BlockTerms(tables, *input.table); };
  const auto work = [&](BlockTerms& terms, const Block& block, const auto& checkpoint) {
    merge.put(block.number, terms.run(*input.source, *input.centres, block.first, block.last, checkpoint));
  };
  for_blocks(input.centres->size(), kBlockCentres, options, make_worker, work);
}

// Without a many-body term a particle's own energy is all there is beside the pairs.
void Potential::Impl::add_offsets(const PotentialInput& input, PotentialResults& results) const {
  for (const Centre& c : *input.centres) {
    const double offset = model.local[static_cast<std::size_t>(input.table->species[c.particle])].offset;
    results.energy += offset;
    if (results.energies) results.energies[c.row] += offset;
  }
}

Potential::Potential(const Model& model, const std::string& instruction_set, bool compiled_degrees)
    : impl_(std::make_unique<Impl>(model, instruction_set, compiled_degrees)) {}
Potential::~Potential() = default;
Potential::Potential(Potential&&) noexcept = default;

const Model& Potential::model() const { return impl_->model; }
const Basis& Potential::basis() const { return impl_->basis; }
double Potential::cutoff() const { return impl_->model.cutoff(); }

FrameBatch Potential::make_batch(int num_threads) const {
  const Model& model = impl_->model;
  return FrameBatch(impl_->basis, num_threads, {cutoff(), model.density_scale, !model.two_body.empty(), model.has_many_body()});
}

void Potential::compute(const PotentialInput& input, PotentialResults& results, const Options& options) const {
  results.energy = 0;
  std::fill(results.virial, results.virial + 9, 0.0);
  Spread spread = impl_->empty_spread(input, results);
  if (results.grades)
    for (const Centre& c : *input.centres) results.grades[c.row] = 0;
  if (!impl_->model.has_many_body()) impl_->add_offsets(input, results);
  impl_->add_terms(input, results, options, spread);
  for (const Centre& c : *input.centres) {
    if (!results.uncertainties) break;
    const double* members = spread.members.data() + c.row * spread.n_members;
    const double of_members = detail::committee_variance(members, static_cast<int>(spread.n_members));
    results.uncertainties[c.row] = std::sqrt(spread.variances[c.row] + of_members);
  }
}

void Potential::compute(const FrameBatch& batch, PotentialResults& results, const Options& options) const {
  compute({&batch.table(), &batch, &batch.centres(), &batch.centres()}, results, options);
}

}  // namespace anisoap
