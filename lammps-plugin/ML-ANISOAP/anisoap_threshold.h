/* -*- c++ -*- ----------------------------------------------------------
   SPDX-License-Identifier: GPL-2.0-only

   What pair_style anisoap does with uncertainties or extrapolation grades
   above a threshold: keywords threshold [grade] VALUE warn|stop and dump
   FILE. Keywords device, shapes and sort stand among them, for the style itself.
------------------------------------------------------------------------- */

#ifndef LMP_ANISOAP_THRESHOLD_H
#define LMP_ANISOAP_THRESHOLD_H

#include "pointers.h"

#include <functional>

namespace LAMMPS_NS {

class AniSOAPThreshold : protected Pointers {
 public:
  // the words behind pair_style anisoap; first: index of the first one in the command as LAMMPS holds it
  AniSOAPThreshold(class LAMMPS *, const std::vector<std::string> &words, int first);

  bool given() const { return action != Action::None; }
  // which quantity of atoms the threshold is one of
  bool of_uncertainty() const { return given() && quantity == "uncertainty"; }
  bool of_grade() const { return given() && quantity == "grade"; }

  const std::string &device_name() const { return device; }
  // whether diameters are those of the model's training
  bool shapes_of_model() const { return shapes == "model"; }
  // whether diameters may be others than those of the training
  bool any_shape() const { return shapes == "any"; }
  // whether rows of neighbours come by atom IDs, where a device lists them
  bool sorts() const { return sort == "yes"; }
  // the words but for the device, which another machine may lack
  std::vector<std::string> words_to_keep() const;

  // columns: the compute property/atom of diameters and quaternions, which `prepare` brings up to date for a dump; elements: a
  // label for each atom type
  void check(const std::vector<double> &values, const std::string &columns, const std::string &elements,
             const std::function<void()> &prepare);

  // counts of the run so far go to the log and start anew
  void report();

 private:
  enum class Action { None, Warn, Stop };

  std::vector<std::string> words;
  int first;
  std::string device, shapes, sort;
  std::size_t device_word;    // where its keyword stands; behind the last word: nowhere
  Action action = Action::None;
  std::string quantity = "uncertainty";
  double threshold = 0.0;
  std::string file;     // of offending configurations, empty for none
  bool said = false;    // in this run
  bigint checked = 0, above = 0;
  double largest = 0.0;

  void read();
  std::size_t read_threshold(std::size_t word);    // how many words it takes
  // the value of a keyword, one of a few words and given once
  void read_choice(std::size_t word, const std::vector<std::string> &values, std::string &out) const;
  std::string value(std::size_t word, const std::string &expected) const;
  [[noreturn]] void wrong(std::size_t word, const std::string &text) const;
  void say(double value, tagint id);
  void dump(const std::string &columns, const std::string &elements);
};

}    // namespace LAMMPS_NS

#endif
