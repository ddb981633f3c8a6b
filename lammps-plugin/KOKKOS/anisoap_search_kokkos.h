/* -*- c++ -*- ----------------------------------------------------------
   SPDX-License-Identifier: GPL-2.0-only

   Neighbors among owned and ghost atoms where they stand, by the cells of
   the AniSOAP core. A list of LAMMPS would lack what exclusions take, and
   LAMMPS (4 Jul 2026) trims lists of other styles from one with a longer
   cutoff of its own until they are empty.
------------------------------------------------------------------------- */

#ifndef LMP_ANISOAP_SEARCH_KOKKOS_H
#define LMP_ANISOAP_SEARCH_KOKKOS_H

#include "atom_kokkos.h"
#include "kokkos_type.h"

#include "anisoap/kokkos/frames/search.hpp"

#include <vector>

namespace LAMMPS_NS {

// numbers atoms whose type has a species
template <class DeviceType> struct AniSOAPNumberKokkos {
  typename ArrayTypes<DeviceType>::t_int_1d_randomread type;
  Kokkos::View<const int *, DeviceType> species_of_type;
  Kokkos::View<int *, DeviceType> atoms;

  KOKKOS_FUNCTION void operator()(int i, int &at, bool last) const
  {
    if (species_of_type(type(i)) < 0) return;
    if (last) atoms(at) = i;
    at++;
  }
};

// of these, owned ones of a group
template <class DeviceType> struct AniSOAPCentresKokkos {
  typename ArrayTypes<DeviceType>::t_int_1d_randomread mask;
  Kokkos::View<const int *, DeviceType> atoms;
  int nlocal, groupbit;
  Kokkos::View<int *, DeviceType> numbers, centres;    // of each centre: its number, its atom

  KOKKOS_FUNCTION void operator()(int k, int &at, bool last) const
  {
    const int i = atoms(k);
    if (i >= nlocal || !(mask(i) & groupbit)) return;
    if (last) {
      numbers(at) = k;
      centres(at) = i;
    }
    at++;
  }
};

template <class DeviceType> struct AniSOAPPositionsKokkos {
  typename ArrayTypes<DeviceType>::t_kkfloat_1d_3_lr_randomread x;
  Kokkos::View<const int *, DeviceType> atoms;
  Kokkos::View<double *, DeviceType> positions;

  KOKKOS_FUNCTION void operator()(int k) const
  {
    for (int d = 0; d < 3; d++) positions(3 * static_cast<std::size_t>(k) + d) = x(atoms(k), d);
  }
};

// what set_neighbors of the core reads, in atoms
template <class DeviceType> struct AniSOAPFoundKokkos {
  anisoap::kokkos::NeighborRows<typename DeviceType::execution_space> rows;
  Kokkos::View<const int *, DeviceType> atoms, numbers;

  KOKKOS_FUNCTION int particle(int c) const { return atoms(numbers(c)); }
  KOKKOS_FUNCTION int size(int c) const { return rows.size(numbers(c)); }
  KOKKOS_FUNCTION int neighbor(int c, int k) const { return atoms(rows.neighbor(numbers(c), k)); }
};

template <class DeviceType> class AniSOAPSearchKokkos {
 public:
  using Space = typename DeviceType::execution_space;

  explicit AniSOAPSearchKokkos(double cutoff) : search(cutoff) {}

  // Atoms of a species; centres are owned ones of a group. False where one is too far from the origin to be placed.
  bool run(AtomKokkos *atom, const Kokkos::View<const int *, DeviceType> &species_of_type, int groupbit)
  {
    number(atom, species_of_type);
    choose(atom, groupbit);
    if (n_centres == 0) return true;
    anisoap::kokkos::reserve(positions, 3 * static_cast<std::size_t>(n_atoms));
    Kokkos::parallel_for("anisoap positions", Kokkos::RangePolicy<Space>(0, n_atoms),
                         AniSOAPPositionsKokkos<DeviceType>{atom->k_x.template view<DeviceType>(), atoms, positions});
    return search.run({open_box(n_atoms)}, positions.data(), n_rows()) < 0;
  }

  AniSOAPFoundKokkos<DeviceType> neighbors() const { return {search.neighbors(), atoms, numbers}; }

  Kokkos::View<int *, DeviceType> centres{"anisoap:centres", 0};
  int n_centres = 0;

  void number(AtomKokkos *atom, const Kokkos::View<const int *, DeviceType> &species_of_type)
  {
    const int nall = atom->nlocal + atom->nghost;
    anisoap::kokkos::reserve(atoms, static_cast<std::size_t>(nall));
    n_atoms = 0;    // a scan over nothing leaves its total alone on a device
    Kokkos::parallel_scan("anisoap number", Kokkos::RangePolicy<Space>(0, nall),
                          AniSOAPNumberKokkos<DeviceType>{atom->k_type.template view<DeviceType>(), species_of_type, atoms},
                          n_atoms);
  }

  void choose(AtomKokkos *atom, int groupbit)
  {
    anisoap::kokkos::reserve(numbers, static_cast<std::size_t>(n_atoms));
    anisoap::kokkos::reserve(centres, static_cast<std::size_t>(n_atoms));
    n_centres = 0;
    Kokkos::parallel_scan("anisoap choose", Kokkos::RangePolicy<Space>(0, n_atoms),
                          AniSOAPCentresKokkos<DeviceType>{atom->k_mask.template view<DeviceType>(), atoms, atom->nlocal,
                                                           groupbit, numbers, centres},
                          n_centres);
  }

 private:
  anisoap::kokkos::FrameSearch<Space> search;
  Kokkos::View<int *, DeviceType> atoms{"anisoap:atoms", 0}, numbers{"anisoap:numbers", 0};
  Kokkos::View<double *, DeviceType> positions{"anisoap:positions", 0};
  int n_atoms = 0;

  // Owned atoms come first: rows up to that of the last centre, none of ghosts.
  int n_rows() const
  {
    int last = 0;
    Kokkos::deep_copy(last, Kokkos::subview(numbers, n_centres - 1));
    return last + 1;
  }

  static anisoap::kokkos::FrameBox open_box(int n)
  {
    anisoap::kokkos::FrameBox box{};
    for (int k = 0; k < 3; k++) box.axis[k][k] = box.reciprocal[k][k] = box.height[k] = 1.0;
    box.n = n;
    return box;
  }
};

}    // namespace LAMMPS_NS

#endif
