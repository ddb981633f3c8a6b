// SPDX-License-Identifier: MIT
#include "anisoap/training_range.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "anisoap/error.hpp"
#include "documents/json_text.hpp"
#include "support/text.hpp"
#include "training/frame_pairs.hpp"

namespace anisoap {
namespace {

constexpr const char* kWhat = "training entry of the model";

const Json* entry(const Json& object, const char* key) {
  return object.is_object() && object.contains(key) ? &object.at(key) : nullptr;
}

TrainingRange::Diameters read_diameters(const Json* axes) {
  TrainingRange::Diameters out{};
  if (!axes || !axes->is_array() || axes->size() != 3) return out;
  for (std::size_t k = 0; k < 3; ++k) {
    const auto limits = axes->at(k).get<std::vector<double>>();
    if (limits.size() != 2) bad_argument(kWhat, axes->dump(), "two diameters for each axis");
    out.smallest[k] = limits[0];
    out.largest[k] = limits[1];
  }
  out.known = true;
  return out;
}

TrainingRange::Contact read_contact(const Json& item, const std::vector<std::string>& names) {
  TrainingRange::Contact out{};
  const auto pair = item.at("species").get<std::vector<std::string>>();
  for (std::size_t k = 0; k < 2; ++k) {
    const auto place = std::find(names.begin(), names.end(), pair.at(k));
    if (place == names.end()) bad_argument(kWhat, "contacts of '" + pair.at(k) + "'", "species of the model");
    out.species[k] = static_cast<int>(place - names.begin());
  }
  out.gap = item.at("gap").get<double>();
  return out;
}

TrainingRange read(const Model& model) {
  TrainingRange range;
  range.species = model.hypers.species;
  range.diameters.resize(range.species.size());
  const Json document = parse_document(model.training, kWhat);
  range.trained = entry(document, "n_frames") != nullptr;  // as a fit writes it
  const Json* ranges = entry(document, "ranges");
  if (!ranges) return range;
  if (const Json* diameters = entry(*ranges, "diameters"))
    for (std::size_t s = 0; s < range.species.size(); ++s)
      range.diameters[s] = read_diameters(entry(*diameters, range.species[s].c_str()));
  if (const Json* contacts = entry(*ranges, "contacts"))
    for (const Json& item : *contacts) range.contacts.push_back(read_contact(item, range.species));
  return range;
}

// A term whose pairs are those of the contacts; the gaps of its invariants are all that is read.
TwoBody term_of(const TrainingRange& range, double cutoff) {
  TwoBody term;
  term.cutoff = term.width = cutoff;
  term.species.assign(range.species.size(), {BodySymmetry::Sphere, 2});
  for (const auto& contact : range.contacts) {
    TwoBodyPair pair;
    std::copy_n(contact.species, 2, pair.species);
    term.pairs.push_back(pair);
  }
  return term;
}

}  // namespace

double largest_diameter(const FrameView& frame) {
  double largest = 0;
  for (std::size_t i = 0; i < frame.n; ++i)
    for (const double* d : frame.diameters) largest = std::max(largest, d[i * frame.diameter_stride]);
  return largest;
}

TrainingRange training_range(const Model& model) {
  try {
    return read(model);
  } catch (const Json::exception& e) {
    bad_argument(kWhat, e.what(), "ranges as a fit writes them");
  }
}

void require_trained_diameters(const TrainingRange& range, const FrameView& frame, std::size_t number) {
  for (std::size_t i = 0; i < frame.n; ++i) {
    const auto& trained = range.diameters[static_cast<std::size_t>(frame.species[i])];
    if (!trained.known) continue;
    for (std::size_t k = 0; k < 3; ++k) {
      const double d = frame.diameters[k][i * frame.diameter_stride];
      const double low = (1 - TrainingRange::kOutside) * trained.smallest[k];
      const double high = (1 + TrainingRange::kOutside) * trained.largest[k];
      if (low <= d && d <= high) continue;
      const char axis[] = {"xyz"[k], 0};
      throw ParticleError(number, i, std::string("diameter along ") + axis, text(d),
                          text(low) + " to " + text(high) + " of " + range.species[static_cast<std::size_t>(frame.species[i])] +
                              " (those of the training and a fifth), or shapes any");
    }
  }
}

double reach(const TrainingRange& range, double largest_diameter) {
  double gap = -std::numeric_limits<double>::infinity();
  for (const auto& contact : range.contacts) gap = std::max(gap, contact.gap);
  return largest_diameter + gap;
}

std::vector<double> closest_gaps(const TrainingRange& range, const FrameView& frame, int num_threads) {
  std::vector<double> out(range.contacts.size(), std::numeric_limits<double>::infinity());
  const double cutoff = reach(range, largest_diameter(frame));
  if (!(cutoff > 0)) return out;
  const TwoBody term = term_of(range, cutoff);
  check_species_pairs(term);
  for_each_pair(term, frame, num_threads, 0, [&](const FramePair& pair) {
    double& closest = out[pair.species_pair];
    closest = std::min(closest, pair.invariants.inputs[1]);
  });
  return out;
}

}  // namespace anisoap
