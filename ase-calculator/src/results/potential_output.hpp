// SPDX-License-Identifier: MIT
// What a potential says about the frames of a call, as arrays.
#pragma once

#include <pybind11/numpy.h>

#include "frames/frame_source.hpp"

struct PotentialOutput {
  using Array = pybind11::array_t<double>;

  Array energy, virial;                  // [n_frames], [n_frames, 3, 3]
  Array energies, forces, torques;       // [n], [n, 3], [n, 3]
  Array uncertainties, grades, virials;  // [n], [n], [n, 3, 3], or without particles where not wanted
  bool has_uncertainties, has_virials, has_grades;

  PotentialOutput(const FrameSource& source, bool uncertainties_wanted, bool virials_wanted, bool grades_wanted);
  pybind11::dict to_dict(const FrameSource& source) const;
};
