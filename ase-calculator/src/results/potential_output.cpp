// SPDX-License-Identifier: MIT
#include "results/potential_output.hpp"

namespace py = pybind11;

namespace {

py::array_t<double> zeros(std::vector<py::ssize_t> shape) {
  py::array_t<double> a(std::move(shape));
  std::fill(a.mutable_data(), a.mutable_data() + a.size(), 0.0);
  return a;
}

}  // namespace

PotentialOutput::PotentialOutput(const FrameSource& source, bool uncertainties_wanted, bool virials_wanted, bool grades_wanted)
    : has_uncertainties(uncertainties_wanted), has_virials(virials_wanted), has_grades(grades_wanted) {
  const auto n = static_cast<py::ssize_t>(source.n_particles()), n_frames = static_cast<py::ssize_t>(source.frames().size());
  energy = zeros({n_frames});
  virial = zeros({n_frames, 3, 3});
  energies = zeros({n});
  forces = zeros({n, 3});
  torques = zeros({n, 3});
  uncertainties = zeros({uncertainties_wanted ? n : 0});
  grades = zeros({grades_wanted ? n : 0});
  virials = zeros({virials_wanted ? n : 0, 3, 3});
}

py::dict PotentialOutput::to_dict(const FrameSource& source) const {
  py::dict result;
  result["energy"] = energy;
  result["energies"] = energies;
  result["forces"] = forces;
  result["torques"] = torques;
  result["virial"] = virial;
  result["uncertainties"] = has_uncertainties ? py::object(uncertainties) : py::none();
  result["grades"] = has_grades ? py::object(grades) : py::none();
  result["virials"] = has_virials ? py::object(virials) : py::none();
  result["counts"] = source.counts();
  return result;
}
