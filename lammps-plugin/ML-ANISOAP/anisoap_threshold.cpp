/* ----------------------------------------------------------------------
   SPDX-License-Identifier: GPL-2.0-only
------------------------------------------------------------------------- */

#include "anisoap_threshold.h"

#include "anisoap_device.h"
#include "anisoap_particles.h"
#include "anisoap_ranks.h"

#include "atom.h"
#include "comm.h"
#include "error.h"
#include "input.h"
#include "timer.h"
#include "update.h"

#include "anisoap/error.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

using namespace LAMMPS_NS;

namespace {

const std::vector<std::string> KEYWORDS = {"threshold", "dump", "device", "shapes", "sort"};

std::string quoted(const std::string &word) { return "'" + word + "'"; }

}    // namespace

/* ---------------------------------------------------------------------- */

AniSOAPThreshold::AniSOAPThreshold(LAMMPS *lmp, const std::vector<std::string> &_words, int _first) :
    Pointers(lmp), words(_words), first(_first), device(AniSOAPDevice::CPU), device_word(words.size())
{
  read();
}

/* ---------------------------------------------------------------------- */

void AniSOAPThreshold::wrong(std::size_t word, const std::string &text) const
{
  error->all(FLERR, first < 0 ? Error::NOLASTLINE : first + static_cast<int>(word), "Pair_style anisoap: " + text);
}

std::string AniSOAPThreshold::value(std::size_t word, const std::string &expected) const
{
  if (word >= words.size()) wrong(word - 1, "a value is missing behind " + quoted(words[word - 1]) + "; expected " + expected);
  return words[word];
}

/* ---------------------------------------------------------------------- */

void AniSOAPThreshold::read()
{
  for (std::size_t k = 0; k < words.size();) {
    if (words[k] == "threshold") {
      if (given()) wrong(k, "keyword 'threshold' is given twice; expected it once");
      k += read_threshold(k);
    } else if (words[k] == "dump") {
      if (!file.empty()) wrong(k, "keyword 'dump' is given twice; expected it once");
      if (!given()) wrong(k, "keyword 'dump' without a threshold; expected it behind threshold VALUE warn|stop");
      file = value(k + 1, "dump FILE");
      k += 2;
    } else if (words[k] == "device") {
      if (device_word < words.size()) wrong(k, "keyword 'device' is given twice; expected it once");
      device_word = k;
      device = value(k + 1, "cpu, auto or a device");
      if (const std::string problem = AniSOAPDevice::wrong(device); !problem.empty()) wrong(k + 1, problem);
      k += 2;
    } else if (words[k] == "shapes") {
      read_choice(k, {"atoms", "model", "any"}, shapes);
      k += 2;
    } else if (words[k] == "sort") {
      read_choice(k, {"yes", "no"}, sort);
      k += 2;
    } else {
      wrong(k,
            "unknown keyword " + quoted(words[k]) + anisoap::did_you_mean(words[k], KEYWORDS) +
                "; expected threshold [grade] VALUE warn|stop, dump FILE, device cpu|auto|cuda, shapes atoms|model|any and sort "
                "yes|no");
    }
  }
}

std::vector<std::string> AniSOAPThreshold::words_to_keep() const
{
  std::vector<std::string> kept = words;
  if (device_word < words.size()) {
    const auto place = kept.begin() + static_cast<std::ptrdiff_t>(device_word);
    kept.erase(place, place + 2);
  }
  return kept;
}

/* ---------------------------------------------------------------------- */

std::size_t AniSOAPThreshold::read_threshold(std::size_t k)
{
  const bool grade = value(k + 1, "threshold VALUE as a number") == "grade";
  if (grade) quantity = "grade";
  const std::size_t at = grade ? k + 2 : k + 1;
  const std::string number = value(at, "threshold grade VALUE as a number");
  threshold = utils::is_double(number) ? std::strtod(number.c_str(), nullptr) : -1.0;
  if (!std::isfinite(threshold) || threshold < 0.0)
    wrong(at, "threshold VALUE, got " + quoted(number) + "; expected " + (grade ? "a grade" : "an energy") + " >= 0");
  const std::string word = value(at + 1, "'warn' or 'stop'");
  if (word != "warn" && word != "stop")
    wrong(at + 1,
          "threshold, got " + quoted(word) + anisoap::did_you_mean(word, {"warn", "stop"}) + "; expected 'warn' or 'stop'");
  action = word == "stop" ? Action::Stop : Action::Warn;
  return at + 2 - k;
}

