/* -*- c++ -*- ----------------------------------------------------------
   SPDX-License-Identifier: GPL-2.0-only

   Atoms and neighbor lists of LAMMPS as the AniSOAP core reads them in
   kernels.
------------------------------------------------------------------------- */

#ifndef LMP_ANISOAP_ATOMS_KOKKOS_H
#define LMP_ANISOAP_ATOMS_KOKKOS_H

#include "atom_kokkos.h"
#include "atom_masks.h"
#include "atom_vec_ellipsoid_kokkos.h"
#include "kokkos_type.h"
#include "neigh_list_kokkos.h"
#include "neighbor.h"

#include "anisoap/kokkos/particles.hpp"
#include "anisoap/particles.hpp"

#include <string>
#include <vector>

namespace LAMMPS_NS {

// owned and ghost atoms; diameters of points are 0, which the core refuses for atoms of a species
template <class DeviceType> struct AniSOAPAtomsKokkos {
  typename ArrayTypes<DeviceType>::t_kkfloat_1d_3_lr_randomread x;
  typename ArrayTypes<DeviceType>::t_int_1d_randomread type, ellipsoid;
  typename AtomVecEllipsoidKokkosBonusArray<DeviceType>::t_bonus_1d bonus;
  Kokkos::View<const int *, DeviceType> species_of_type;
  Kokkos::View<const double *, DeviceType> diameters_of_type;    // [(ntypes + 1) * 3] in place of the shapes, or empty

  AniSOAPAtomsKokkos(AtomKokkos *atom, const Kokkos::View<const int *, DeviceType> &_species_of_type,
                     const Kokkos::View<const double *, DeviceType> &_diameters_of_type) :
      x(atom->k_x.template view<DeviceType>()),
      type(atom->k_type.template view<DeviceType>()), ellipsoid(atom->k_ellipsoid.template view<DeviceType>()),
      bonus(dynamic_cast<AtomVecEllipsoidKokkos *>(atom->style_match("ellipsoid"))->k_bonus.template view<DeviceType>()),
      species_of_type(_species_of_type), diameters_of_type(_diameters_of_type)
  {
  }

  KOKKOS_FUNCTION double position(int k, int d) const { return x(k, d); }
  KOKKOS_FUNCTION double quaternion(int k, int c) const { return ellipsoid(k) < 0 ? 1.0 : bonus(ellipsoid(k)).quat[c]; }
  KOKKOS_FUNCTION double diameter(int k, int d) const
  {
    if (ellipsoid(k) < 0) return 0.0;
    return diameters_of_type.extent(0) ? diameters_of_type(3 * type(k) + d) : 2.0 * bonus(ellipsoid(k)).shape[d];
  }
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

template <class DeviceType> struct AniSOAPTagsKokkos {
  typename ArrayTypes<DeviceType>::t_tagint_1d tag;
  std::int64_t *numbers;
  KOKKOS_FUNCTION void operator()(int k) const { numbers[k] = tag(k); }
};

// atoms of a list whose type has a species, in its order
template <class DeviceType> struct AniSOAPChooseKokkos {
  typename ArrayTypes<DeviceType>::t_int_1d ilist;
  typename ArrayTypes<DeviceType>::t_int_1d_randomread type;
  Kokkos::View<const int *, DeviceType> species_of_type;
  Kokkos::View<int *, DeviceType> centres;

  KOKKOS_FUNCTION void operator()(int k, int &at, bool last) const
  {
    const int i = ilist(k);
    if (species_of_type(type(i)) < 0) return;
    if (last) centres(at) = i;
    at++;
  }
};

// all of a vector, into a view of its length
template <class T, class View> void anisoap_to_device(const std::vector<T> &values, const View &view)
{
  Kokkos::deep_copy(view, Kokkos::View<const T *, Kokkos::HostSpace, Kokkos::MemoryUnmanaged>(values.data(), values.size()));
}

// Particles of an engine of the core, which has rules() and set_neighbors(), from LAMMPS's atoms and lists. Pairs of a list are
// made again when they are outdated(): the list is new, or atoms or species are others than at the last keep().
template <class DeviceType, class T> struct AniSOAPPlacesKokkos {
  using Space = typename DeviceType::execution_space;

  // diameters_of_type: [(ntypes + 1) * 3] in place of the shapes, or empty
  explicit AniSOAPPlacesKokkos(const std::vector<int> &_species_of_type, const std::vector<double> &_diameters_of_type = {}) :
      species_of_type("anisoap:species", _species_of_type.size()),
      diameters_of_type("anisoap:diameters", _diameters_of_type.size()), centres("anisoap:centres", 0)
  {
    anisoap_to_device(_species_of_type, species_of_type);
    anisoap_to_device(_diameters_of_type, diameters_of_type);
  }

  // owned and ghost atoms of this step; what is wrong with one, empty when nothing is
  std::string set(AtomKokkos *atom, const anisoap::detail::TableRules &rules)
  {
    const int nall = atom->nlocal + atom->nghost;
    if (nall != particles.size) forget();
    particles.resize(nall);
    const auto placed = anisoap::kokkos::set_particles(AniSOAPAtomsKokkos<DeviceType>(atom, species_of_type, diameters_of_type),
                                                       rules, particles);
    if (placed.species_changed) forget();
    if (placed.n_faults == 0) return "";
    atom->sync(Host, ELLIPSOID_MASK | TAG_MASK);
    const int i = placed.first_fault;
    const std::string id = "atom ID " + std::to_string(atom->tag_enable ? atom->tag[i] : 0);
    const std::string others =
        placed.n_faults > 1 ? " (and " + std::to_string(placed.n_faults - 1) + " more atoms or ghosts on this rank)" : "";
    if (atom->ellipsoid[i] < 0)
      return id + " has no ellipsoid data" + others +
          "; expected a shape for each atom (set shape, or the ellipsoid flag of the data file)";
    return id + ": " + anisoap::describe(placed.fault) + others;
  }

  // the IDs of owned and ghost atoms
  void number(AtomKokkos *atom)
  {
    Kokkos::parallel_for("anisoap tags", Kokkos::RangePolicy<Space>(0, particles.size),
                         AniSOAPTagsKokkos<DeviceType>{atom->k_tag.template view<DeviceType>(), particles.numbers.data()});
  }

  // the centres of a list
  void choose(AtomKokkos *atom, NeighList *list)
  {
    anisoap::kokkos::reserve(centres, static_cast<std::size_t>(list->inum));
    const auto *kk = static_cast<NeighListKokkos<DeviceType> *>(list);
    n_centres = 0;    // a scan over nothing leaves its total alone on a device
    Kokkos::parallel_scan(
        "anisoap choose", Kokkos::RangePolicy<Space>(0, list->inum),
        AniSOAPChooseKokkos<DeviceType>{kk->d_ilist, atom->k_type.template view<DeviceType>(), species_of_type, centres},
        n_centres);
  }

  // LAMMPS counts the lists of a run; the first one is that of its setup
  bool outdated(const Neighbor *neighbor) const { return neighbor->ago == 0 || built != neighbor->ncalls; }
  void keep(const Neighbor *neighbor) { built = neighbor->ncalls; }
  void forget() { built = -1; }

  AniSOAPListKokkos<DeviceType> neighbors(NeighList *list) const
  {
    const auto *kk = static_cast<NeighListKokkos<DeviceType> *>(list);
    return {kk->d_neighbors, kk->d_numneigh, centres};
  }

  anisoap::kokkos::Particles<Space, T> particles;
  Kokkos::View<int *, DeviceType> species_of_type;
  Kokkos::View<double *, DeviceType> diameters_of_type;
  Kokkos::View<int *, DeviceType> centres;
  int n_centres = 0;

 private:
  bigint built = -1;    // count of the list that pairs were made of
};

// the first n entries of a view, on the host
template <class View> auto anisoap_on_host(const View &values, std::size_t n)
{
  return Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), Kokkos::subview(values, std::make_pair(std::size_t{0}, n)));
}

}    // namespace LAMMPS_NS

#endif
