/* -*- c++ -*- ----------------------------------------------------------
   SPDX-License-Identifier: GPL-2.0-only

   The words of a `compute anisoap` command as settings of the AniSOAP core.
------------------------------------------------------------------------- */

#ifndef LMP_ANISOAP_ARGUMENTS_H
#define LMP_ANISOAP_ARGUMENTS_H

#include "pointers.h"

#include "anisoap/descriptor.hpp"

#include <exception>
#include <map>

namespace LAMMPS_NS {

struct AniSOAPSettings {
  anisoap::Hypers hypers;
  anisoap::Quantity quantity = anisoap::Quantity::PowerSpectrum;
  bool single_precision = false;
  bool sorts = false;                  // rows of neighbours by atom IDs, where a device lists them
  std::string device;                  // a name, or empty
  std::vector<int> species_of_type;    // [ntypes + 1] species (0, 1, ...) of atom types 1, 2, ..., -1 for NULL
};

class AniSOAPArguments : public AniSOAPSettings, protected Pointers {
 public:
  // first: index of CUTOFF in arg; every error names the word that is wrong
  AniSOAPArguments(class LAMMPS *, int first, int narg, char **arg);

  // what errors of the core call the hyperparameters: the words of the command, or the entries of a hypers file
  anisoap::HypersNames names() const;

  // an error of the core in these names, at the keyword it concerns
  [[noreturn]] void fail(const std::exception &error) const;

 private:
  int narg, iarg;
  char **arg;
  int first;
  double cutoff = 0.0;
  bool symmetric = false, coefficients = false;
  std::string file;
  std::vector<std::string> labels;    // [ntypes] of the species keyword
  std::map<std::string, int> seen;    // keyword -> its index in arg

  void keyword();
  void basis();
  void radial();
  void species();
  void cutoff_function();
  void device_name();
  std::string width_name() const;
  std::string value(const std::string &expected);
  double number(const std::string &what);
  int integer(const std::string &what);
  std::string one_of(const std::string &what, const std::vector<std::string> &allowed);
  bool choice(const std::string &what, const std::string &yes, const std::string &no);

  void read_file();
  void use_keywords();
  void assign_species_of_file();
  void require_species() const;
  int word_of(const std::string &keyword) const;
  [[noreturn]] void wrong(int word, const std::string &text) const;
};

}    // namespace LAMMPS_NS

#endif