/* ---------------------------------------------------------------------- */

void AniSOAPThreshold::read_choice(std::size_t k, const std::vector<std::string> &values, std::string &out) const
{
  if (!out.empty()) wrong(k, "keyword " + quoted(words[k]) + " is given twice; expected it once");
  const std::string expected = anisoap::quoted_choices(values);
  out = value(k + 1, expected);
  if (std::find(values.begin(), values.end(), out) == values.end())
    wrong(k + 1, words[k] + ", got " + quoted(out) + anisoap::did_you_mean(out, values) + "; expected " + expected);
}

/* ----------------------------------------------------------------------
   A stop ends the run like fix halt with error soft: this step is finished.
------------------------------------------------------------------------- */

void AniSOAPThreshold::check(const std::vector<double> &values, const std::string &columns, const std::string &elements,
                             const std::function<void()> &prepare)
{
  double mine = 0.0;
  tagint id = 0;
  for (int i = 0; i < atom->nlocal; i++) {
    const double one = values[static_cast<std::size_t>(i)];
    if (one <= mine) continue;
    mine = one;
    id = atom->tag[i];
  }
  const double most = AniSOAPRanks::largest(mine, world);
  checked++;
  largest = MAX(largest, most);
  if (most <= threshold) return;
  above++;
  if (action == Action::Stop) timer->force_timeout();
  if (said) return;
  said = true;
  say(most, AniSOAPRanks::largest(mine == most ? id : 0, world));
  if (file.empty()) return;
  prepare();
  dump(columns, elements);
}

/* ---------------------------------------------------------------------- */

void AniSOAPThreshold::say(double value, tagint id)
{
  if (comm->me != 0) return;
  const std::string text = "Pair anisoap: " + quantity + " " + AniSOAPParticles::text(value) + " of atom ID " +
      std::to_string(id) + " is above threshold " + AniSOAPParticles::text(threshold) + " at timestep " +
      std::to_string(update->ntimestep);
  if (action == Action::Warn) error->warning(FLERR, text);
  if (action == Action::Stop) utils::logmesg(lmp, text + "; the run ends here\n");
}

/* ---------------------------------------------------------------------- */

void AniSOAPThreshold::dump(const std::string &columns, const std::string &elements)
{
  static const char *const names[7] = {"shapex", "shapey", "shapez", "quatw", "quati", "quatj", "quatk"};
  std::string command = "write_dump all custom \"" + file + "\" id type element x y z";
  for (int k = 0; k < 7; k++) command += " c_" + columns + "[" + std::to_string(k + 1) + "]";
  command += " modify append yes sort id format float %.17g element " + elements;
  for (int k = 0; k < 7; k++) command += " colname " + std::to_string(k + 7) + " " + names[k];
  input->one(command);
}

/* ---------------------------------------------------------------------- */

void AniSOAPThreshold::report()
{
  if (checked && !above && comm->me == 0)
    utils::logmesg(lmp,
                   "Pair anisoap: " + quantity + " at most " + AniSOAPParticles::text(largest) + " in " +
                       std::to_string(checked) + " configurations, threshold " + AniSOAPParticles::text(threshold) + "\n");
  if (action == Action::Warn && above && comm->me == 0)
    utils::logmesg(lmp,
                   "Pair anisoap: " + quantity + " above threshold " + AniSOAPParticles::text(threshold) + " in " +
                       std::to_string(above) + " of " + std::to_string(checked) + " configurations, largest " +
                       AniSOAPParticles::text(largest) + "\n");
  said = false;
  checked = above = 0;
  largest = 0.0;
}
