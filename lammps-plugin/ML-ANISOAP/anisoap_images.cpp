/* ----------------------------------------------------------------------
   SPDX-License-Identifier: GPL-2.0-only
------------------------------------------------------------------------- */

#include "anisoap_images.h"

#include "comm.h"
#include "domain.h"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace LAMMPS_NS;

namespace {

constexpr int MESSAGE = 1;              // tag of the messages around the ring of ranks
constexpr double MOST_PERIODS = 1e7;    // beyond them a position has lost the digits of its place in the box
constexpr double MOST_HEIGHTS = 1e3;    // of an open box; in a tilted one its images lie as far along the tilt

bool finite(const double *x) { return std::isfinite(x[0]) && std::isfinite(x[1]) && std::isfinite(x[2]); }

}    // namespace

/* ----------------------------------------------------------------------
   a box of two dimensions is periodic in z by name only
------------------------------------------------------------------------- */

AniSOAPImages::AniSOAPImages(LAMMPS *lmp) : Pointers(lmp)
{
  for (int k = 0; k < 3; k++) repeats[k] = domain->periodicity[k] && (k < 2 || domain->dimension == 3);
}

/* ---------------------------------------------------------------------- */

bool AniSOAPImages::wrap(double *position) const
{
  double fraction[3];
  if (!finite(position)) return true;    // the core reports it
  domain->x2lamda(position, fraction);
  bool outside = false;
  for (int k = 0; k < 3; k++) {
    if (!(std::fabs(fraction[k]) <= (repeats[k] ? MOST_PERIODS : MOST_HEIGHTS))) return false;
    if (!repeats[k] || (fraction[k] >= 0.0 && fraction[k] < 1.0)) continue;
    fraction[k] -= std::floor(fraction[k]);
    outside = true;
  }
  if (outside) domain->lamda2x(fraction, position);
  return true;
}

/* ----------------------------------------------------------------------
   an empty range, and no images, for a rank without atoms
------------------------------------------------------------------------- */

void AniSOAPImages::bound(const std::vector<AniSOAPAtom> &mine, double reach)
{
  std::fill_n(lower, 3, std::numeric_limits<double>::infinity());
  std::fill_n(upper, 3, -std::numeric_limits<double>::infinity());
  for (const auto &one : mine) {
    if (!finite(one.position)) continue;
    for (int k = 0; k < 3; k++) {
      lower[k] = std::min(lower[k], one.position[k] - reach);
      upper[k] = std::max(upper[k], one.position[k] + reach);
    }
  }
}

/* ----------------------------------------------------------------------
   periods along k that bring a coordinate into the bounds
------------------------------------------------------------------------- */

void AniSOAPImages::range(int k, double position, int &from, int &to) const
{
  from = to = 0;
  if (!repeats[k]) return;
  from = static_cast<int>(std::ceil((lower[k] - position) / domain->h[k]));
  to = static_cast<int>(std::floor((upper[k] - position) / domain->h[k]));
}

/* ----------------------------------------------------------------------
   Images of one atom inside the bounds; an owned atom itself is no image.
   The cell is triangular: z is a matter of c alone, y of b and c.
------------------------------------------------------------------------- */

void AniSOAPImages::add(const AniSOAPAtom &one)
{
  if (lower[0] > upper[0] || !finite(one.position)) return;
  const bool mine = one.owner == comm->me;
  const double *h = domain->h;    // xx yy zz yz xz xy
  AniSOAPAtom image = one;
  const auto inside = [&](int k) { return image.position[k] >= lower[k] && image.position[k] <= upper[k]; };
  int from[3], to[3];
  range(2, one.position[2], from[2], to[2]);
  for (int c = from[2]; c <= to[2]; c++) {
    const double y = one.position[1] + c * h[3];
    range(1, y, from[1], to[1]);
    for (int b = from[1]; b <= to[1]; b++) {
      const double x = one.position[0] + b * h[5] + c * h[4];
      range(0, x, from[0], to[0]);
      for (int a = from[0]; a <= to[0]; a++) {
        if (mine && a == 0 && b == 0 && c == 0) continue;
        image.position[0] = x + a * h[0];
        image.position[1] = y + b * h[1];
        image.position[2] = one.position[2] + c * h[2];
        if (inside(0) && inside(1) && inside(2)) found.push_back(image);
      }
    }
  }
}

/* ---------------------------------------------------------------------- */

void AniSOAPImages::receive(int n, char *atoms, void *self)
{
  const auto *list = reinterpret_cast<const AniSOAPAtom *>(atoms);
  for (int i = 0; i < n; i++) static_cast<AniSOAPImages *>(self)->add(list[i]);
}

/* ----------------------------------------------------------------------
   every rank's atoms pass by once
------------------------------------------------------------------------- */

std::vector<AniSOAPAtom> AniSOAPImages::around(const std::vector<AniSOAPAtom> &mine, double reach)
{
  bound(mine, reach);
  found.clear();
  comm->ring(static_cast<int>(mine.size()), sizeof(AniSOAPAtom), const_cast<AniSOAPAtom *>(mine.data()), MESSAGE,
             &AniSOAPImages::receive, nullptr, this);
  return std::move(found);
}
