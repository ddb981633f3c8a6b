// SPDX-License-Identifier: MIT
// The two-body term of a host over a half list: what TwoBodyPass and MemoryPass give, lanes of pairs inside the cutoff.
#pragma once

#include "anisoap/kokkos/host/centres.hpp"
#include "anisoap/kokkos/kernels/two_body.hpp"

namespace anisoap::kokkos {

// Half pairs begin..end-1, all of one kind, to rows[(h - begin) * width].
template <class Space>
struct TwoBodyPacks {
  Array<Space, HalfPair> half;
  Array<Space, Point> points;
  Array<Space, AlignedBody<double>> bodies;
  const detail::TwoBodyPairView* pair;
  double cutoff, inverse_width;
  Offset begin, end;
  double *rows, *energies;
  int width;
  const Backend* backend;

  static void run(const TwoBodyPacks& pass) {
    const Offset n = (pass.end - pass.begin + kBlock - 1) / kBlock;
    Kokkos::parallel_for("anisoap two-body", Kokkos::RangePolicy<Space, Kokkos::IndexType<Offset>>(0, n), pass);
  }

  void operator()(Offset block) const {
    Work work(*this);
    const Offset first = begin + block * kBlock, last = std::min(end, first + kBlock);
    std::fill(rows + (first - begin) * width, rows + (last - begin) * width, 0.0);
    std::fill(energies + (first - begin), energies + (last - begin), 0.0);
    int n = 0;
    for (Offset h = first; h < last; ++h) {
      const HalfPair e = half(h);
      const Separation<double> g = separation<double>(points(e.particle[0]), points(e.particle[1]), 1.0);
      if (!(g.squared < cutoff * cutoff)) continue;
      work.set(n++, h, g, &bodies(e.particle[0]).body, &bodies(e.particle[1]).body);
      if (n < backend->lanes) continue;
      evaluate(work, n);
      n = 0;
    }
    if (n == 0) return;
    for (int lane = n; lane < backend->lanes; ++lane) work.repeat(n - 1, lane);
    evaluate(work, n);
  }

 private:
  static constexpr Offset kBlock = 256;
  static constexpr int kMostLanes = 16;

  struct Work {
    AlignedVector<double> work, rows;  // of a TwoBodyTask
    // Each pair has slots of its own, which bring its torques; sums and shares of energies are not read.
    AlignedVector<double> sums, slots, ones;
    double* slot_of[2 * kMostLanes];
    Offset half[kMostLanes];
    double r[kMostLanes][4];
    const double* r_of[kMostLanes];
    const detail::Body<double>* body[2][kMostLanes];

    explicit Work(const TwoBodyPacks& pass)
        : work(static_cast<std::size_t>(detail::two_body_workspace(*pass.pair) * pass.backend->lanes)),
          rows(static_cast<std::size_t>((4 + pass.pair->n_networks) * pass.backend->lanes)),
          sums(static_cast<std::size_t>(10 * pass.backend->lanes)),
          slots(2 * kMostLanes * kSlot),
          ones(static_cast<std::size_t>(pass.backend->lanes), 1.0) {
      for (std::size_t k = 0; k < 2 * kMostLanes; ++k) slot_of[k] = &slots[k * kSlot];
    }

    void set(int lane, Offset h, const Separation<double>& g, const detail::Body<double>* i, const detail::Body<double>* j) {
      half[lane] = h;
      for (int d = 0; d < 3; ++d) r[lane][d] = g.r[d];
      r[lane][3] = 0;
      r_of[lane] = r[lane];
      body[0][lane] = i;
      body[1][lane] = j;
    }
    void repeat(int from, int lane) {
      r_of[lane] = r_of[from];
      for (auto& of_end : body) of_end[lane] = of_end[from];
    }
  };

  // The pairs of the first n lanes.
  void evaluate(Work& work, int n) const {
    const int lanes = backend->lanes;
    TwoBodyTask task{};
    static_cast<PairPack&>(task) = PairPack{pair, cutoff, inverse_width, work.r_of, {work.body[0], work.body[1]}};
    std::fill(work.slots.begin(), work.slots.end(), 0.0);
    task.count = static_cast<std::size_t>(n);
    task.weight = task.share[0] = task.share[1] = work.ones.data();
    task.slots = work.slot_of;
    task.sums = work.sums.data();
    task.work = work.work.data();
    task.rows = work.rows.data();
    backend->forces->two_body(task);
    for (int lane = 0; lane < n; ++lane)
      put(work.half[lane], {work.rows.data() + lane, lanes}, &work.slots[2 * kSlot * static_cast<std::size_t>(lane)]);
  }

  // slots: of both bodies, which get minus the derivatives.
  void put(Offset h, const detail::StridedRow<const double>& field, const double* slots) const {
    const HalfPair e = half(h);
    detail::PairEnergy<double> energy{};
    energy.energy = field[0];
    for (int d = 0; d < 3; ++d) {
      energy.motion.r[d] = field[1 + d];
      energy.motion.turn[0][d] = -slots[3 + d];
      energy.motion.turn[1][d] = -slots[kSlot + 3 + static_cast<std::size_t>(d)];
    }
    double* row = rows + (h - begin) * width;
    put_row(e, energy, row);
    put_members(e, pair->n_networks, width, field + 4, row);
    energies[h - begin] = static_cast<double>(e.weight) * energy.energy;
  }
};

}  // namespace anisoap::kokkos
