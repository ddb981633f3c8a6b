// SPDX-License-Identifier: MIT
// A build without Kokkos.
#include "anisoap/device.hpp"
#include "anisoap/error.hpp"

namespace anisoap::device {

Support support() { return {}; }
std::string slowness(const Hypers&) { return ""; }
std::vector<Info> devices() { return {}; }

void start(const std::string& name) {
  bad_argument("device", "'" + name + "'", "'cpu': this build has no Kokkos",
               "pip install . -C cmake.define.ANISOAP_WITH_KOKKOS=ON makes one that has");
}

bool is_usable() { return true; }
int started_index() { return 0; }

Memory to_device(const double*, std::size_t, std::size_t) { failure("this build has no Kokkos"); }
Memory copy_of(const Memory&) { failure("this build has no Kokkos"); }
void to_host(const Memory&, double*) {}

std::unique_ptr<Descriptor> make_descriptor(const Hypers&, Quantity, bool) { failure("this build has no Kokkos"); }
std::unique_ptr<Jacobian> make_jacobian(const Hypers&, Quantity, double) { failure("this build has no Kokkos"); }
std::unique_ptr<Potential> make_potential(const Model&) { failure("this build has no Kokkos"); }

}  // namespace anisoap::device
