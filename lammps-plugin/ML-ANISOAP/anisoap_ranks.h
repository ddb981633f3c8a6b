/* -*- c++ -*- ----------------------------------------------------------
   SPDX-License-Identifier: GPL-2.0-only

   What all ranks must know alike: texts of one rank, largest values.
------------------------------------------------------------------------- */

#ifndef LMP_ANISOAP_RANKS_H
#define LMP_ANISOAP_RANKS_H

#include "lmptype.h"

#include <cstdio>
#include <mpi.h>
#include <string>
#include <vector>

namespace LAMMPS_NS {
class LAMMPS;

namespace AniSOAPRanks {

// problem of the lowest rank that has one, on every rank; empty when none has
std::string first_problem(const std::string &problem, MPI_Comm world);

// content of a file that rank 0 reads, on every rank; false when it cannot be read
bool read_file(const std::string &path, std::string &content, MPI_Comm world);

// of all ranks, on every rank
double largest(double value, MPI_Comm world);
tagint largest(tagint value, MPI_Comm world);

// words in a restart file: rank 0 writes; all ranks read, and rank 0 has the file
void write_words(const std::vector<std::string> &words, FILE *fp);
std::vector<std::string> read_words(FILE *fp, LAMMPS *lmp);

}    // namespace AniSOAPRanks
}    // namespace LAMMPS_NS

#endif
