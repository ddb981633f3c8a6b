/* -*- c++ -*- ----------------------------------------------------------
   SPDX-License-Identifier: GPL-2.0-only

   What all ranks must know alike: texts of one rank.
------------------------------------------------------------------------- */

#ifndef LMP_ANISOAP_RANKS_H
#define LMP_ANISOAP_RANKS_H

#include <mpi.h>
#include <string>

namespace LAMMPS_NS {
namespace AniSOAPRanks {

// problem of the lowest rank that has one, on every rank; empty when none has
std::string first_problem(const std::string &problem, MPI_Comm world);

// content of a file that rank 0 reads, on every rank; false when it cannot be read
bool read_file(const std::string &path, std::string &content, MPI_Comm world);

}    // namespace AniSOAPRanks
}    // namespace LAMMPS_NS

#endif
