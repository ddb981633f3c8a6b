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

constexpr int MESSAGE = 1;    // tag of the messages around the ring of ranks

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

void AniSOAPImages::wrap(double *position) const
{
  double fraction[3];
  domain->x2lamda(position, fraction);
  bool outside = false;
  for (int k = 0; k < 3; k++) {
    if (!repeats[k] || (fraction[k] >= 0.0 && fraction[k] < 1.0)) continue;
    fraction[k] -= std::floor(fraction[k]);
    outside = true;
  }
  if (outside) domain->lamda2x(fraction, position);
}

/* ----------------------------------------------------------------------
   false for a rank without atoms
------------------------------------------------------------------------- */

bool AniSOAPImages::bound(const std::vector<AniSOAPAtom> &mine, double reach)
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
  if (lower[0] > upper[0]) return false;
  std::fill_n(first, 3, std::numeric_limits<double>::infinity());
  std::fill_n(last, 3, -std::numeric_limits<double>::infinity());
  for (int corner = 0; corner < 8; corner++) {
    double position[3], fraction[3];
    for (int k = 0; k < 3; k++) position[k] = (corner >> k) & 1 ? upper[k] : lower[k];
    domain->x2lamda(position, fraction);
    for (int k = 0; k < 3; k++) {
      first[k] = std::min(first[k], fraction[k]);
      last[k] = std::max(last[k], fraction[k]);
    }
  }
  return true;
}

/* ----------------------------------------------------------------------
   images of one atom inside the bounds; an owned atom itself is no image
------------------------------------------------------------------------- */

void AniSOAPImages::add(const AniSOAPAtom &one)
{
  if (!finite(one.position)) return;    // its owner reports it
  double fraction[3];
  int from[3] = {0, 0, 0}, to[3] = {0, 0, 0};
  domain->x2lamda(const_cast<double *>(one.position), fraction);
  for (int k = 0; k < 3; k++) {
    if (!repeats[k]) continue;
    from[k] = static_cast<int>(std::ceil(first[k] - fraction[k]));
    to[k] = static_cast<int>(std::floor(last[k] - fraction[k]));
  }
  const bool mine = one.owner == comm->me;
  const double *h = domain->h;    // xx yy zz yz xz xy
  for (int c = from[2]; c <= to[2]; c++)
    for (int b = from[1]; b <= to[1]; b++)
      for (int a = from[0]; a <= to[0]; a++) {
        if (mine && a == 0 && b == 0 && c == 0) continue;
        AniSOAPAtom image = one;
        image.position[0] += a * h[0] + b * h[5] + c * h[4];
        image.position[1] += b * h[1] + c * h[3];
        image.position[2] += c * h[2];
        const auto inside = [&](int k) { return image.position[k] >= lower[k] && image.position[k] <= upper[k]; };
        if (inside(0) && inside(1) && inside(2)) found.push_back(image);
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
  const auto ignore = [](int, char *, void *) {};
  const bool any = bound(mine, reach);
  found.clear();
  comm->ring(static_cast<int>(mine.size()), sizeof(AniSOAPAtom), const_cast<AniSOAPAtom *>(mine.data()), MESSAGE,
             any ? &AniSOAPImages::receive : +ignore, nullptr, this);
  return std::move(found);
}
