// SPDX-License-Identifier: MIT
#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include "anisoap/descriptor.hpp"
#include "anisoap/error.hpp"
#include "exports.hpp"
#include "rows_output.hpp"
#include "signals.hpp"

namespace py = pybind11;
using anisoap::Descriptor;
using anisoap::Quantity;

namespace {

// Rows [n_centres, row_length] of frames, and how many rows each frame has.
py::tuple compute(const Descriptor& descriptor, const py::object& frames, const std::vector<long>& atomic_numbers,
                  const std::string& quantity_name, bool single, int num_threads, std::size_t first_frame,
                  const std::string& rotation_key) {
  const Quantity quantity = quantity_from(quantity_name);
  const FrameSource source(frames, atomic_numbers, rotation_key, first_frame);
  source.require_host();
  const RowsOutput out(source.n_particles(), descriptor.row_length(quantity), single);
  anisoap::Options options;
  options.num_threads = num_threads;
  options.single_precision = single;
  options.interrupted = signalled;
  try {
    py::gil_scoped_release release;
    anisoap::FrameBatch batch(descriptor.basis(), num_threads);
    batch.count_frames_from(first_frame);
    for (const auto& view : source.frames()) batch.add(view);
    descriptor.compute(batch, quantity, out.rows, options);
  } catch (const anisoap::Interrupted&) {
    throw py::error_already_set();
  }
  return py::make_tuple(out.array, source.counts());
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
           py::arg("single") = false, py::arg("num_threads") = 0, py::arg("first_frame") = 0, py::arg("rotation_key") = "")
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
