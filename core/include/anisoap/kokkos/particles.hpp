// SPDX-License-Identifier: MIT
// Particles as kernels read them: positions in the caller's unit, shapes in units of the basis length, bodies of the two-body
// term in the caller's unit. Quaternions (w, x, y, z) rotate body axes into the space frame; diameters are full lengths.
#pragma once

#include "anisoap/detail/particle.hpp"
#include "anisoap/kokkos/launch/memory.hpp"

namespace anisoap::kokkos {

// Aligned so that a device loads them 16 bytes at a time.
struct alignas(32) Point {
  double x[3];
};
template <class T>
struct alignas(sizeof(T) * 8) AlignedShape {
  detail::Shape<T> shape;
};
template <class T>
struct alignas(16) AlignedBody {
  detail::Body<T> body;
};

template <class Space, class T>
struct Particles {
  int size = 0;
  Array<Space, Point> points{"anisoap points", 0};
  Array<Space, AlignedShape<T>> shapes{"anisoap shapes", 0};
  Array<Space, AlignedBody<T>> bodies{"anisoap bodies", 0};
  Array<Space, int> species{"anisoap species", 0};           // -1: neither centre nor neighbour
  Array<Space, std::int64_t> numbers{"anisoap numbers", 0};  // the same for a particle and its ghosts

  void resize(int n) {
    size = n;
    const auto room = static_cast<std::size_t>(n);
    reserve(points, room);
    reserve(shapes, room);
    reserve(bodies, room);
    reserve(species, room);
    reserve(numbers, room);
  }
};

// What came of setting particles.
struct Placed {
  int n_faults = 0, first_fault = -1;  // of particles whose input is wrong
  detail::ParticleFault fault = detail::ParticleFault::Ok;
  bool species_changed = false;  // of a particle, since the last time
};

// Fills all particles. Input has position(k, d), quaternion(k, d), diameter(k, d) and species(k), callable in kernels; a particle
// of species -1 needs no shape.
template <class Space, class T, class Input>
class SetParticles {
 public:
  using Least = Kokkos::MinLoc<int, int>;
  using Value = typename Least::value_type;

  SetParticles(const Input& input, const detail::TableRules& rules, const Particles<Space, T>& out)
      : input_(input), rules_(rules), out_(out) {}

  KOKKOS_FUNCTION void operator()(int k, int& faults, int& changes, Value& first) const {
    Point point;
    double q[4], diameter[3];
    for (int d = 0; d < 3; ++d) point.x[d] = input_.position(k, d);
    const int species = input_.species(k);
    out_.points(k) = point;
    if (out_.species(k) != species) ++changes;
    out_.species(k) = species;
    if (species < 0) return;
    for (int d = 0; d < 4; ++d) q[d] = input_.quaternion(k, d);
    for (int d = 0; d < 3; ++d) diameter[d] = input_.diameter(k, d);
    detail::Shape<double> shape{};
    detail::Body<double> body{};
    const detail::ParticleFault fault = detail::make_particle(point.x, q, diameter, species, rules_, shape, body);
    out_.shapes(k).shape = detail::converted<T>(shape);
    if (rules_.bodies) out_.bodies(k).body = detail::converted<T>(body);
    if (fault == detail::ParticleFault::Ok) return;
    ++faults;
    if (k < first.val) first = {k, static_cast<int>(fault)};
  }

 private:
  Input input_;
  detail::TableRules rules_;
  Particles<Space, T> out_;
};

template <class Space, class T, class Input>
Placed set_particles(const Input& input, const detail::TableRules& rules, const Particles<Space, T>& out) {
  using Set = SetParticles<Space, T, Input>;
  int faults = 0, changes = 0;
  typename Set::Value first{};
  Kokkos::parallel_reduce("anisoap particles", Kokkos::RangePolicy<Space>(0, out.size), Set(input, rules, out), faults, changes,
                          typename Set::Least(first));
  Placed placed{faults, -1, detail::ParticleFault::Ok, changes > 0};
  if (faults > 0) {
    placed.first_fault = first.val;
    placed.fault = static_cast<detail::ParticleFault>(first.loc);
  }
  return placed;
}

}  // namespace anisoap::kokkos
