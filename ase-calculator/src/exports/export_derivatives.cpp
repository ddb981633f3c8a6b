// SPDX-License-Identifier: MIT
#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include "anisoap/derivatives.hpp"
#include "anisoap/error.hpp"
#include "exports/exports.hpp"
#include "frames/frame_source.hpp"
#include "signals.hpp"

namespace py = pybind11;
using anisoap::Descriptor;

namespace {

using Array = py::array_t<double, py::array::c_style | py::array::forcecast>;

Array rows_of(std::size_t n, std::size_t columns) {
  return Array({static_cast<py::ssize_t>(n), static_cast<py::ssize_t>(columns)});
}

void require_rows(const Array& array, const char* name, std::size_t n, std::size_t columns) {
  if (array.ndim() == 2 && array.shape(0) == static_cast<py::ssize_t>(n) && array.shape(1) == static_cast<py::ssize_t>(columns))
    return;
  anisoap::bad_argument(std::string("shape of ") + name, py::str(array.attr("shape")).cast<std::string>(),
                        "(" + std::to_string(n) + ", " + std::to_string(columns) + ")");
}

// Calls work(batch, options) with the frames, without the GIL.
template <class Work>
void with_batch(const Descriptor& descriptor, const FrameSource& source, int num_threads, const Work& work) {
  anisoap::Options options;
  options.num_threads = num_threads;
  options.interrupted = signalled;
  unlocked([&] {
    anisoap::FrameBatch batch(descriptor.basis(), num_threads);
    source.add_to(batch);
    work(batch, options);
  });
}

std::size_t n_features(const Descriptor& descriptor) { return descriptor.row_length(anisoap::Quantity::SymmetricPowerSpectrum); }

py::tuple gradient(const Descriptor& descriptor, const py::object& frames, const std::vector<long>& atomic_numbers,
                   const Array& weights, int num_threads) {
  const FrameSource source(frames, atomic_numbers, "", 0);
  source.require_host();
  const std::size_t n = source.n_particles();
  require_rows(weights, "weights", n, n_features(descriptor));
  Array positions = rows_of(n, 3), turns = rows_of(n, 3);
  double *of_positions = positions.mutable_data(), *of_turns = turns.mutable_data();
  with_batch(descriptor, source, num_threads, [&](const auto& batch, const auto& options) {
    anisoap::power_spectrum_gradient(descriptor, batch, weights.data(), of_positions, of_turns, options);
  });
  return py::make_tuple(positions, turns);
}

Array change(const Descriptor& descriptor, const py::object& frames, const std::vector<long>& atomic_numbers,
             const Array& positions, const Array& turns, int num_threads) {
  const FrameSource source(frames, atomic_numbers, "", 0);
  source.require_host();
  const std::size_t n = source.n_particles();
  require_rows(positions, "positions", n, 3);
  require_rows(turns, "turns", n, 3);
  Array rows = rows_of(n, n_features(descriptor));
  double* out = rows.mutable_data();
  with_batch(descriptor, source, num_threads, [&](const auto& batch, const auto& options) {
    anisoap::power_spectrum_change(descriptor, batch, positions.data(), turns.data(), out, options);
  });
  return rows;
}

}  // namespace

void export_derivatives(py::module_& m) {
  m.def("power_spectrum_gradient", &gradient, py::arg("descriptor"), py::arg("frames"), py::arg("atomic_numbers"),
        py::arg("weights"), py::arg("num_threads") = 0, "Gradient of sum(weights * power spectrum) by positions and by turning.");
  m.def("power_spectrum_change", &change, py::arg("descriptor"), py::arg("frames"), py::arg("atomic_numbers"),
        py::arg("positions"), py::arg("turns"), py::arg("num_threads") = 0,
        "Change of the power spectrum as particles move and turn.");
}
