// SPDX-License-Identifier: MIT
// Kokkos is started once a process.
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <exception>

#include "anisoap/kokkos/launch/density_step.hpp"
#include "device/hardware.hpp"
#include "device/space.hpp"

namespace anisoap::device {
namespace {

int started = -1;   // index
pid_t starter = 0;  // process

std::string space_name() {
  std::string name = Space::name();
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return name;
}

std::string name_of(int index) { return space_name() + ":" + std::to_string(index); }

[[noreturn]] void refuse(const std::string& name) {
  const int n = count_devices();
  if (n == 0) bad_argument("device", "'" + name + "'", "'cpu': this machine has " + without_devices());
  std::string names = "'cpu', 'auto', '" + space_name() + "'";
  for (int k = 0; k < n; ++k) names += ", '" + name_of(k) + "'";
  bad_argument("device", "'" + name + "'", names);
}

int index_of(const std::string& name) {
  const int n = count_devices();
  if (n == 0) refuse(name);
  if (name == space_name()) return started >= 0 ? started : 0;
  for (int k = 0; k < n; ++k)
    if (name == name_of(k)) return k;
  refuse(name);
}

// Ended when the process is, after Python and before the runtimes of vendors.
void initialize(int index) {
  Kokkos::initialize(Kokkos::InitializationSettings().set_device_id(index).set_disable_warnings(true));
  std::atexit([] {
    if (!Kokkos::is_initialized() || !is_usable()) return;
    drop_spare();
    Kokkos::finalize();
  });
}

}  // namespace

Support support() {
  const int version = KOKKOS_VERSION;
  Support out;
  out.space = space_name();
  out.kokkos = std::to_string(version / 10000) + "." + std::to_string(version / 100 % 100) + "." + std::to_string(version % 100);
  out.driver = driver();
  out.is_host = !kokkos::on_device<Space>;
  out.unrolled_degree = kokkos::kCompiledDegreeKokkos;
#ifdef KOKKOS_ARCH_CURRENT
  out.architecture = KOKKOS_ARCH_CURRENT;
#endif
  return out;
}

std::string slowness(const Hypers& hypers) { return kokkos::slowness(Basis(hypers).degree(), space_name()); }

std::vector<Info> devices() {
  std::vector<Info> out(static_cast<std::size_t>(count_devices()));
  for (std::size_t k = 0; k < out.size(); ++k) {
    out[k].name = name_of(static_cast<int>(k));
    describe(static_cast<int>(k), out[k]);
  }
  return out;
}

void start(const std::string& name) {
  if (started >= 0) require_started();
  const Turn turn;
  const int index = index_of(name);
  if (started >= 0) {
    require_started();
    if (index != started)
      bad_argument("device", "'" + name + "'",
                   "'" + name_of(started) + "', which this process uses already: one device a process");
    return;
  }
  if (Kokkos::is_finalized())
    failure("device '" + name_of(index) + "': Kokkos was ended in this process, and starts once; expected a new process");
  try {
    if (!Kokkos::is_initialized()) initialize(index);
    else if (count_devices() > 1 && Kokkos::device_id() != index)
      failure("device '" + name_of(index) + "': Kokkos was started on device " + std::to_string(Kokkos::device_id()) +
              " of this process; expected that one");
  } catch (const std::exception& e) {
    failure("device '" + name_of(index) + "' does not start: " + e.what());
  }
  started = index;
  starter = getpid();
}

namespace {

bool is_of_parent() { return started >= 0 && starter != getpid(); }

}  // namespace

bool is_usable() {
  if (started < 0) return true;
  if (is_of_parent()) return false;
  const CurrentDevice current;
  use_device(started);
  return lost().empty();
}

int started_index() { return std::max(started, 0); }

void require_started() {
  if (started < 0) failure("no device was started; expected a Descriptor or a Model with one, such as device='cuda'");
  if (is_of_parent())
    failure("device '" + name_of(started) +
            "' was started before this process was forked, which cannot use it; expected "
            "processes of the start method 'spawn' or 'forkserver', or a first use of the device after the fork");
}

namespace {

// values: of n numbers, a View of the host or of the device.
template <class Values>
std::shared_ptr<kokkos::Array<Space, double>> copied(const Values& values, std::size_t n) {
  require_started();
  const Turn turn;
  auto copy = spare_or_new(n);
  if (!copy) failure("memory of the device: " + std::to_string(n) + " numbers do not fit");
  Kokkos::deep_copy(Kokkos::subview(*copy, std::make_pair(std::size_t{0}, n)), values);
  Kokkos::fence();
  return copy;
}

using OfSpace = Kokkos::View<const double*, Space::memory_space, Kokkos::MemoryUnmanaged>;

}  // namespace

Memory to_device(const double* values, std::size_t n_rows, std::size_t n_columns) {
  const auto copy = copied(OnHost<const double>(values, n_rows * n_columns), n_rows * n_columns);
  return {copy, copy->data(), n_rows, n_columns, {}};
}

Memory copy_of(const Memory& memory) {
  const std::size_t n = memory.n_rows * memory.n_columns;
  const auto copy = copied(OfSpace(memory.data, n), n);
  return {copy, copy->data(), memory.n_rows, memory.n_columns, memory.row_shape};
}

void to_host(const Memory& memory, double* out) {
  require_started();
  const Turn turn;
  const std::size_t n = memory.n_rows * memory.n_columns;
  Kokkos::deep_copy(OnHost<double>(out, n), OfSpace(memory.data, n));
}

namespace {

using Result = kokkos::Array<Space, double>;

// Guarded by a mutex of its own: results come back on any thread.
struct Spare {
  std::mutex mutex;
  Result result;
};
Spare& spare() {
  static auto* kept = new Spare;  // outlives the results
  return *kept;
}

// Whoever had it may have work on the device that still reads it.
Result take_spare() {
  Result taken;
  {
    const std::lock_guard<std::mutex> lock(spare().mutex);
    taken = spare().result;
    spare().result = Result();
  }
  if (taken.extent(0) > 0) Kokkos::fence("anisoap spare");
  return taken;
}

void give_back(Result* result) {
  if (!Kokkos::is_initialized() || !is_usable()) return;  // whoever had the device has it no more
  const CurrentDevice current;
  const std::lock_guard<std::mutex> lock(spare().mutex);
  spare().result = *result;
  delete result;
}

}  // namespace

void drop_spare() { take_spare(); }

std::shared_ptr<Result> spare_or_new(std::size_t n) {
  Result result = take_spare();
  if (result.extent(0) < n || result.extent(0) > 2 * n + 4096) {
    result = Result();
    try {
      result = kokkos::allocated<Result>("anisoap result", n);
    } catch (const std::bad_alloc&) {
      return nullptr;
    }
  }
  return {new Result(result), give_back};
}

namespace {

std::mutex& one_at_a_time() {
  static std::mutex mutex;
  return mutex;
}

}  // namespace

Turn::Turn() : lock_(one_at_a_time()) {
  if (started < 0 || is_of_parent()) return;
  use_device(started);
  const std::string problem = lost();
  if (problem.empty()) return;
  failure("device '" + name_of(started) + "' is lost to this process, by a kernel of any package that failed (" + problem +
          "); expected a new process, or device 'cpu' in this one");
}

}  // namespace anisoap::device
