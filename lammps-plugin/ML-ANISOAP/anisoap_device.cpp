/* ----------------------------------------------------------------------
   SPDX-License-Identifier: GPL-2.0-only

   Ranks of one machine take its devices in turn, and share them where they
   are more.
------------------------------------------------------------------------- */

#include "anisoap_device.h"

#include "atom.h"
#include "comm.h"
#include "error.h"

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

// Number of a rank on its machine: Open MPI, MPICH, MVAPICH, Slurm, Flux, HPE, PMI, PALS.
const char *const LOCAL_RANK[] = {"OMPI_COMM_WORLD_LOCAL_RANK",
                                  "MPI_LOCALRANKID",
                                  "MV2_COMM_WORLD_LOCAL_RANK",
                                  "SLURM_LOCALID",
                                  "FLUX_TASK_LOCAL_ID",
                                  "MPT_LRANK",
                                  "PMI_LOCAL_RANK",
                                  "PALS_LOCAL_RANKID"};

int rank_by_memory(MPI_Comm world)
{
  int rank = 0;
#if defined(MPI_STUBS)
  (void)world;
#else
  MPI_Comm machine;
  MPI_Comm_split_type(world, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &machine);
  MPI_Comm_rank(machine, &rank);
  MPI_Comm_free(&machine);
#endif
  return rank;
}

}    // namespace

/* ---------------------------------------------------------------------- */

AniSOAPDevice::AniSOAPDevice(LAMMPS *lmp, const std::string &_style, const std::string &_name) :
    Pointers(lmp), style(_style), name(_name), rank_of_machine(given() ? local_rank() : 0)
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
   what the launcher says, which counts all partitions; else the ranks of
   this one that share a machine's memory
------------------------------------------------------------------------- */

int AniSOAPDevice::local_rank() const
{
  const int shared = rank_by_memory(world);    // of all ranks, whether the launcher tells or not
  for (const char *variable : LOCAL_RANK) {
    const char *value = std::getenv(variable);
    if (value && utils::is_integer(value) && std::atoi(value) >= 0) return std::atoi(value);
  }
  return shared;
}

/* ----------------------------------------------------------------------
   a device, or cpu
------------------------------------------------------------------------- */

std::string AniSOAPDevice::choose() const
{
  const auto support = anisoap::device::support();
  const std::string &space = support.space;
  if (name == CPU || (name != AUTO && name != space)) return name;
  const std::size_t n = anisoap::device::devices().size();
  if (name == AUTO) {
    const std::string reason = support.is_host    ? "the plugin was built for none"
        : n == 0                                  ? "there is none"
        : atom->natoms < FEW_ATOMS * comm->nprocs ? "fewer than " + std::to_string(FEW_ATOMS) + " atoms a rank"
                                                  : "";
    if (!reason.empty()) {
      say("device auto chose cpu: " + reason);
      return CPU;
    }
  }
  return n < 2 ? space : space + ":" + std::to_string(static_cast<std::size_t>(rank_of_machine) % n);
}

/* ---------------------------------------------------------------------- */

bool AniSOAPDevice::starts(const anisoap::Hypers &hypers)
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
  const std::string slowness = anisoap::device::slowness(hypers);
  if (!slowness.empty() && comm->me == 0) error->warning(FLERR, "{}: {}", style, slowness);
  return true;
}

/* ---------------------------------------------------------------------- */

void AniSOAPDevice::say(const std::string &text) const
{
  if (comm->me == 0) utils::logmesg(lmp, style + ": " + text + "\n");
}
