// SPDX-License-Identifier: MIT
#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <optional>

#include "anisoap/error.hpp"
#include "anisoap/potential.hpp"
#include "anisoap/training.hpp"
#include "exports/exports.hpp"
#include "frames/atoms_reader.hpp"
#include "results/pairs_output.hpp"
#include "results/potential_output.hpp"
#include "signals.hpp"

namespace py = pybind11;
using anisoap::Potential;

namespace {

// Pointers to the results of the particles from `first` on.
anisoap::PotentialResults at(PotentialOutput& out, std::size_t first) {
  anisoap::PotentialResults r;
  r.energies = out.energies.mutable_data() + first;
  r.forces = out.forces.mutable_data() + 3 * first;
  r.torques = out.torques.mutable_data() + 3 * first;
  if (out.uncertainties.size() > 0) r.uncertainties = out.uncertainties.mutable_data() + first;
  if (out.grades.size() > 0) r.grades = out.grades.mutable_data() + first;
  if (out.virials.size() > 0) r.virials = out.virials.mutable_data() + 9 * first;
  return r;
}

py::dict compute(const Potential& potential, const py::object& frames, const std::vector<long>& atomic_numbers, int num_threads,
                 std::size_t first_frame, bool uncertainties, bool virials, bool grades) {
  const FrameSource source(frames, atomic_numbers, "", first_frame);
  source.require_host();
  PotentialOutput out(source, uncertainties, virials, grades);
  anisoap::Options options;
  options.num_threads = num_threads;
  options.interrupted = signalled;
  double *energy_of = out.energy.mutable_data(), *virial_of = out.virial.mutable_data();
  unlocked([&] {
    anisoap::FrameBatch batch = potential.make_batch(num_threads);
    SignalWatch watch;
    std::size_t first = 0;
    for (std::size_t k = 0; k < source.frames().size(); ++k) {
      watch.check();
      batch.clear();
      batch.count_frames_from(first_frame + k);
      batch.add(source.frames()[k]);
      anisoap::PotentialResults results = at(out, first);
      try {
        potential.compute(batch, results, options);
      } catch (const anisoap::ArgumentError& e) {  // numbers that overflow
        anisoap::bad_argument("frame " + std::to_string(first_frame + k) + ": " + e.argument(), e.got(), e.expected(), e.hint());
      }
      energy_of[k] = results.energy;
      std::copy(results.virial, results.virial + 9, virial_of + 9 * k);
      first += source.frames()[k].n;
    }
  });
  return out.to_dict(source);
}

py::dict pair_jacobian(const anisoap::Hypers& hypers, const py::object& frame, const std::vector<long>& atomic_numbers,
                       double density_scale, int num_threads, std::size_t number, std::size_t first,
                       std::optional<std::size_t> last, std::optional<std::size_t> most_pairs) {
  using anisoap::CentreRange;
  AtomsReader reader(atomic_numbers, "");
  reader.read(frame, number);
  const auto view = reader.frames().front();
  const CentreRange range{first, last.value_or(CentreRange::kAll), most_pairs.value_or(CentreRange::kAll)};
  anisoap::Options options;
  options.num_threads = num_threads;
  options.interrupted = signalled;
  return to_dict(unlocked([&] { return anisoap::pair_jacobian(hypers, view, density_scale, options, number, range); }));
}

py::list two_body_inputs(const anisoap::TwoBody& two_body, const py::object& frame, const std::vector<long>& atomic_numbers,
                         int num_threads, std::size_t number) {
  AtomsReader reader(atomic_numbers, "");
  reader.read(frame, number);
  const auto view = reader.frames().front();
  auto all = unlocked([&] { return anisoap::two_body_inputs(two_body, view, num_threads, number); });
  py::list result;
  for (auto& out : all) {
    const auto p = static_cast<py::ssize_t>(out.i.size()), n = static_cast<py::ssize_t>(out.n_inputs);
    py::dict d;
    d["i"] = moved(std::move(out.i), {p});
    d["j"] = moved(std::move(out.j), {p});
    d["weight"] = moved(std::move(out.weight), {p});
    d["r"] = moved(std::move(out.r), {p, 3});
    d["taper"] = moved(std::move(out.taper), {p});
    d["taper_gradient"] = moved(std::move(out.taper_gradient), {p, 3});
    d["inputs"] = moved(std::move(out.inputs), {p, n});
    d["jacobian"] = moved(std::move(out.jacobian), {p, 9, n});
    result.append(d);
  }
  return result;
}

py::array_t<double> closest_gaps(const anisoap::TwoBody& two_body, const py::object& frame,
                                 const std::vector<long>& atomic_numbers, int num_threads, std::size_t number) {
  AtomsReader reader(atomic_numbers, "");
  reader.read(frame, number);
  const auto view = reader.frames().front();
  auto closest = unlocked([&] { return anisoap::closest_gaps(two_body, view, num_threads, number); });
  const auto n = static_cast<py::ssize_t>(closest.size());
  return moved(std::move(closest), {n});
}

py::list pair_term_rows(const anisoap::TwoBody& two_body, const py::object& frame, const std::vector<long>& atomic_numbers,
                        int num_threads, std::size_t number, bool derivatives) {
  AtomsReader reader(atomic_numbers, "");
  reader.read(frame, number);
  const auto view = reader.frames().front();
  auto all = unlocked([&] { return anisoap::pair_term_rows(two_body, view, num_threads, number, derivatives); });
  const auto n = static_cast<py::ssize_t>(view.n);
  py::list result;
  for (auto& out : all) {
    const auto t = static_cast<py::ssize_t>(out.n_terms);
    py::dict d;
    d["energies"] = moved(std::move(out.energies), {n, t});
    if (!derivatives) {
      result.append(d);
      continue;
    }
    d["forces"] = moved(std::move(out.forces), {n, 3, t});
    d["torques"] = moved(std::move(out.torques), {n, 3, t});
    d["virial"] = moved(std::move(out.virial), {3, 3, t});
    result.append(d);
  }
  return result;
}

}  // namespace

