/* ----------------------------------------------------------------------
   SPDX-License-Identifier: GPL-2.0-only

   Loops, communication and masks; the mathematics is in the AniSOAP core.
   Owned and ghost atoms form one open frame for the core, whose cell search
   replaces LAMMPS neighbor lists. Centres are owned atoms; forces and
   torques on ghosts go back by LAMMPS's own reverse communication.
------------------------------------------------------------------------- */

#include "pair_anisoap.h"

#include "anisoap_device.h"
#include "anisoap_evaluation.h"
#include "anisoap_model.h"
#include "anisoap_particles.h"
#include "anisoap_range.h"
#include "anisoap_ranks.h"
#include "anisoap_threshold.h"

#include "atom.h"
#include "comm.h"
#include "compute.h"
#include "error.h"
#include "force.h"
#include "input.h"
#include "memory.h"
#include "modify.h"
#include "neighbor.h"
#include "update.h"

#include "anisoap/error.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <exception>

using namespace LAMMPS_NS;

namespace {

// index in the command of the first of these words, -1 for words that are not in it
int place_in_command(const Input *input, char **arg)
{
  const auto place = arg - input->arg;
  return place >= 0 && place <= input->narg ? static_cast<int>(place) : -1;
}

}    // namespace

/* ---------------------------------------------------------------------- */

PairAniSOAP::PairAniSOAP(LAMMPS *lmp) :
    Pair(lmp), id_shapes("pair_anisoap_" + std::to_string(instance_me) + "_shapes"),
    particles(new AniSOAPParticles(lmp, "pair_style anisoap", id_shapes, AniSOAPParticles::Ghosts::Stay)),
    threshold(new AniSOAPThreshold(lmp, {}, -1)), device(new AniSOAPDevice(lmp, "Pair anisoap", AniSOAPDevice::CPU))
{
  manybody_flag = 1;
  one_coeff = 1;
  single_enable = 0;
  reinitflag = 0;
  no_virial_fdotr_compute = 1;
  centroidstressflag = CENTROID_AVAIL;
  comm_forward = particles->n_comm();
}

/* ---------------------------------------------------------------------- */

PairAniSOAP::~PairAniSOAP()
{
  if (!allocated) return;
  memory->destroy(setflag);
  memory->destroy(cutsq);
}

/* ---------------------------------------------------------------------- */

void PairAniSOAP::allocate()
{
  if (allocated) return;
  const int n = atom->ntypes + 1;
  memory->create(setflag, n, n, "pair:setflag");
  memory->create(cutsq, n, n, "pair:cutsq");
  std::fill_n(setflag[0], n * n, 0);
  std::fill_n(cutsq[0], n * n, 0.0);
  allocated = 1;
}

/* ---------------------------------------------------------------------- */

void PairAniSOAP::settings(int narg, char **arg) { read_words({arg, arg + narg}, place_in_command(input, arg)); }

void PairAniSOAP::read_words(const std::vector<std::string> &words, int first)
{
  threshold.reset(new AniSOAPThreshold(lmp, words, first));
  device.reset(new AniSOAPDevice(lmp, "Pair anisoap", threshold->device_name()));
  if (!evaluation) return;
  evaluation.reset(new AniSOAPEvaluation(evaluation->potential.model(), comm->nthreads));
  std::vector<double> diameters;
  const bool of_model = threshold->shapes_of_model();
  const std::string problem = of_model ? model->trained_diameters(evaluation->potential.model(), diameters) : "";
  if (!problem.empty()) error->all(FLERR, first < 0 ? Error::NOLASTLINE : first, "Pair_style anisoap: " + problem);
  particles->use_diameters(diameters);
}

/* ----------------------------------------------------------------------
   * * MODEL.json S1 S2 ...
------------------------------------------------------------------------- */

void PairAniSOAP::coeff(int narg, char **arg)
{
  const int first = place_in_command(input, arg);
  const auto word = [first](int k) { return first < 0 ? Error::NOLASTLINE : first + k; };
  const std::string head = "Pair_coeff anisoap: ";
  if (narg < 3 || strcmp(arg[0], "*") != 0 || strcmp(arg[1], "*") != 0)
    error->all(FLERR, word(0), head + "atom types or the model file are wrong; expected * * MODEL.json S1 S2 ...");
  if (narg != 3 + atom->ntypes)
    error->all(FLERR, word(2),
               head + std::to_string(narg - 3) + " labels behind " + arg[2] + "; expected one, or NULL, for each of the " +
                   std::to_string(atom->ntypes) + " atom types");
  use(arg[2], {arg + 3, arg + narg});
  if (!unusable.empty()) error->all(FLERR, word(2), head + unusable);
}

