// SPDX-License-Identifier: MIT
#include <pybind11/stl.h>

#include <optional>

#include "exports/exports.hpp"
#include "results/pairs_output.hpp"
#include "results/potential_output.hpp"
#include "results/rows_output.hpp"
#include "signals.hpp"

namespace py = pybind11;
namespace device = anisoap::device;

namespace {

// An engine that a forked child leaves alone, since the memory of the device is not its own.
struct DropEngine {
  template <class T>
  void operator()(T* engine) const {
    if (device::is_usable()) delete engine;
  }
};
template <class T>
using Engine = std::unique_ptr<T, DropEngine>;

class PyDescriptor {
 public:
  PyDescriptor(const anisoap::Hypers& hypers, const std::string& quantity, bool single)
      : single_(single),
        engine_(unlocked([&] { return device::make_descriptor(hypers, quantity_from(quantity), single); }).release()) {}

  py::tuple compute(const py::object& frames, const std::vector<long>& atomic_numbers, std::size_t first_frame) {
    const FrameSource source(frames, atomic_numbers, "", first_frame);
    const RowsOutput out(source.n_particles(), engine_->row_length(), single_, true);
    unlocked([&] { engine_->compute(source.set(), out.rows); });
    return py::make_tuple(out.array, source.counts());
  }

  device::Memory on_device(const py::object& frames, const std::vector<long>& atomic_numbers) {
    const FrameSource source(frames, atomic_numbers, "", 0);
    return unlocked([&] { return engine_->compute(source.set()); });
  }

 private:
  bool single_;
  Engine<device::Descriptor> engine_;
};

// Derivatives of power spectra, of one frame or summed over the centres of many.
class PyJacobian {
 public:
  PyJacobian(const anisoap::Hypers& hypers, const std::string& quantity, double density_scale)
      : n_species_(static_cast<py::ssize_t>(hypers.species.size())),
        engine_(unlocked([&] { return device::make_jacobian(hypers, quantity_from(quantity), density_scale); }).release()) {}

  py::dict dense(const py::object& frame, const std::vector<long>& atomic_numbers, bool positions, bool rotations, bool strain,
                 const std::optional<std::vector<int>>& centres) {
    const FrameSource source(py::make_tuple(frame), atomic_numbers, "", 0);
    const auto found = unlocked([&] {
      return engine_->dense(source.set(), {positions, rotations, strain, centres ? &*centres : nullptr});
    });
    const auto wanted = [](const device::Memory& m) { return m.owner ? py::cast(m) : py::none(); };
    return py::dict(py::arg("features") = wanted(found.features), py::arg("positions") = wanted(found.positions),
                    py::arg("rotations") = wanted(found.rotations), py::arg("strain") = wanted(found.strain));
  }

  py::dict pairs(const py::object& frame, const std::vector<long>& atomic_numbers, std::size_t number, std::size_t first,
                 std::optional<std::size_t> last, std::optional<std::size_t> most_pairs) {
    using anisoap::CentreRange;
    const FrameSource source(py::make_tuple(frame), atomic_numbers, "", number);
    const CentreRange range{first, last.value_or(CentreRange::kAll), most_pairs.value_or(CentreRange::kAll)};
    return to_dict(unlocked([&] { return engine_->pairs(source.set(), range); }));
  }

  py::dict sums(const py::object& frames, const std::vector<long>& atomic_numbers, std::size_t first_frame) {
    const FrameSource source(frames, atomic_numbers, "", first_frame);
    const auto n = static_cast<py::ssize_t>(source.n_particles()), length = static_cast<py::ssize_t>(engine_->row_length());
    py::array_t<double> features({n, length}), motion({n, n_species_, py::ssize_t{6}, length});
    py::array_t<double> virial({static_cast<py::ssize_t>(source.frames().size()), n_species_, py::ssize_t{9}, length});
    const device::JacobianSums out{features.mutable_data(), motion.mutable_data(), virial.mutable_data()};
    unlocked([&] { engine_->sums(source.set(), out); });
    return py::dict(py::arg("features") = features, py::arg("motion") = motion, py::arg("virial") = virial);
  }

 private:
  py::ssize_t n_species_;
  Engine<device::Jacobian> engine_;
};

class PyPotential {
 public:
  explicit PyPotential(const anisoap::Model& model)
      : engine_(unlocked([&] { return device::make_potential(model); }).release()) {}

  py::dict compute(const py::object& frames, const std::vector<long>& atomic_numbers, std::size_t first_frame, bool uncertainties,
                   bool virials, bool grades) {
    const FrameSource source(frames, atomic_numbers, "", first_frame);
    PotentialOutput out(source, uncertainties, virials, grades);
    device::PotentialRows rows;
    rows.energy = out.energy.mutable_data();
    rows.virial = out.virial.mutable_data();
    rows.energies = out.energies.mutable_data();
    rows.forces = out.forces.mutable_data();
    rows.torques = out.torques.mutable_data();
    if (uncertainties) rows.uncertainties = out.uncertainties.mutable_data();
    if (grades) rows.grades = out.grades.mutable_data();
    if (virials) rows.virials = out.virials.mutable_data();
    unlocked([&] { engine_->compute(source.set(), rows); });
    return out.to_dict(source);
  }

 private:
  Engine<device::Potential> engine_;
};

py::dict support() {
  const device::Support s = device::support();
  return py::dict(py::arg("space") = s.space, py::arg("kokkos") = s.kokkos, py::arg("architecture") = s.architecture,
                  py::arg("driver") = s.driver, py::arg("is_host") = s.is_host, py::arg("unrolled_degree") = s.unrolled_degree);
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
           py::arg("uncertainties") = false, py::arg("virials") = false, py::arg("grades") = false);
  py::class_<PyJacobian>(m, "DeviceJacobian", "Derivatives of power spectra on the device that was started.")
      .def(py::init<const anisoap::Hypers&, const std::string&, double>(), py::arg("hypers"), py::arg("quantity") = "symmetric",
           py::arg("density_scale") = 1.0)
      .def("dense", &PyJacobian::dense, py::arg("frame"), py::arg("atomic_numbers"), py::arg("positions"), py::arg("rotations"),
           py::arg("strain"), py::arg("centres") = py::none())
      .def("pairs", &PyJacobian::pairs, py::arg("frame"), py::arg("atomic_numbers"), py::arg("number") = 0, py::arg("first") = 0,
           py::arg("last") = py::none(), py::arg("most_pairs") = py::none())
      .def("sums", &PyJacobian::sums, py::arg("frames"), py::arg("atomic_numbers"), py::arg("first_frame") = 0);
  m.def("device_support", &support);
  m.def("device_slowness", &device::slowness, py::arg("hypers"));
  m.def("devices", &devices);
  m.def("start_device", &device::start, py::arg("name"), py::call_guard<py::gil_scoped_release>());
}
