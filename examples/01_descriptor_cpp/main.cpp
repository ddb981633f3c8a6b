// SPDX-License-Identifier: MIT
// The power spectrum of three ellipsoids in a periodic box.
#include <anisoap/anisoap.hpp>
#include <cstdio>
#include <exception>
#include <vector>

int main() try {
  anisoap::Hypers hypers;
  hypers.max_angular = 4;
  hypers.cutoff_radius = 5.0;
  hypers.radial_gaussian_width = 1.2;
  hypers.species = {"C", "H"};
  const anisoap::Descriptor descriptor(hypers);

  const std::vector<double> positions = {0.0, 0.0, 0.0, 2.5, 0.4, 0.0, 1.0, 3.0, 1.5};
  const std::vector<double> quaternions = {1.0, 0.0, 0.0, 0.0, 0.8, 0.6, 0.0, 0.0, 0.5, 0.5, 0.5, 0.5};  // w, x, y, z
  const std::vector<double> diameters = {3.0, 2.0, 1.0, 3.0, 2.0, 1.0, 1.2, 1.2, 1.2};                   // full lengths
  const std::vector<int> species = {0, 0, 1};
  const double cell[9] = {8.0, 0.0, 0.0, 0.0, 8.0, 0.0, 0.0, 0.0, 8.0};

  anisoap::FrameView frame;
  frame.n = species.size();
  frame.positions = positions.data();
  frame.quaternions = quaternions.data();
  for (int k = 0; k < 3; ++k) frame.diameters[k] = diameters.data() + k;
  frame.diameter_stride = 3;
  frame.species = species.data();
  frame.cell = cell;
  for (bool& periodic : frame.periodic) periodic = true;

  anisoap::FrameBatch batch(descriptor.basis());
  batch.add(frame);
  const std::size_t n_features = descriptor.row_length(anisoap::Quantity::PowerSpectrum);
  std::vector<double> features(batch.n_particles() * n_features);
  descriptor.compute(batch, anisoap::Quantity::PowerSpectrum, {features.data(), nullptr, n_features});

  std::printf("anisoap %s (%s): %zu particles, %zu features\n", ANISOAP_VERSION, descriptor.instruction_set(),
              batch.n_particles(), n_features);
  for (std::size_t i = 0; i < batch.n_particles(); ++i)
    std::printf("particle %zu: first feature %.12g\n", i, features[i * n_features]);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
