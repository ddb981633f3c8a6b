// SPDX-License-Identifier: MIT
// What the training frames of a model span, and how far a frame is from it. Lengths are in the document's units.
#pragma once

#include <string>
#include <vector>

#include "anisoap/frames.hpp"
#include "anisoap/model.hpp"

namespace anisoap {

// Of the entry `training.ranges` of a model's document; documents of earlier versions have none.
struct TrainingRange {
  static constexpr double kOutside = 0.2;  // of a diameter, by which one may be smaller or larger than those of the training

  static constexpr double kRounding = 1e-4;  // of the largest diameter: what files round gaps by

  struct Diameters {
    double smallest[3], largest[3];  // along the body axes
    bool known = false;
  };
  struct Contact {
    int species[2];  // first <= second
    double gap;      // smallest distance less the contact distance of Berne and Pechukas (detail/pair_invariants.hpp)
  };

  std::vector<std::string> species;  // names, in the model's order
  std::vector<Diameters> diameters;  // one per species
  std::vector<Contact> contacts;     // of the pairs of species that meet
  bool trained = false;              // whether a fit wrote the document

  bool known() const { return !contacts.empty(); }
};

TrainingRange training_range(const Model& model);

// Throws ParticleError (of frame `number`) for diameters outside the range by more than kOutside.
void require_trained_diameters(const TrainingRange& range, const FrameView& frame, std::size_t number = 0);

// Smallest gap of each contact of the range in a frame, for gaps up to that of the range; infinity where there is none.
std::vector<double> closest_gaps(const TrainingRange& range, const FrameView& frame, int num_threads = 0);

double largest_diameter(const FrameView& frame);

// The longest distance at which two bodies of the frame can be closer than those of the training; <= 0 where none can.
double reach(const TrainingRange& range, double largest_diameter);

}  // namespace anisoap
