/* -*- c++ -*- ----------------------------------------------------------
   SPDX-License-Identifier: GPL-2.0-only

   pair_style anisoap under the package KOKKOS: atoms come from the device
   and forces go back to it, the potential runs on the host.
------------------------------------------------------------------------- */

#ifdef PAIR_CLASS
// clang-format off
PairStyle(anisoap/kk,PairAniSOAPKokkos);
PairStyle(anisoap/kk/device,PairAniSOAPKokkos);
PairStyle(anisoap/kk/host,PairAniSOAPKokkos);
// clang-format on
#else

#ifndef LMP_PAIR_ANISOAP_KOKKOS_H
#define LMP_PAIR_ANISOAP_KOKKOS_H

#include "pair_anisoap.h"

namespace LAMMPS_NS {

class PairAniSOAPKokkos : public PairAniSOAP {
 public:
  PairAniSOAPKokkos(class LAMMPS *);
  void init_style() override;

 protected:
  std::string gather() override;
  void spread() override;
};

}    // namespace LAMMPS_NS

#endif
#endif
