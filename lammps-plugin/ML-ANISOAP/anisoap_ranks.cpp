/* ----------------------------------------------------------------------
   SPDX-License-Identifier: GPL-2.0-only
------------------------------------------------------------------------- */

#include "anisoap_ranks.h"

#include "comm.h"
#include "pointers.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

// A serial LAMMPS has none of these symbols. The plugin loads there all the same, to say that it does not fit.
#if defined(ANISOAP_LAMMPS_VERSION) && !defined(MPI_STUBS)
#pragma weak MPI_Allreduce
#pragma weak MPI_Bcast
#pragma weak MPI_Comm_rank
#pragma weak MPI_Comm_size
#endif

namespace {

void broadcast(std::string &text, int root, MPI_Comm world)
{
  int size = static_cast<int>(text.size());
  MPI_Bcast(&size, 1, MPI_INT, root, world);
  text.resize(static_cast<std::size_t>(size));
  MPI_Bcast(&text[0], size, MPI_CHAR, root, world);
}

}    // namespace

/* ---------------------------------------------------------------------- */

std::string LAMMPS_NS::AniSOAPRanks::first_problem(const std::string &problem, MPI_Comm world)
{
  int me = 0, size = 1, first = 0;
  MPI_Comm_rank(world, &me);
  MPI_Comm_size(world, &size);
  int mine = problem.empty() ? size : me;
  MPI_Allreduce(&mine, &first, 1, MPI_INT, MPI_MIN, world);
  if (first == size) return "";
  std::string text = problem;
  broadcast(text, first, world);
  return text;
}

/* ---------------------------------------------------------------------- */

bool LAMMPS_NS::AniSOAPRanks::read_file(const std::string &path, std::string &content, MPI_Comm world)
{
  int me = 0, found = 0;
  MPI_Comm_rank(world, &me);
  content.clear();
  if (me == 0) {
    std::ifstream stream(path);
    found = stream && !std::filesystem::is_directory(path) ? 1 : 0;
    if (found) content.assign(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
  }
  MPI_Bcast(&found, 1, MPI_INT, 0, world);
  if (!found) return false;
  broadcast(content, 0, world);
  return true;
}

/* ---------------------------------------------------------------------- */

double LAMMPS_NS::AniSOAPRanks::largest(double value, MPI_Comm world)
{
  double most = value;
  MPI_Allreduce(&value, &most, 1, MPI_DOUBLE, MPI_MAX, world);
  return most;
}

LAMMPS_NS::tagint LAMMPS_NS::AniSOAPRanks::largest(tagint value, MPI_Comm world)
{
  tagint most = value;
  MPI_Allreduce(&value, &most, 1, MPI_LMP_TAGINT, MPI_MAX, world);
  return most;
}

/* ---------------------------------------------------------------------- */

void LAMMPS_NS::AniSOAPRanks::write_words(const std::vector<std::string> &words, FILE *fp)
{
  std::string text;
  for (const auto &word : words) text += word + '\n';
  const int size = static_cast<int>(text.size());
  fwrite(&size, sizeof(int), 1, fp);
  fwrite(text.data(), sizeof(char), text.size(), fp);
}

std::vector<std::string> LAMMPS_NS::AniSOAPRanks::read_words(FILE *fp, LAMMPS *lmp)
{
  std::string text;
  if (lmp->comm->me == 0) {
    int size = 0;
    utils::sfread(FLERR, &size, sizeof(int), 1, fp, nullptr, lmp->error);
    text.resize(static_cast<std::size_t>(size));
    if (size) utils::sfread(FLERR, &text[0], sizeof(char), text.size(), fp, nullptr, lmp->error);
  }
  broadcast(text, 0, lmp->world);
  std::vector<std::string> words;
  std::istringstream stream(text);
  for (std::string word; std::getline(stream, word);) words.push_back(word);
  return words;
}
