// SPDX-License-Identifier: MIT
// Descriptors and potentials of whole frames on a device: the engine of anisoap/kokkos behind an interface that needs no Kokkos.
// A build has one execution space, or none; then everything here throws Failure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "anisoap/descriptor.hpp"
#include "anisoap/frames.hpp"
#include "anisoap/model.hpp"
#include "anisoap/training.hpp"

namespace anisoap::device {

// What the build can do.
struct Support {
  std::string space;         // "cuda", "hip", "sycl", "openmp", "serial" or "threads"; empty: none
  std::string kokkos;        // version of Kokkos
  std::string architecture;  // that it was compiled for
  std::string driver;        // "CUDA 13.0", the newest that it runs; empty where there is none
  bool is_host = true;       // the device is the processor under another name, which 'auto' never takes
  int unrolled_degree = -1;  // highest degree of moments with kernels of its own; others run slower
};
Support support();
// What to tell users whose basis has a higher degree; empty: nothing.
std::string slowness(const Hypers& hypers);

struct Info {
  std::string name;  // "cuda:0"
  std::string model;
  std::string capability;  // "9.0"; empty on hosts
  std::size_t memory = 0;  // bytes; 0: unknown
};
// Those that the build can use, looked for anew; none where the driver is missing.
std::vector<Info> devices();

// Starts a device by its name, "cuda" or "cuda:1"; the first is used without a number. A process uses one: asking for another one
// later throws. Throws ArgumentError "device", Failure.
void start(const std::string& name);
// False in a process that was forked from the one that started it, and where the device is lost: what it made can only be left
// alone then.
bool is_usable();
// Its number; 0 on hosts.
int started_index();

// Memory of the device, given back with the last copy of it.
struct Memory {
  std::shared_ptr<void> owner;
  double* data = nullptr;
  std::size_t n_rows = 0, n_columns = 0;
  std::vector<std::size_t> row_shape = {};  // of the n_columns numbers of a row; empty: one dimension
};

// A copy of n_rows * n_columns numbers of the host. Throws Failure where they do not fit.
Memory to_device(const double* values, std::size_t n_rows, std::size_t n_columns);
// A copy beside it. Throws as to_device.
Memory copy_of(const Memory& memory);
// All of it, to n_rows * n_columns numbers.
void to_host(const Memory& memory, double* out);

// Particles of frames side by side in memory of the device.
struct Particles {
  const double *positions = nullptr, *quaternions = nullptr, *diameters = nullptr;  // [n*3], [n*4], [n*3]
};

struct FrameSet {
  std::vector<FrameView> frames;         // n, species, cell and periodic on the host; the rest too where on_device is nullptr
  const Particles* on_device = nullptr;  // of all frames
  std::size_t first_frame = 0;           // number that errors give to the first
  int num_threads = 0;                   // of copies on the host; 0 = the OpenMP default
  std::function<bool()> interrupted;     // asked between runs of frames; true stops with Interrupted

  // Of one open frame that is a domain of a larger system: its first n_centres particles are centres, the others ghosts. numbers:
  // [n] the same for a particle and its ghosts, or nullptr; with them a two-body pair of a centre and a ghost is evaluated on one
  // side only, as PotentialInput::ids says.
  std::size_t n_centres = std::numeric_limits<std::size_t>::max();
  const std::int64_t* numbers = nullptr;
};

class Descriptor {
 public:
  virtual ~Descriptor() = default;
  virtual std::size_t row_length() const = 0;
  // Rows of all centres in order, to the host. Throws ParticleError, ArgumentError, Failure.
  virtual void compute(const FrameSet& set, const Rows& rows) = 0;
  // The same, left on the device.
  virtual Memory compute(const FrameSet& set) = 0;
};

// single: moments in float. Throws as anisoap::Descriptor; start comes first.
std::unique_ptr<Descriptor> make_descriptor(const Hypers& hypers, Quantity quantity, bool single);

// Derivatives of power spectra of one frame of n particles, images counted as them; empty where not wanted. Rows are those of the
// centres asked for.
struct DenseJacobian {
  Memory features;              // [rows, row_length]
  Memory positions, rotations;  // [rows, row_length, n, 3] by x_j, and by turning j about the space axes
  Memory strain;  // [rows, row_length, 3, 3] with x_a -> x_a + eps_ab x_b for positions and cell, orientations fixed
};
struct JacobianParts {
  bool positions, rotations, strain;
  const std::vector<int>* centres = nullptr;  // particles in the order of the rows; nullptr: all
};

// Sums of derivatives over the centres of each species (n_species of the hyperparameters), as rows of linear models read them;
// overwritten.
struct JacobianSums {
  double* features;  // [n_particles * row_length]
  double* motion;    // [n_particles * n_species * 6 * row_length] by x_j (3), by turning j (3)
  double* virial;    // [n_frames * n_species * 9 * row_length] r_a dp/dr_b, summed over pairs
};

// Derivatives of power spectra, in double.
class Jacobian {
 public:
  virtual ~Jacobian() = default;
  virtual std::size_t row_length() const = 0;
  // Of a set of one frame, left on the device. These throw as Descriptor::compute does, and ArgumentError for wrong centres.
  virtual DenseJacobian dense(const FrameSet& set, const JacobianParts& wanted) = 0;
  // As anisoap::pair_jacobian, in columns of the quantity; pairs of a centre come in another order.
  virtual PairJacobian pairs(const FrameSet& set, const CentreRange& range) = 0;
  virtual void sums(const FrameSet& set, const JacobianSums& out) = 0;
};

// quantity: a power spectrum. Throws as anisoap::pair_jacobian.
std::unique_ptr<Jacobian> make_jacobian(const Hypers& hypers, Quantity quantity, double density_scale = 1.0);

// Arrays may be nullptr. [n_frames] and [n_particles], overwritten. Ghosts get what a domain brings them; uncertainties and
// grades are of centres.
struct PotentialRows {
  double *energy = nullptr, *virial = nullptr;  // [n_frames], [n_frames*9] row major
  double *energies = nullptr, *forces = nullptr, *torques = nullptr, *virials = nullptr, *uncertainties = nullptr,
         *grades = nullptr;
  double* motion = nullptr;            // [n_particles*6] force and torque side by side, as the device has them
  double* centroid_virials = nullptr;  // [n_particles*9]
};

class Potential {
 public:
  virtual ~Potential() = default;
  virtual void compute(const FrameSet& set, const PotentialRows& rows) = 0;
};

std::unique_ptr<Potential> make_potential(const Model& model);

}  // namespace anisoap::device
