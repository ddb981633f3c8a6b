/* -*- c++ -*- ----------------------------------------------------------
   SPDX-License-Identifier: GPL-2.0-only

   Atoms and neighbor lists of LAMMPS as the AniSOAP core reads them in
   kernels.
------------------------------------------------------------------------- */

#ifndef LMP_ANISOAP_ATOMS_KOKKOS_H
#define LMP_ANISOAP_ATOMS_KOKKOS_H

#include "atom_kokkos.h"
#include "atom_vec_ellipsoid_kokkos.h"
#include "kokkos_type.h"
#include "neigh_list_kokkos.h"

namespace LAMMPS_NS {

// owned and ghost atoms; diameters of points are 0, which the core refuses for atoms of a species
template <class DeviceType> struct AniSOAPAtomsKokkos {
  typename ArrayTypes<DeviceType>::t_kkfloat_1d_3_lr_randomread x;
  typename ArrayTypes<DeviceType>::t_int_1d_randomread type, ellipsoid;
  typename AtomVecEllipsoidKokkosBonusArray<DeviceType>::t_bonus_1d bonus;
  Kokkos::View<const int *, DeviceType> species_of_type;

  AniSOAPAtomsKokkos(AtomKokkos *atom, const Kokkos::View<const int *, DeviceType> &_species_of_type) :
      x(atom->k_x.template view<DeviceType>()), type(atom->k_type.template view<DeviceType>()),
      ellipsoid(atom->k_ellipsoid.template view<DeviceType>()),
      bonus(dynamic_cast<AtomVecEllipsoidKokkos *>(atom->style_match("ellipsoid"))->k_bonus.template view<DeviceType>()),
      species_of_type(_species_of_type)
  {
  }

  KOKKOS_FUNCTION double position(int k, int d) const { return x(k, d); }
  KOKKOS_FUNCTION double quaternion(int k, int c) const { return ellipsoid(k) < 0 ? 1.0 : bonus(ellipsoid(k)).quat[c]; }
  KOKKOS_FUNCTION double diameter(int k, int d) const { return ellipsoid(k) < 0 ? 0.0 : 2.0 * bonus(ellipsoid(k)).shape[d]; }
  KOKKOS_FUNCTION int species(int k) const { return species_of_type(type(k)); }
};

// a full list
template <class DeviceType> struct AniSOAPListKokkos {
  typename ArrayTypes<DeviceType>::t_neighbors_2d_randomread neighbors;
  typename ArrayTypes<DeviceType>::t_int_1d_randomread count;
  Kokkos::View<const int *, DeviceType> atoms;    // the centres

  KOKKOS_FUNCTION int particle(int c) const { return atoms(c); }
  KOKKOS_FUNCTION int size(int c) const { return count(atoms(c)); }
  KOKKOS_FUNCTION int neighbor(int c, int k) const { return neighbors(atoms(c), k) & NEIGHMASK; }
};

}    // namespace LAMMPS_NS

#endif
