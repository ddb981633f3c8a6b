/* -*- c++ -*- ----------------------------------------------------------
   SPDX-License-Identifier: GPL-2.0-only

   compute anisoap under the package KOKKOS: within a run atoms, neighbors
   and features stay in the execution space until they are handed out. On a
   host the style without /kk does the work.
------------------------------------------------------------------------- */

#ifdef COMPUTE_CLASS
// clang-format off
ComputeStyle(anisoap/kk,ComputeAniSOAPKokkos<LMPDeviceType>);
ComputeStyle(anisoap/kk/device,ComputeAniSOAPKokkos<LMPDeviceType>);
ComputeStyle(anisoap/kk/host,ComputeAniSOAPKokkos<LMPHostType>);
// clang-format on
#else

#ifndef LMP_COMPUTE_ANISOAP_KOKKOS_H
#define LMP_COMPUTE_ANISOAP_KOKKOS_H

#include "compute_anisoap.h"
#include "kokkos_type.h"

namespace LAMMPS_NS {

template <class DeviceType> class ComputeAniSOAPKokkos : public ComputeAniSOAP {
 public:
  ComputeAniSOAPKokkos(class LAMMPS *, int, char **);
  ~ComputeAniSOAPKokkos() override;
  void init() override;
  double memory_usage() override;

 protected:
  std::string gather() override;
  std::string evaluate() override;

 private:
  const bool vectorised;    // the steps are those of the style without /kk
  struct Engine;            // the descriptor and its particles in the execution space
  template <class T> struct EngineOf;
  std::unique_ptr<Engine> engine;

  void make_engine();
};

}    // namespace LAMMPS_NS

#endif
#endif