/* ----------------------------------------------------------------------
   the evaluation of a model, or else why it is unusable
------------------------------------------------------------------------- */

void PairAniSOAP::use(const std::string &file, const std::vector<std::string> &labels)
{
  anisoap::Model content;
  evaluation.reset();
  range.reset();
  model.reset(new AniSOAPModel(lmp, file, labels));
  unusable = model->load(content);
  if (unusable.empty() && threshold->of_uncertainty() && !content.has_uncertainty())
    unusable = "keyword 'threshold' with a model of no uncertainty; expected one that knows it (" + file + ")";
  if (unusable.empty() && threshold->of_grade() && !content.has_grade())
    unusable = "keyword 'threshold grade' with a model of no grade; expected one that was trained with it (" + file + ")";
  std::vector<double> diameters;
  if (unusable.empty() && threshold->shapes_of_model()) unusable = model->trained_diameters(content, diameters);
  particles->use_diameters(diameters);
  try {
    if (unusable.empty()) range.reset(new AniSOAPRange(lmp, content, file));
    if (unusable.empty()) evaluation.reset(new AniSOAPEvaluation(content, comm->nthreads));
  } catch (const std::exception &e) {
    unusable = anisoap::text_of(e) + " (" + file + ")";
  }
  allocate();
  const auto has_species = [this](int type) {
    return !evaluation || model->species_of_type[static_cast<std::size_t>(type)] >= 0;
  };
  for (int i = 1; i <= atom->ntypes; i++)
    for (int j = i; j <= atom->ntypes; j++) setflag[i][j] = has_species(i) && has_species(j);
  const std::string hint = evaluation ? content.prior_hint() : "";
  if (!hint.empty() && comm->me == 0 && !utils::strmatch(force->pair_style, "^hybrid"))
    error->warning(FLERR, "Pair anisoap: {} was trained on what a prior leaves; {}", file, hint);
  if (evaluation && comm->me == 0)
    utils::logmesg(lmp,
                   "Pair anisoap: model " + file + " (" + model->checksum + "), cutoff " +
                       AniSOAPParticles::text(evaluation->potential.cutoff()) + ", species of types: " + model->species_map() +
                       "\n");
}

/* ---------------------------------------------------------------------- */

void PairAniSOAP::init_style()
{
  if (!evaluation)
    error->all(FLERR, Error::NOLASTLINE, "Pair anisoap: " + unusable + "; a new pair_coeff command takes its place");
  if (!atom->ellipsoid_flag)
    error->all(FLERR, Error::NOLASTLINE,
               "Pair anisoap: atom style without ellipsoids; expected atom_style ellipsoid or a hybrid with it");
  if (!force->newton_pair) error->all(FLERR, Error::NOLASTLINE, "Pair anisoap: newton off for pairs; expected newton on");
  if (!particles->find_shapes()) {
    particles->make_shapes();
    particles->find_shapes();
  }
  checked = false;
  threshold->report();
  given.assign(static_cast<std::size_t>(atom->ntypes * atom->ntypes), false);
}

/* ---------------------------------------------------------------------- */

double PairAniSOAP::init_one(int i, int j)
{
  given[static_cast<std::size_t>((i - 1) * atom->ntypes + j - 1)] = true;
  return evaluation->potential.cutoff();
}

/* ----------------------------------------------------------------------
   what is known after all parts of LAMMPS are initialised
------------------------------------------------------------------------- */

void PairAniSOAP::check_simulation()
{
  check_given();
  if (neighbor->exclude && comm->me == 0)
    error->warning(FLERR, "Pair anisoap: neigh_modify exclude changes nothing here; all atoms of the model interact");
  std::string problem = particles->short_reach(evaluation->potential.cutoff(), "cutoff");
  sync_host();
  if (problem.empty()) problem = range->check(*particles, model->species_of_type, threshold->any_shape());
  if (!problem.empty()) error->all(FLERR, Error::NOLASTLINE, "Pair anisoap: " + problem);
  particles->warn_of_rerun("Pair anisoap", model->species_of_type);
  warn_of_heat_flux();
}

/* ----------------------------------------------------------------------
   its energies are ke/atom and pe/atom, its work that of forces
------------------------------------------------------------------------- */

void PairAniSOAP::warn_of_heat_flux()
{
  if (warned_of_heat_flux) return;
  const auto found = modify->get_compute_by_style("^heat/flux$");
  warned_of_heat_flux = !found.empty();
  if (warned_of_heat_flux && comm->me == 0)
    error->warning(
        FLERR,
        "Pair anisoap: compute heat/flux (ID {}) leaves out the rotation of bodies: its kinetic energy and the work of "
        "torques; right for spheres alone",
        found.front()->id);
}

