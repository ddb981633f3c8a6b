// SPDX-License-Identifier: MIT
#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <cstdint>
#include <optional>

#include "anisoap/descriptor.hpp"
#include "anisoap/error.hpp"
#include "exports/exports.hpp"
#include "results/rows_output.hpp"
#include "signals.hpp"

namespace py = pybind11;
using anisoap::Descriptor;
using anisoap::Quantity;

namespace {

using Numbers = py::array_t<std::int64_t, py::array::c_style | py::array::forcecast>;

// Those of a batch whose particles, counted through all frames, are listed; row k is that of particles[k].
std::vector<anisoap::Centre> centres_of(const anisoap::FrameBatch& batch, const std::vector<std::int64_t>& particles) {
  constexpr std::int64_t kNone = -1;
  std::vector<std::int64_t> row_of(batch.n_particles(), kNone);
  for (std::size_t k = 0; k < particles.size(); ++k) {
    const std::int64_t i = particles[k];
    if (i < 0 || static_cast<std::size_t>(i) >= row_of.size() || row_of[static_cast<std::size_t>(i)] != kNone)
      anisoap::bad_argument("centres", std::to_string(i), "each particle of the frames once");
    row_of[static_cast<std::size_t>(i)] = static_cast<std::int64_t>(k);
  }
  std::vector<anisoap::Centre> out;
  for (const anisoap::Centre& c : batch.centres())
    if (row_of[c.row] != kNone) out.push_back({c.particle, static_cast<std::size_t>(row_of[c.row])});
  return out;
}

// Rows [n_centres, row_length] of frames, and how many particles each frame has.
py::tuple compute(const Descriptor& descriptor, const py::object& frames, const std::vector<long>& atomic_numbers,
                  const std::string& quantity_name, bool single, int num_threads, std::size_t first_frame,
                  const std::string& rotation_key, const std::optional<Numbers>& centres) {
  const Quantity quantity = quantity_from(quantity_name);
  const FrameSource source(frames, atomic_numbers, rotation_key, first_frame);
  source.require_host();
  std::vector<std::int64_t> chosen;
  if (centres) chosen.assign(centres->data(), centres->data() + centres->size());
  const RowsOutput out(centres ? chosen.size() : source.n_particles(), descriptor.row_length(quantity), single);
  anisoap::Options options;
  options.num_threads = num_threads;
  options.single_precision = single;
  options.interrupted = signalled;
  unlocked([&] {
    anisoap::FrameBatch batch(descriptor.basis(), num_threads);
    batch.count_frames_from(first_frame);
    source.add_to(batch);
    descriptor.compute(batch.table(), batch, centres ? centres_of(batch, chosen) : batch.centres(), quantity, out.rows, options);
  });
  return py::make_tuple(out.array, source.counts());
}

// Power spectra [n, row_length] of rows of coefficients [n, n_coefficients].
py::array_t<double> power_spectra(const Descriptor& descriptor,
                                  const py::array_t<double, py::array::c_style | py::array::forcecast>& coefficients,
                                  const std::string& quantity_name) {
  const Quantity quantity = quantity_from(quantity_name);
  const auto width = static_cast<py::ssize_t>(descriptor.row_length(Quantity::Coefficients));
  if (coefficients.ndim() != 2 || coefficients.shape(1) != width)
    anisoap::bad_argument("shape of coefficients", py::str(coefficients.attr("shape")).cast<std::string>(),
                          "(n, " + std::to_string(width) + ")");
  const py::ssize_t n = coefficients.shape(0);
  py::array_t<double> rows({n, static_cast<py::ssize_t>(descriptor.row_length(quantity))});
  const double* from = coefficients.data();
  double* to = rows.mutable_data();
  anisoap::Options options;
  options.interrupted = signalled;
  unlocked([&] { descriptor.power_spectra(from, static_cast<std::size_t>(n), quantity, to, options); });
  return rows;
}

// [n, 6]: l, m, n, species, n', species'.
py::array_t<int> labels(const Descriptor& descriptor, const std::string& quantity) {
  const auto list = descriptor.labels(quantity_from(quantity));
  py::array_t<int> out({static_cast<py::ssize_t>(list.size()), py::ssize_t{6}});
  int* p = out.mutable_data();
  for (const auto& k : list)
    for (int v : {k.l, k.m, k.n, k.species, k.n2, k.species2}) *p++ = v;
  return out;
}

}  // namespace

void export_descriptor(py::module_& m) {
  py::class_<Descriptor>(m, "Descriptor", "Descriptor of frames; see anisoap_md.Descriptor.")
      .def(py::init<const anisoap::Hypers&, bool, const std::string&, bool>(), py::arg("hypers"),
           py::arg("orthonormalize") = true, py::arg("instruction_set") = "", py::arg("compiled_degrees") = true)
      .def("compute", &compute, py::arg("frames"), py::arg("atomic_numbers"), py::arg("quantity") = "power_spectrum",
           py::arg("single") = false, py::arg("num_threads") = 0, py::arg("first_frame") = 0, py::arg("rotation_key") = "",
           py::arg("centres") = py::none())
      .def("power_spectra", &power_spectra, py::arg("coefficients"), py::arg("quantity") = "power_spectrum")
      .def("labels", &labels, py::arg("quantity") = "power_spectrum")
      .def(
          "row_length", [](const Descriptor& d, const std::string& q) { return d.row_length(quantity_from(q)); },
          py::arg("quantity") = "power_spectrum")
      .def_property_readonly("hypers", [](const Descriptor& d) { return d.hypers(); })
      .def_property_readonly("instruction_set", &Descriptor::instruction_set)
      .def_property_readonly("single_precision_safe", &Descriptor::single_precision_safe);
  m.def("instruction_sets", &anisoap::instruction_sets, "Instruction sets that run here, widest first.");
  m.def("default_num_threads", &anisoap::default_num_threads, "Threads that num_threads=None means.");
  m.def("suggestion", &anisoap::suggestion, py::arg("word"), py::arg("allowed"));
  m.def("did_you_mean", &anisoap::did_you_mean, py::arg("word"), py::arg("allowed"));
}
