/* -*- c++ -*- ----------------------------------------------------------
   SPDX-License-Identifier: GPL-2.0-only

   pair_style anisoap under the package KOKKOS: atoms, neighbor lists and
   forces stay in the execution space, and so does the potential. On a host
   the style without /kk does the work.
------------------------------------------------------------------------- */

#ifdef PAIR_CLASS
// clang-format off
PairStyle(anisoap/kk,PairAniSOAPKokkos<LMPDeviceType>);
PairStyle(anisoap/kk/device,PairAniSOAPKokkos<LMPDeviceType>);
PairStyle(anisoap/kk/host,PairAniSOAPKokkos<LMPHostType>);
// clang-format on
#else

#ifndef LMP_PAIR_ANISOAP_KOKKOS_H
#define LMP_PAIR_ANISOAP_KOKKOS_H

#include "kokkos_type.h"
#include "pair_anisoap.h"

namespace LAMMPS_NS {

template <class DeviceType> class PairAniSOAPKokkos : public PairAniSOAP {
 public:
  PairAniSOAPKokkos(class LAMMPS *);
  ~PairAniSOAPKokkos() override;
  void settings(int, char **) override;
  void coeff(int, char **) override;
  void read_restart(FILE *) override;
  void init_style() override;
  double memory_usage() override;

 protected:
  std::string gather() override;
  std::string evaluate() override;
  void spread() override;
  void sync_host() override;

 private:
  const bool vectorised;             // the steps are those of the style without /kk
  struct Engine;                     // the potential and its particles in the execution space
  std::unique_ptr<Engine> engine;    // of the present model, made when a run needs it

  void make_engine();
  void refuse_overflow_of_last_step();
  void warn_of_overflow_before();
  std::string place();
  void add_atoms();
};

}    // namespace LAMMPS_NS

#endif
#endif