/* ----------------------------------------------------------------------
   pair_style hybrid takes single pairs of types away by leaving them out of
   neighbor lists, which are not read here
------------------------------------------------------------------------- */

void PairAniSOAP::check_given() const
{
  for (int i = 1; i <= atom->ntypes; i++)
    for (int j = i; j <= atom->ntypes; j++)
      if (setflag[i][j] && !given[static_cast<std::size_t>((i - 1) * atom->ntypes + j - 1)])
        error->all(FLERR, Error::NOLASTLINE,
                   "Pair anisoap: another sub-style has the pair of types " + std::to_string(i) + " " + std::to_string(j) +
                       ", both species of the model; expected NULL for one of them, or pair_style hybrid/overlay");
}

/* ---------------------------------------------------------------------- */

bool PairAniSOAP::wants_uncertainty() const { return uncertainty_flag || threshold->of_uncertainty(); }

bool PairAniSOAP::wants_grade() const { return grade_flag || threshold->of_grade(); }

std::string PairAniSOAP::unknown_quantity() const
{
  const anisoap::Model &known = evaluation->potential.model();
  std::string name;
  if (wants_uncertainty() && !known.has_uncertainty()) name = "uncertainty";
  if (wants_grade() && !known.has_grade()) name = "grade";
  if (name.empty()) return "";
  return name + " of a model that has none; expected another model, or neither fix pair nor a threshold";
}

/* ---------------------------------------------------------------------- */

std::string PairAniSOAP::overflow()
{
  const auto wrong = [this](const std::vector<double> &values, const std::string &name) -> std::string {
    for (int i = 0; i < atom->nlocal; i++) {
      if (std::isfinite(values[static_cast<std::size_t>(i)])) continue;
      sync_host();    // its ID
      return "atom ID " + std::to_string(atom->tag[i]) + ": " + name + ", got a number that overflows; expected " +
          anisoap::expected_of_model();
    }
    return "";
  };
  std::string problem;
  if (wants_uncertainty()) problem = wrong(uncertainty, "uncertainty");
  if (problem.empty() && wants_grade()) problem = wrong(grade, "grade");
  return problem;
}

/* ---------------------------------------------------------------------- */

void PairAniSOAP::compute(int eflag, int vflag)
{
  ev_init(eflag, vflag);
  if (!checked) check_simulation();
  checked = true;
  take_steps(lmp, "Pair anisoap");
  if (wants_uncertainty() || wants_grade()) refuse(lmp, "Pair anisoap", overflow());
  if (!threshold->given()) return;
  threshold->check(threshold->of_grade() ? grade : uncertainty, id_shapes, model->elements(),
                   [this] { particles->empty_points(); });
}

/* ---------------------------------------------------------------------- */

std::string PairAniSOAP::gather()
{
  particles->gather();
  comm->forward_comm(this);
  const std::string problem = particles->stale_ghosts();
  return problem.empty() ? particles->missing_shape(model->species_of_type) : problem;
}

/* ---------------------------------------------------------------------- */

std::string PairAniSOAP::evaluate()
{
  const AniSOAPEvaluation::Wanted wanted{eflag_atom != 0, vflag_atom != 0, cvflag_atom != 0, wants_uncertainty(), wants_grade()};
  if (const std::string problem = unknown_quantity(); !problem.empty()) return problem;
  try {
    if (device->starts(evaluation->potential.model().hypers)) evaluation->use_device();
    evaluation->run(*particles, model->species_of_type, wanted, comm->nthreads);
  } catch (const std::exception &e) {
    return particles->problem_of(e);
  }
  return "";
}

/* ---------------------------------------------------------------------- */

void PairAniSOAP::add_centroid_virial(const double *w, double *of_atom)
{
  static const int place[9] = {0, 4, 8, 1, 2, 5, 3, 6, 7};
  for (int k = 0; k < 9; k++) of_atom[k] += w[place[k]];
}

/* ----------------------------------------------------------------------
   rows to atoms; LAMMPS's virials are the symmetric parts, xx yy zz xy xz yz
------------------------------------------------------------------------- */

