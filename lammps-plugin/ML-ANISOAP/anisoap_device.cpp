/* ----------------------------------------------------------------------
   SPDX-License-Identifier: GPL-2.0-only

   Ranks of one machine take its devices in turn, and share them where they
   are more.
------------------------------------------------------------------------- */

#include "anisoap_device.h"

#include "atom.h"
#include "comm.h"

#include "anisoap/device.hpp"

#include <cstdlib>

using namespace LAMMPS_NS;

const char *const AniSOAPDevice::CPU = "cpu";
const char *const AniSOAPDevice::AUTO = "auto";

namespace {

// Atoms of a rank from which a GPU is faster than one core: a call of it takes about half a millisecond at least.
constexpr bigint FEW_ATOMS = 500;

bool is_of(const std::string &name, const std::string &space)
{
  if (space.empty() || name.compare(0, space.size(), space) != 0) return false;
  return name.size() == space.size() || name[space.size()] == ':';
}

bool on_gpu(const std::string &space) { return !space.empty() && space != "openmp" && space != "serial" && space != "threads"; }

}    // namespace

/* ---------------------------------------------------------------------- */

AniSOAPDevice::AniSOAPDevice(LAMMPS *lmp, const std::string &_style, const std::string &_name) :
    Pointers(lmp), style(_style), name(_name)
{
}

/* ---------------------------------------------------------------------- */

std::string AniSOAPDevice::wrong(const std::string &name)
{
  const std::string space = anisoap::device::support().space;
  if (name == CPU || name == AUTO || is_of(name, space)) return "";
  const std::string got = "device, got '" + name + "'; expected 'cpu' or 'auto'";
  if (!space.empty()) return got + ", '" + space + "' or one such as '" + space + ":0'";
  return got + ": this plugin was built without Kokkos (docs/devices.md of anisoap-md says how to build one with it)";
}

/* ----------------------------------------------------------------------
   the ranks that share a machine's memory
------------------------------------------------------------------------- */

int AniSOAPDevice::local_rank(MPI_Comm world)
{
#if defined(MPI_STUBS)
  (void)world;
  return 0;
#else
  MPI_Comm machine;
  int rank = 0;
  MPI_Comm_split_type(world, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &machine);
  MPI_Comm_rank(machine, &rank);
  MPI_Comm_free(&machine);
  return rank;
#endif
}

/* ----------------------------------------------------------------------
   a device, or cpu
------------------------------------------------------------------------- */

std::string AniSOAPDevice::choose() const
{
  const std::string space = anisoap::device::support().space;
  if (name == CPU || (name != AUTO && name != space)) return name;
  const std::size_t n = anisoap::device::devices().size();
  if (name == AUTO) {
    const std::string reason = !on_gpu(space)     ? "the plugin was built for none"
        : n == 0                                  ? "there is none"
        : atom->natoms < FEW_ATOMS * comm->nprocs ? "fewer than " + std::to_string(FEW_ATOMS) + " atoms a rank"
                                                  : "";
    if (!reason.empty()) {
      say("device auto chose cpu: " + reason);
      return CPU;
    }
  }
  return n < 2 ? space : space + ":" + std::to_string(static_cast<std::size_t>(local_rank(world)) % n);
}

/* ---------------------------------------------------------------------- */

bool AniSOAPDevice::starts()
{
  if (asked) return runs;
  const std::string chosen = choose();
  runs = chosen != CPU;
  if (runs) anisoap::device::start(chosen);
  asked = true;
  if (!runs) return false;
  const auto devices = anisoap::device::devices();
  const auto &device = devices.at(static_cast<std::size_t>(anisoap::device::started_index()));
  say("device " + device.name + (device.model.empty() ? "" : ", " + device.model) +
      (comm->nprocs > 1 && devices.size() > 1 ? "; each rank of a machine takes the next one" : ""));
  return true;
}

/* ---------------------------------------------------------------------- */

void AniSOAPDevice::say(const std::string &text) const
{
  if (comm->me == 0) utils::logmesg(lmp, style + ": " + text + "\n");
}
