/* -*- c++ -*- ----------------------------------------------------------
   SPDX-License-Identifier: GPL-2.0-only

   pair_style anisoap keyword values ...
   pair_coeff * * MODEL.json S1 S2 ...
   Energies, forces and torques of ellipsoids from a model on AniSOAP
   features (Lin et al., doi:10.1063/5.0210910).
------------------------------------------------------------------------- */

#ifdef PAIR_CLASS
// clang-format off
PairStyle(anisoap,PairAniSOAP);
// clang-format on
#else

#ifndef LMP_PAIR_ANISOAP_H
#define LMP_PAIR_ANISOAP_H

#include "pair.h"

#include "anisoap_steps.h"

#include <memory>

namespace LAMMPS_NS {

class PairAniSOAP : public Pair, protected AniSOAPSteps {
 public:
  PairAniSOAP(class LAMMPS *);
  ~PairAniSOAP() override;
  void settings(int, char **) override;
  void coeff(int, char **) override;
  void init_style() override;
  double init_one(int, int) override;
  void compute(int, int) override;
  void finish() override;
  void write_restart(FILE *) override;
  void read_restart(FILE *) override;
  void write_restart_settings(FILE *) override;
  void read_restart_settings(FILE *) override;
  int pack_forward_comm(int, int *, double *, int, int *) override;
  void unpack_forward_comm(int, int, double *) override;
  void *extract(const char *, int &) override;
  void *extract_peratom(const char *, int &) override;
  double memory_usage() override;

 protected:
  std::string id_shapes;    // of the compute property/atom that particles makes
  std::unique_ptr<class AniSOAPParticles> particles;
  std::unique_ptr<class AniSOAPThreshold> threshold;
  std::unique_ptr<class AniSOAPDevice> device;
  std::unique_ptr<class AniSOAPModel> model;
  std::unique_ptr<class AniSOAPRange> range;              // none while the model is unusable
  std::unique_ptr<class AniSOAPEvaluation> evaluation;    // none while the model is unusable
  std::vector<double> uncertainty, grade;                 // [nmax] energy, and none; 0 for atoms of other styles

  std::string gather() override;
  std::string evaluate() override;
  void spread() override;
  bool wants_uncertainty() const;
  bool wants_grade() const;
  // what is wrong where either is wanted of a model that does not know it
  std::string unknown_quantity() const;
  // what is wrong where one of an atom is no number, as its energy may well be
  std::string overflow();
  // adds W [9], row major, to what LAMMPS has of an atom: xx yy zz xy xz yz yx zx zy
  static void add_centroid_virial(const double *w, double *of_atom);
  // before atoms are read on the host out of turn
  virtual void sync_host() {}

 private:
  std::string unusable;                        // why there is no evaluation: of the last pair_coeff or restart file
  std::vector<bool> given;                     // [ntypes * ntypes] i <= j: pairs of types that LAMMPS leaves to this style
  bool checked = false;                        // whether check_simulation() came since init_style()
  bool warned_of_heat_flux = false;            // of compute heat/flux
  int uncertainty_flag = 0, grade_flag = 0;    // set by fix pair on its steps

  void allocate();
  void read_words(const std::vector<std::string> &given, int first);
  void use(const std::string &file, const std::vector<std::string> &labels);
  void check_simulation();
  void check_given() const;
  void warn_of_heat_flux();
};

}    // namespace LAMMPS_NS

#endif
#endif
