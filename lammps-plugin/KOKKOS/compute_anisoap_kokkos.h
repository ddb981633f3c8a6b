/* -*- c++ -*- ----------------------------------------------------------
   SPDX-License-Identifier: GPL-2.0-only

   compute anisoap under the package KOKKOS: atoms come from the device,
   features are computed on the host.
------------------------------------------------------------------------- */

#ifdef COMPUTE_CLASS
// clang-format off
ComputeStyle(anisoap/kk,ComputeAniSOAPKokkos);
ComputeStyle(anisoap/kk/device,ComputeAniSOAPKokkos);
ComputeStyle(anisoap/kk/host,ComputeAniSOAPKokkos);
// clang-format on
#else

#ifndef LMP_COMPUTE_ANISOAP_KOKKOS_H
#define LMP_COMPUTE_ANISOAP_KOKKOS_H

#include "compute_anisoap.h"

namespace LAMMPS_NS {

class ComputeAniSOAPKokkos : public ComputeAniSOAP {
 public:
  ComputeAniSOAPKokkos(class LAMMPS *, int, char **);
  void init() override;

 protected:
  std::string gather() override;
};

}    // namespace LAMMPS_NS

#endif
#endif