void export_potential(py::module_& m) {
  m.attr("EXPECTED_OF_MODEL") = anisoap::expected_of_model();
  py::class_<Potential>(m, "Potential", "Energies, forces and torques of a model; see anisoap_md.Model.")
      .def(py::init<const anisoap::Model&, const std::string&, bool>(), py::arg("model"), py::arg("instruction_set") = "",
           py::arg("compiled_degrees") = true)
      .def("compute", &compute, py::arg("frames"), py::arg("atomic_numbers"), py::arg("num_threads") = 0,
           py::arg("first_frame") = 0, py::arg("uncertainties") = false, py::arg("virials") = false, py::arg("grades") = false)
      .def_property_readonly("model", [](const Potential& p) { return p.model(); })
      .def_property_readonly("cutoff", &Potential::cutoff);
  m.def("pair_jacobian", &pair_jacobian, py::arg("hypers"), py::arg("frame"), py::arg("atomic_numbers"),
        py::arg("density_scale") = 1.0, py::arg("num_threads") = 0, py::arg("number") = 0, py::arg("first") = 0,
        py::arg("last") = py::none(), py::arg("most_pairs") = py::none(),
        "Power spectra (symmetric storage) of centres of one frame and their derivatives, pair by pair.");
  m.def("two_body_inputs", &two_body_inputs, py::arg("two_body"), py::arg("frame"), py::arg("atomic_numbers"),
        py::arg("num_threads") = 0, py::arg("number") = 0,
        "For each pair of species of a two-body term: the pairs of one frame, their invariants and derivatives.");
  m.def("closest_gaps", &closest_gaps, py::arg("two_body"), py::arg("frame"), py::arg("atomic_numbers"),
        py::arg("num_threads") = 0, py::arg("number") = 0,
        "For each pair of species of a two-body term: the smallest distance less the contact distance; inf where none is near.");
  m.def("pair_term_rows", &pair_term_rows, py::arg("two_body"), py::arg("frame"), py::arg("atomic_numbers"),
        py::arg("num_threads") = 0, py::arg("number") = 0, py::arg("derivatives") = true,
        "For each pair of species of a two-body term: what each weight of its polynomial adds to one frame.");
}
