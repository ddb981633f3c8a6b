/* -*- c++ -*- ----------------------------------------------------------
   SPDX-License-Identifier: GPL-2.0-only

   compute ID group-ID anisoap CUTOFF keyword values ...
   Per-atom array of AniSOAP features: density coefficients or power spectra
   of the ellipsoids around each atom (Lin et al., doi:10.1063/5.0210910).
------------------------------------------------------------------------- */

#ifdef COMPUTE_CLASS
// clang-format off
ComputeStyle(anisoap,ComputeAniSOAP);
// clang-format on
#else

#ifndef LMP_COMPUTE_ANISOAP_H
#define LMP_COMPUTE_ANISOAP_H

#include "compute.h"

#include "anisoap_steps.h"

#include <memory>

namespace LAMMPS_NS {

class ComputeAniSOAP : public Compute, protected AniSOAPSteps {
 public:
  ComputeAniSOAP(class LAMMPS *, int, char **);
  ~ComputeAniSOAP() override;
  void post_constructor() override;
  void init() override;
  void setup() override;
  void compute_peratom() override;
  int pack_forward_comm(int, int *, double *, int, int *) override;
  void unpack_forward_comm(int, int, double *) override;
  double memory_usage() override;
  void end_run();    // by its fix

 protected:
  struct Library;    // descriptor, particles and buffers of the AniSOAP core
  std::unique_ptr<Library> library;
  std::string id_shapes;    // of the compute property/atom that particles makes
  std::string id_end;       // of the fix that ends the values of a run
  std::unique_ptr<class AniSOAPParticles> particles;
  std::unique_ptr<class AniSOAPDevice> device;

  bool ghosts_are_good = false;    // from setup() to the end of the run

  std::string gather() override;
  std::string evaluate() override;
  void spread() override;
  const struct AniSOAPSettings &settings() const;
  bool is_centre(int i) const;
  // as keyword precision says, or where it is wanted and loses no digits
  bool runs_single(bool wanted) const;

 private:
  bool initialised = false;    // by init()

  void announce() const;
  void grow_rows();
  void choose_centres();
  void evaluate_on_device();
};

}    // namespace LAMMPS_NS

#endif
#endif
