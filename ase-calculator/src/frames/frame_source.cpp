// SPDX-License-Identifier: MIT
#include "frames/frame_source.hpp"

#include "anisoap/error.hpp"
#include "signals.hpp"

namespace py = pybind11;

FrameSource::FrameSource(const py::object& frames, const std::vector<long>& atomic_numbers, const std::string& rotation_key,
                         std::size_t first_frame)
    : reader_(atomic_numbers, rotation_key) {
  set_.first_frame = first_frame;
  set_.interrupted = signalled;
  if (py::isinstance<ArrayFrames>(frames)) {
    read(frames.cast<const ArrayFrames&>(), atomic_numbers);
  } else {
    const py::sequence sequence = frames;
    for (std::size_t k = 0; k < py::len(sequence); ++k) reader_.read(sequence[k], first_frame + k);
    set_.frames = reader_.frames();
  }
  for (const auto& frame : set_.frames) n_particles_ += frame.n;
}

void FrameSource::read(const ArrayFrames& arrays, const std::vector<long>& atomic_numbers) {
  const auto n = static_cast<std::size_t>(arrays.numbers.size());
  long total = 0;
  for (py::ssize_t k = 0; k < arrays.counts.size(); ++k) total += arrays.counts.at(k);
  if (total != static_cast<long>(n))
    anisoap::bad_argument("counts", std::to_string(total) + " in all",
                          "numbers of particles that add up to " + std::to_string(n));
  const double *positions = nullptr, *quaternions = nullptr, *diameters = nullptr;
  if (arrays.on_device) {
    borrowed_[0] = BorrowedArray(arrays.positions, "positions", n, 3);
    borrowed_[1] = BorrowedArray(arrays.quaternions, "quaternions", n, 4);
    borrowed_[2] = BorrowedArray(arrays.diameters, "diameters", n, 3);
    particles_ = {borrowed_[0].data(), borrowed_[1].data(), borrowed_[2].data()};
    set_.on_device = &particles_;
  } else {
    host_[0] = arrays.positions.cast<ArrayFrames::Doubles>();
    host_[1] = arrays.quaternions.cast<ArrayFrames::Doubles>();
    host_[2] = arrays.diameters.cast<ArrayFrames::Doubles>();
    positions = host_[0].data();
    quaternions = host_[1].data();
    diameters = host_[2].data();
  }
  species_.reserve(n);
  std::size_t at = 0;
  for (py::ssize_t k = 0; k < arrays.counts.size(); ++k) {
    const auto count = static_cast<std::size_t>(arrays.counts.at(k));
    append_species(arrays.numbers.data() + at, count, atomic_numbers, set_.first_frame + static_cast<std::size_t>(k), species_);
    anisoap::FrameView view;
    view.n = count;
    view.species = species_.data() + at;
    view.cell = arrays.cells.data() + 9 * k;
    for (py::ssize_t d = 0; d < 3; ++d) view.periodic[d] = arrays.periodic.data()[3 * k + d];
    if (!arrays.on_device) {
      view.positions = positions + 3 * at;
      view.quaternions = quaternions + 4 * at;
      for (std::size_t d = 0; d < 3; ++d) view.diameters[d] = diameters + 3 * at + d;
      view.diameter_stride = 3;
    }
    set_.frames.push_back(view);
    at += count;
  }
}

py::array_t<py::ssize_t> FrameSource::counts() const {
  py::array_t<py::ssize_t> out(static_cast<py::ssize_t>(set_.frames.size()));
  for (std::size_t k = 0; k < set_.frames.size(); ++k) out.mutable_data()[k] = static_cast<py::ssize_t>(set_.frames[k].n);
  return out;
}

void FrameSource::add_to(anisoap::FrameBatch& batch) const {
  SignalWatch watch;
  for (const auto& view : set_.frames) {
    watch.check();
    batch.add(view);
  }
}

void FrameSource::require_host() const {
  if (set_.on_device)
    anisoap::bad_argument("frames", "arrays on the device, and device 'cpu'", "arrays on the host, or a device to compute on");
}

void export_frame_source(py::module_& m) {
  py::class_<ArrayFrames>(m, "ArrayFrames", "Checked arrays of frames side by side; see anisoap_md.FrameArrays.")
      .def(py::init([](py::object positions, py::object quaternions, py::object diameters, ArrayFrames::Integers numbers,
                       ArrayFrames::Integers counts, ArrayFrames::Doubles cells, ArrayFrames::Flags periodic, bool on_device) {
             return ArrayFrames{std::move(positions), std::move(quaternions), std::move(diameters), std::move(numbers),
                                std::move(counts),    std::move(cells),       std::move(periodic),  on_device};
           }),
           py::arg("positions"), py::arg("quaternions"), py::arg("diameters"), py::arg("numbers"), py::arg("counts"),
           py::arg("cells"), py::arg("periodic"), py::arg("on_device"));
}
