// SPDX-License-Identifier: MIT
#include <pybind11/stl.h>

#include "exports.hpp"
#include "potential_output.hpp"
#include "rows_output.hpp"

namespace py = pybind11;
namespace device = anisoap::device;

namespace {

// Runs without the GIL, since whoever has the device may ask for it; what a signal handler raised goes on.
template <class Run>
auto unlocked(const Run& run) {
  try {
    const py::gil_scoped_release release;
    return run();
  } catch (const anisoap::Interrupted&) {
    throw py::error_already_set();
  }
}

class PyDescriptor {
 public:
  PyDescriptor(const anisoap::Hypers& hypers, const std::string& quantity, bool single)
      : single_(single), engine_(unlocked([&] { return device::make_descriptor(hypers, quantity_from(quantity), single); })) {}

  py::tuple compute(const py::object& frames, const std::vector<long>& atomic_numbers, std::size_t first_frame) {
    const FrameSource source(frames, atomic_numbers, "", first_frame);
    const RowsOutput out(source.n_particles(), engine_->row_length(), single_);
    unlocked([&] { engine_->compute(source.set(), out.rows); });
    return py::make_tuple(out.array, source.counts());
  }

  device::Memory on_device(const py::object& frames, const std::vector<long>& atomic_numbers) {
    const FrameSource source(frames, atomic_numbers, "", 0);
    return unlocked([&] { return engine_->compute(source.set()); });
  }

 private:
  bool single_;
  std::unique_ptr<device::Descriptor> engine_;
};

class PyPotential {
 public:
  explicit PyPotential(const anisoap::Model& model) : engine_(unlocked([&] { return device::make_potential(model); })) {}

  py::dict compute(const py::object& frames, const std::vector<long>& atomic_numbers, std::size_t first_frame, bool uncertainties,
                   bool virials) {
    const FrameSource source(frames, atomic_numbers, "", first_frame);
    PotentialOutput out(source, uncertainties, virials);
    device::PotentialRows rows;
    rows.energy = out.energy.mutable_data();
    rows.virial = out.virial.mutable_data();
    rows.energies = out.energies.mutable_data();
    rows.forces = out.forces.mutable_data();
    rows.torques = out.torques.mutable_data();
    if (uncertainties) rows.uncertainties = out.uncertainties.mutable_data();
    if (virials) rows.virials = out.virials.mutable_data();
    unlocked([&] { engine_->compute(source.set(), rows); });
    return out.to_dict(source);
  }

 private:
  std::unique_ptr<device::Potential> engine_;
};

py::dict support() {
  const device::Support s = device::support();
  return py::dict(py::arg("space") = s.space, py::arg("kokkos") = s.kokkos, py::arg("architecture") = s.architecture);
}

py::list devices() {
  py::list out;
  for (const device::Info& d : device::devices())
    out.append(py::dict(py::arg("name") = d.name, py::arg("model") = d.model, py::arg("capability") = d.capability,
                        py::arg("memory") = d.memory));
  return out;
}

}  // namespace

void export_device(py::module_& m) {
  export_device_array(m);
  export_frame_source(m);
  py::class_<PyDescriptor>(m, "DeviceDescriptor", "A descriptor on the device that was started.")
      .def(py::init<const anisoap::Hypers&, const std::string&, bool>(), py::arg("hypers"),
           py::arg("quantity") = "power_spectrum", py::arg("single") = false)
      .def("compute", &PyDescriptor::compute, py::arg("frames"), py::arg("atomic_numbers"), py::arg("first_frame") = 0)
      .def("on_device", &PyDescriptor::on_device, py::arg("frames"), py::arg("atomic_numbers"));
  py::class_<PyPotential>(m, "DevicePotential", "A model on the device that was started.")
      .def(py::init<const anisoap::Model&>(), py::arg("model"))
      .def("compute", &PyPotential::compute, py::arg("frames"), py::arg("atomic_numbers"), py::arg("first_frame") = 0,
           py::arg("uncertainties") = false, py::arg("virials") = false);
  m.def("device_support", &support);
  m.def("devices", &devices);
  m.def("start_device", &device::start, py::arg("name"), py::call_guard<py::gil_scoped_release>());
}
