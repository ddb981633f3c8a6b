// SPDX-License-Identifier: MIT
#include "device/frames/frame_loader.hpp"

#include <algorithm>
#include <future>

#include "anisoap/error.hpp"
#include "search/frame_search.hpp"
#include "search/lattice.hpp"
#include "support/beside.hpp"
#include "support/parallel.hpp"

namespace anisoap::device {
namespace {

constexpr std::size_t kManyToStage = std::size_t{1} << 18;  // particles; H100: 88,000 lose 0.3 ms of a step, 1,100,000 gain 17

kokkos::FrameBox box_of(const FrameView& view, double cutoff, std::size_t number) {
  try {
    const Lattice lattice(view.cell, view.periodic);
    static_cast<void>(ImageSearch(lattice, cutoff));  // refuses cells that are too thin
    kokkos::FrameBox box{};
    for (std::size_t k = 0; k < 3; ++k) {
      box.height[k] = lattice.height[k];
      box.periodic[k] = lattice.periodic[k];
      for (std::size_t d = 0; d < 3; ++d) {
        box.axis[k][d] = lattice.axis[k][d];
        box.reciprocal[k][d] = lattice.reciprocal[k][d];
      }
    }
    return box;
  } catch (const ArgumentError& e) {
    bad_argument("frame " + std::to_string(number) + ", " + e.argument(), e.got(), e.expected(), e.hint());
  }
}

// Entries first..last-1, without waiting: what follows on the device does.
template <class From, class To>
void put(const From& from, std::size_t first, std::size_t last, const To& to) {
  const auto part = std::make_pair(first, last);
  Kokkos::deep_copy(Space(), Kokkos::subview(to, part), Kokkos::subview(from, part));
}

}  // namespace

std::vector<Run> runs_of(const FrameSet& set, std::size_t most_particles) {
  std::vector<Run> runs;
  std::size_t first_particle = 0;
  for (std::size_t k = 0; k < set.frames.size(); ++k) {
    const std::size_t n = set.frames[k].n;
    if (runs.empty() || runs.back().n_particles + n > most_particles) runs.push_back({k, k, first_particle, 0});
    runs.back().last = k + 1;
    runs.back().n_particles += n;
    first_particle += n;
  }
  return runs;
}

std::vector<Run> halves(const FrameSet& set, const Run& run) {
  const std::size_t middle = run.first + (run.last - run.first) / 2;
  std::size_t n = 0;
  for (std::size_t k = run.first; k < middle; ++k) n += set.frames[k].n;
  return {{run.first, middle, run.first_particle, n}, {middle, run.last, run.first_particle + n, run.n_particles - n}};
}

void refuse_size(const FrameSet& set, const Run& run) {
  const std::string head = "memory of the device: " + std::to_string(run.n_particles) + " particles of ";
  const std::string others = " do not fit beside what others hold there; expected ";
  if (set.n_centres < run.n_particles)
    failure(head + "a domain, " + std::to_string(run.n_particles - set.n_centres) + " of them ghosts," + others +
            "fewer particles or ranks on it, a smaller cutoff, a device with more memory, or device 'cpu'");
  failure(head + "frame " + std::to_string(set.first_frame + run.first) + others +
          "a smaller frame, a device with more memory, or device 'cpu'");
}

FrameLoader::FrameLoader(const detail::TableRules& rules, double cutoff) : rules_(rules), cutoff_(cutoff), search_(cutoff) {}

void FrameLoader::place(const FrameSet& set, const Run& run) {
  std::vector<kokkos::FrameBox> boxes;
  int at = 0;
  for (std::size_t k = run.first; k < run.last; ++k) {
    boxes.push_back(box_of(set.frames[k], cutoff_, set.first_frame + k));
    boxes.back().first = at;
    boxes.back().n = static_cast<int>(set.frames[k].n);
    at += boxes.back().n;
  }
  upload_places(set, run);
  // By another thread where that is worth its start. Many threads of a copy are OpenMP's, which it would start anew.
  const bool by_thread = run.n_particles >= kManyToStage && thread_count(set.num_threads) == 1;
  const auto stage = [&] { stage_shapes(set, run); };
  auto staged = by_thread ? start_beside(stage) : std::async(std::launch::deferred, stage);
  const double* positions = values_.data();
  if (set.on_device) positions = set.on_device->positions + 3 * run.first_particle;
  if (search_.run(std::move(boxes), positions, static_cast<int>(n_centres(set, run))) >= 0) refuse(set, run);
  input_.images = search_.images();
  staged.get();
  upload_shapes(set, run);
}

void FrameLoader::upload_places(const FrameSet& set, const Run& run) {
  const std::size_t n = run.n_particles;
  kokkos::reserve(species_, n);
  kokkos::reserve(staged_species_, n);
  int* species = staged_species_.data();
  for (std::size_t k = run.first; k < run.last; ++k) species = std::copy_n(set.frames[k].species, set.frames[k].n, species);
  put(staged_species_, 0, n, species_);
  input_.kinds = species_.data();
  if (set.on_device) return;
  kokkos::reserve(staged_, 10 * n);
  kokkos::reserve(values_, 10 * n);
  copy_particles(set.frames.data() + run.first, run.last - run.first, {staged_.data(), nullptr, nullptr}, set.num_threads);
  put(staged_, 0, 3 * n, values_);
}

void FrameLoader::stage_shapes(const FrameSet& set, const Run& run) {
  if (set.on_device) return;
  double* first = staged_.data() + 3 * run.n_particles;
  copy_particles(set.frames.data() + run.first, run.last - run.first, {nullptr, first, first + 4 * run.n_particles},
                 set.num_threads);
}

void FrameLoader::upload_shapes(const FrameSet& set, const Run& run) {
  const std::size_t n = run.n_particles;
  if (set.on_device) {
    input_.quaternions = set.on_device->quaternions + 4 * run.first_particle;
    input_.diameters = set.on_device->diameters + 3 * run.first_particle;
    return;
  }
  put(staged_, 3 * n, 10 * n, values_);
  input_.quaternions = values_.data() + 3 * n;
  input_.diameters = values_.data() + 7 * n;
}

// The host finds what is wrong, and says it.
void FrameLoader::refuse(const FrameSet& set, const Run& run) const {
  FrameBatch batch(rules_, cutoff_, 1);
  std::size_t at = run.first_particle;
  for (std::size_t k = run.first; k < run.last; ++k) {
    FrameView view = set.frames[k];
    std::vector<double> values(10 * view.n);
    if (set.on_device) {
      const auto get = [&](const double* from, std::size_t width, double* to) {
        using OfSpace = Kokkos::View<const double*, Space::memory_space, Kokkos::MemoryUnmanaged>;
        Kokkos::deep_copy(OnHost<double>(to, width * view.n), OfSpace(from + width * at, width * view.n));
      };
      get(set.on_device->positions, 3, values.data());
      get(set.on_device->quaternions, 4, values.data() + 3 * view.n);
      get(set.on_device->diameters, 3, values.data() + 7 * view.n);
      view.positions = values.data();
      view.quaternions = values.data() + 3 * view.n;
      for (std::size_t d = 0; d < 3; ++d) view.diameters[d] = values.data() + 7 * view.n + d;
      view.diameter_stride = 3;
    }
    batch.clear();
    batch.count_frames_from(set.first_frame + k);
    batch.add(view);
    at += view.n;
  }
  failure("particles that the device refuses and the host does not");
}

}  // namespace anisoap::device
