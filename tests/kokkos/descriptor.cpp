// SPDX-License-Identifier: MIT
// anisoap::kokkos::Descriptor gives the rows of anisoap::Descriptor.
#include "anisoap/kokkos/descriptor.hpp"

#include "kokkos/evaluate.hpp"
#include "support/compare.hpp"

namespace anisoap::test {
namespace {

template <class T>
std::vector<double> rows_of_kokkos(const Hypers& hypers, const Frame& frame, Quantity quantity, std::size_t memory,
                                   kokkos::Mapping mapping = kokkos::Mapping::BySize) {
  kokkos::Descriptor<Space, T> descriptor(hypers, quantity, true, memory);
  descriptor.set_mapping(mapping);
  const Images images = with_images(frame, hypers.cutoff_radius);
  kokkos::Particles<Space, T> particles;
  particles.resize(static_cast<int>(images.frame.size()));
  EXPECT_EQ(kokkos::set_particles(Input<Space>(images.frame), descriptor.rules(), particles).n_faults, 0);
  descriptor.set_neighbors(Lists<Space>(images.neighbors), static_cast<int>(frame.size()), particles);
  const std::size_t n = frame.size() * static_cast<std::size_t>(descriptor.row_length());
  const kokkos::Array<Space, double> rows("rows", n);
  descriptor.compute(particles, rows);
  return host<Space>(rows, n);
}

TEST(KokkosDescriptor, GivesTheRowsOfTheDescriptor) {
  for (Hypers h :
       {gto(4, 3.9, 1.2), gto(6, 3.9, 1.2), gto(3, 3.9, 1.2, 2), monomial(3, 3.9, 3), gto(0, 3.9, 1.2), gto(9, 3.9, 1.2)})
    for (CutoffFunction cutoff : {CutoffFunction::None, CutoffFunction::Cosine})
      for (Quantity quantity : {Quantity::PowerSpectrum, Quantity::SymmetricPowerSpectrum, Quantity::Coefficients}) {
        h.cutoff_function = cutoff;
        h.cutoff_width = cutoff == CutoffFunction::Cosine ? 1.5 : 0.0;
        const Frame frame = spread_frame(3, static_cast<int>(h.species.size()));
        const auto expected = rows_of(Descriptor(h), frame, quantity);
        EXPECT_LE(relative_difference(rows_of_kokkos<double>(h, frame, quantity, std::size_t{1} << 28), expected), 1e-12);
        EXPECT_LE(relative_difference(rows_of_kokkos<double>(h, frame, quantity, 1), expected), 1e-12) << "in batches";
        EXPECT_LE(relative_difference(rows_of_kokkos<double>(h, frame, quantity, 1, kokkos::Mapping::Many), expected), 1e-12);
        EXPECT_LE(relative_difference(rows_of_kokkos<float>(h, frame, quantity, std::size_t{1} << 28), expected), 1e-4)
            << "float";
      }
}

TEST(KokkosDescriptor, GivesMemoryBackAndTheSameRows) {
  const Hypers h = gto(4, 3.9, 1.2);
  const Frame frame = spread_frame(3, 1);
  kokkos::Descriptor<Space> descriptor(h, Quantity::PowerSpectrum);
  const Images images = with_images(frame, h.cutoff_radius);
  kokkos::Particles<Space, double> particles;
  particles.resize(static_cast<int>(images.frame.size()));
  kokkos::set_particles(Input<Space>(images.frame), descriptor.rules(), particles);
  descriptor.set_neighbors(Lists<Space>(images.neighbors), static_cast<int>(frame.size()), particles);
  const std::size_t n = frame.size() * static_cast<std::size_t>(descriptor.row_length());
  const kokkos::Array<Space, double> rows("rows", n), again("again", n);
  descriptor.compute(particles, rows);
  const std::size_t used = descriptor.memory_bytes();
  for (int k = 0; k < 40; ++k) descriptor.halve_memory();
  EXPECT_LT(descriptor.memory_bytes(), used);
  descriptor.compute(particles, again);
  EXPECT_EQ(host<Space>(again, n), host<Space>(rows, n));
}

}  // namespace
}  // namespace anisoap::test
