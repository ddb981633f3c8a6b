// SPDX-License-Identifier: MIT
#include "anisoap/kokkos/descriptor.hpp"

#include <algorithm>

#include "anisoap/kokkos/kernels/sums.hpp"
#include "device/frames/frame_loader.hpp"

namespace anisoap::device {
namespace {

struct ToSingle {
  const double* from;
  float* to;

  KOKKOS_FUNCTION void operator()(std::size_t k) const { to[k] = static_cast<float>(from[k]); }
};

template <class T>
class KokkosDescriptor final : public Descriptor {
 public:
  KokkosDescriptor(const Hypers& hypers, Quantity quantity)
      : engine_(hypers, quantity), loader_(engine_.rules(), hypers.cutoff_radius) {}

  std::size_t row_length() const override { return static_cast<std::size_t>(engine_.row_length()); }

  void compute(const FrameSet& set, const Rows& rows) override {
    require_started();
    const Turn turn;
    engine_.set_memory(kBatchMemory);
    fetch_.num_threads = set.num_threads;
    // About a gigabyte of rows waits on the device.
    const std::size_t most = std::max<std::size_t>(1, (std::size_t{1} << 30) / (sizeof(double) * row_length()));
    const auto compute = [&](const Run& run) {
      kokkos::reserve(rows_, n_centres(set, run) * row_length());
      fill(set, run, rows_);
      put(set, run, rows);
    };
    in_runs(set, runs_of(set, std::min(most, kMostParticles)), compute, [&] { release(); });
  }

  Memory compute(const FrameSet& set) override {
    require_started();
    const Turn turn;
    engine_.set_memory(kBatchMemory);
    std::size_t n = 0;
    for (const FrameView& frame : set.frames) n += frame.n;
    const auto all = spare_or_new(n * row_length());
    if (!all)
      failure("memory of the device: " + std::to_string(n) + " rows of " + std::to_string(row_length()) +
              " numbers do not fit; expected fewer frames at a time, or rows on the host");
    const auto compute = [&](const Run& run) {
      const std::size_t first = run.first_particle * row_length();
      fill(set, run, Kokkos::subview(*all, std::make_pair(first, first + run.n_particles * row_length())));
    };
    in_runs(set, runs_of(set, kMostParticles), compute, [&] { release(); });
    Kokkos::fence();
    return {all, all->data(), n, row_length()};
  }

 private:
  void fill(const FrameSet& set, const Run& run, const kokkos::Array<Space, double>& rows) {
    if (run.n_particles == 0) return;
    loader_.load(set, run, particles_);
    engine_.set_neighbors(loader_.neighbors(), static_cast<int>(n_centres(set, run)), particles_);
    engine_.compute(particles_, rows);
    require_finite(run, rows, n_centres(set, run) * row_length());
  }

  template <class U>
  void require_finite(const Run& run, const kokkos::Array<Space, U>& rows, std::size_t size) const {
    const auto n = static_cast<kokkos::Offset>(size), wrong = kokkos::first_not_finite<Space, U>(rows, n);
    if (wrong < n)
      refuse_overflow_of_row(run.first_particle + static_cast<std::size_t>(wrong) / row_length(), engine_.basis().length());
  }

  void put(const FrameSet& set, const Run& run, const Rows& rows) {
    const std::size_t n = n_centres(set, run) * row_length(), first = run.first_particle * rows.stride;
    if (rows.data) {
      fetch_(rows_, n, rows.data + first);
      return;
    }
    kokkos::reserve(single_, n);
    Kokkos::parallel_for("anisoap single", Kokkos::RangePolicy<Space, Kokkos::IndexType<std::size_t>>(0, n),
                         ToSingle{rows_.data(), single_.data()});
    require_finite(run, single_, n);
    fetch_(single_, n, rows.data_single + first);
  }

  void release() {
    engine_.halve_memory();
    rows_ = {};
    single_ = {};
    particles_ = {};
    loader_ = FrameLoader(engine_.rules(), engine_.basis().hypers().cutoff_radius);
  }

  kokkos::Descriptor<Space, T> engine_;
  FrameLoader loader_;
  kokkos::Particles<Space, T> particles_;
  kokkos::Array<Space, double> rows_{"anisoap rows", 0};
  kokkos::Array<Space, float> single_{"anisoap single rows", 0};
  Fetcher fetch_;
};

}  // namespace

std::unique_ptr<Descriptor> make_descriptor(const Hypers& hypers, Quantity quantity, bool single) {
  require_started();
  const Turn turn;
  if (single && anisoap::Descriptor(hypers).single_precision_safe())
    return std::make_unique<KokkosDescriptor<float>>(hypers, quantity);
  return std::make_unique<KokkosDescriptor<double>>(hypers, quantity);
}

}  // namespace anisoap::device