void PairAniSOAP::spread()
{
  static const int a[6] = {0, 1, 2, 0, 0, 1}, b[6] = {0, 1, 2, 1, 2, 2};
  const auto &results = evaluation->results;
  const auto symmetric = [](const double *w, int k) { return 0.5 * (w[3 * a[k] + b[k]] + w[3 * b[k] + a[k]]); };

  if (eflag_global) eng_vdwl += results.energy;
  if (vflag_global)
    for (int k = 0; k < 6; k++) virial[k] += symmetric(results.virial, k);
  if (wants_uncertainty()) uncertainty.assign(static_cast<std::size_t>(atom->nmax), 0.0);
  if (wants_grade()) grade.assign(static_cast<std::size_t>(atom->nmax), 0.0);

  std::size_t row = 0;
  for (const int i : particles->atoms()) {
    const double *force = evaluation->force(row), *torque = evaluation->torque(row);
    for (int k = 0; k < 3; k++) {
      atom->f[i][k] += force[k];
      atom->torque[i][k] += torque[k];
    }
    if (eflag_atom) eatom[i] += results.energies[row];
    if (vflag_atom)
      for (int k = 0; k < 6; k++) vatom[i][k] += symmetric(&results.virials[9 * row], k);
    if (cvflag_atom) add_centroid_virial(&results.centroid_virials[9 * row], cvatom[i]);
    const bool owned = row < particles->n_owned();
    if (results.uncertainties && owned) uncertainty[static_cast<std::size_t>(i)] = results.uncertainties[row];
    if (results.grades && owned) grade[static_cast<std::size_t>(i)] = results.grades[row];
    row++;
  }
}

/* ---------------------------------------------------------------------- */

void PairAniSOAP::finish() { threshold->report(); }

/* ----------------------------------------------------------------------
   Restart files hold the words of pair_style and pair_coeff and the
   checksum, not the device. A model that is gone or another one is refused at the next run,
   unless a new pair_coeff comes before it.
------------------------------------------------------------------------- */

void PairAniSOAP::write_restart_settings(FILE *fp) { AniSOAPRanks::write_words(threshold->words_to_keep(), fp); }

void PairAniSOAP::read_restart_settings(FILE *fp) { read_words(AniSOAPRanks::read_words(fp, lmp), -1); }

void PairAniSOAP::write_restart(FILE *fp)
{
  write_restart_settings(fp);
  AniSOAPRanks::write_words({model->file, model->checksum}, fp);
  AniSOAPRanks::write_words(model->labels, fp);
}

void PairAniSOAP::read_restart(FILE *fp)
{
  read_restart_settings(fp);
  const auto written = AniSOAPRanks::read_words(fp, lmp);
  use(written.at(0), AniSOAPRanks::read_words(fp, lmp));
  if (!evaluation || model->checksum == written.at(1)) return;
  evaluation.reset();
  unusable = "checksum of " + model->file + ", got " + model->checksum + "; expected " + written.at(1) + " of the restart file";
}

/* ---------------------------------------------------------------------- */

int PairAniSOAP::pack_forward_comm(int n, int *atoms, double *buf, int pbc_flag, int *pbc)
{
  return particles->pack(n, atoms, buf, pbc_flag, pbc);
}

void PairAniSOAP::unpack_forward_comm(int n, int first, double *buf) { particles->unpack(n, first, buf); }

/* ----------------------------------------------------------------------
   fix ID all pair N anisoap uncertainty 1 grade 1
------------------------------------------------------------------------- */

void *PairAniSOAP::extract(const char *name, int &dim)
{
  dim = 0;
  const std::string flag(name);
  if (flag != "uncertainty_flag" && flag != "grade_flag") return nullptr;
  const bool of_grade = flag == "grade_flag";
  const bool known = !evaluation ||
      (of_grade ? evaluation->potential.model().has_grade() : evaluation->potential.model().has_uncertainty());
  if (!known)
    error->all(FLERR,
               "Pair anisoap: " + flag.substr(0, flag.size() - 5) + " of a model that has none; expected another model than " +
                   model->file);
  return of_grade ? &grade_flag : &uncertainty_flag;
}

void *PairAniSOAP::extract_peratom(const char *name, int &columns)
{
  const bool of_grade = strcmp(name, "grade") == 0;
  if (!of_grade && strcmp(name, "uncertainty") != 0) return nullptr;
  columns = 0;
  std::vector<double> &values = of_grade ? grade : uncertainty;
  return values.empty() ? nullptr : values.data();
}

/* ---------------------------------------------------------------------- */

double PairAniSOAP::memory_usage()
{
  const double mine = static_cast<double>((uncertainty.capacity() + grade.capacity()) * sizeof(double));
  const double of_model = evaluation ? evaluation->memory_usage() : 0.0;
  return Pair::memory_usage() + particles->memory_usage() + of_model + mine;
}
