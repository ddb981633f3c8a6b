#!/usr/bin/env bash
# Kokkos and a LAMMPS with the package KOKKOS, from sources of package registries, for the tests of the /kk styles.
#   lammps-kokkos.sh sources                                           the patched sources alone
#   lammps-kokkos.sh cpu  [--mpi] [--benchmarks]                       Kokkos Serial and OpenMP
#   lammps-kokkos.sh cuda [--mpi] [--benchmarks] [--arch HOPPER90]     Kokkos Serial and CUDA, by the nvcc of PATH
# Prints the folder: for sources one with kokkos/ and lammps/, else a prefix with bin/lmp, lib/ and include/ (Kokkos, shared, and
# LAMMPS) and sources/ beside it. --mpi needs mpicxx on PATH. --benchmarks adds pair snap/kk.
# Results lie in ${XDG_CACHE_HOME:-$HOME/.cache}/anisoap-md and are made once for each set of versions, patches and options here, mode
# and compiler. What downloads/ there holds already is not fetched: with the sources in place no registry is needed.
# Kokkos is one shared library: a plugin that brought a second copy would free what the first one owns.
set -euo pipefail

LAMMPS_TARBALL=lammps_20260704+dfsg.orig.tar.gz    # LAMMPS 4 Jul 2026
LAMMPS_SHA256=cddbc45a047416bd48a4a0b87f24a5b61b3446982b74d18cafe619c22b17eb62
KOKKOS_PACKAGE=pygenten==0.1.5    # its source distribution holds Kokkos 4.7.0
KOKKOS_TARBALL=pygenten-0.1.5.tar.gz
KOKKOS_SHA256=e620f05c742905e2db705d875f1cac92ef0ed453f9e6734e9beda26cc0f9cce7

LAMMPS_PARTS='ASPHERE|KOKKOS|ML-SNAP|PLUGIN|STUBS|fmt|nlohmann'
# Styles of KOKKOS that are compiled, and styles of LAMMPS that are not: all of them would take three times as long.
KOKKOS_STYLES='pair_(lj_cut_kokkos|snap|ylz|zero|hybrid)|fix_(nve_kokkos|nve_asphere|langevin_kokkos|momentum_kokkos|nh|nvt_kokkos'
KOKKOS_STYLES+='|npt_kokkos|minimize|property_atom_kokkos)|compute_(temp_kokkos|erotate|coord_atom|orientorder|reduce|ave_sphere)'
KOKKOS_STYLES+='|min_(kokkos|linesearch|cg)|region_block'
LEFT_OUT='.*_deprecated|(angle|bond|dihedral|improper|kspace)_zero|dump_(cfg|grid)|reader_xyz'
LEFT_OUT+='|region_(cone|cylinder|ellipsoid|intersect|plane)'
LEFT_OUT+='|pair_(born|buck|coul|lj_cut_coul|lj_expand|morse|soft|table|yukawa|zbl|hybrid_(molecular|scaled))'
LEFT_OUT+='|compute_(angle|bond|dihedral|improper|pair|dipole|gyration|slice|rdf|vacf|vcm|heat|com|count|inertia|angmom|omega|torque'
LEFT_OUT+='|centro_|cluster|cna|aggregate|property_(chunk|grid|local)|reduce_|chunk_spread|erotate_sphere_atom|msd_chunk'
LEFT_OUT+='|temp_(chunk|com|deform|partial|profile|ramp|region|sphere))'
LEFT_OUT+='|fix_(ave_(chunk|correlate|grid|histo)|aveforce|deposit|dt_reset|efield|evaporate|gravity|group|heat|indent|lineforce|move|nph'
LEFT_OUT+='|npt_sphere|nve_(limit|sphere)|nvt_s|planeforce|press_|recenter|restrain|set\.|spring|store_(force|global|local)|temp_|thermal'
LEFT_OUT+='|viscous|wall_)'
STYLE_KINDS='pair|fix|angle|bond|dihedral|improper|compute|dump|min|region|mliap|rhocalc|pppm|nbin_ssa|npair_ssa'

cache=${XDG_CACHE_HOME:-$HOME/.cache}/anisoap-md

say() { echo "lammps-kokkos.sh: $*" >&2; }
fail() { say "$*"; exit 1; }

# --- downloads ---------------------------------------------------------------------------------------------------------------------

# The newest Debian releases have this LAMMPS; a private list of sources leaves apt's own as they are.
download_lammps() { # FOLDER
  local mirror apt=$1/apt suite
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Identifier: Packages' | grep -m1 'debian/$') ||
    fail "no Debian mirror in apt's sources; expected one, or $LAMMPS_TARBALL in $cache/downloads"
  mkdir -p "$apt"/{lists/partial,cache/archives/partial}
  for suite in sid forky; do echo "deb-src [trusted=yes] $mirror $suite main"; done > "$apt/sources.list"
  local options=(-qq -o "Dir::Etc::sourcelist=$apt/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$apt/lists"
                 -o "Dir::Cache=$apt/cache" -o APT::Sandbox::User=root)
  apt-get "${options[@]}" update
  (cd "$1" && apt-get "${options[@]}" source --tar-only lammps)
}

download_kokkos() { # FOLDER
  python3 -m pip download --quiet --no-deps --no-binary "${KOKKOS_PACKAGE%==*}" --dest "$1" "$KOKKOS_PACKAGE"
}

# A tarball of the cache's downloads/, fetched by a function where it is missing; any other content than the pinned one is an error.
tarball() { # NAME SHA256 FUNCTION
  local file=$cache/downloads/$1 work sum
  if [[ ! -f $file ]]; then
    say "fetching $1"
    work=$root.download
    rm -rf "$work" && mkdir -p "$work" "$cache/downloads"
    "$3" "$work" >&2
    [[ -f $work/$1 ]] || fail "no $1 from the registry, got $(cd "$work" && echo *); expected it there or in $cache/downloads"
    mv "$work/$1" "$file"
    rm -rf "$work"
  fi
  sum=$(sha256sum "$file" | cut -d' ' -f1)
  [[ $sum == "$2" ]] || fail "checksum of $file, got $sum; expected $2 (remove the file to fetch it again)"
  echo "$file"
}

# --- sources -----------------------------------------------------------------------------------------------------------------------

# Replaces every OLD by NEW; an error where there is none.
replace() { # FILE OLD NEW
  OLD=$2 NEW=$3 python3 - "$1" <<'PYTHON' || fail "no '$2' in $1; expected the sources that this patch is for"
import os, pathlib, sys
path, old = pathlib.Path(sys.argv[1]), os.environ["OLD"]
text = path.read_text()
if old not in text:
    sys.exit(1)
path.write_text(text.replace(old, os.environ["NEW"]))
PYTHON
}

trim_lammps() { # FOLDER
  local file
  for file in "$1"/src/*.cpp; do
    if [[ ${file##*/} =~ ^($LEFT_OUT) ]]; then rm "$file" "${file%.cpp}.h"; fi
  done
  find "$1/src" -mindepth 1 -maxdepth 1 -type d | grep -vE "/($LAMMPS_PARTS)\$" | xargs rm -rf
  for file in "$1"/src/KOKKOS/*.cpp; do
    if [[ ${file##*/} =~ ^($STYLE_KINDS) && ! ${file##*/} =~ ^($KOKKOS_STYLES) ]]; then rm "$file" && rm -f "${file%.cpp}.h"; fi
  done
  mkdir -p "$1"/{lib,doc,tools,bench,potentials}    # cmake asks for them
  touch "$1/doc/lammps.1"                           # the page of the manual that is installed with lmp
}

# LAMMPS asks for Kokkos 5.1, and 4.7 serves as well but for the name of a type.
patch_lammps() { # FOLDER
  replace "$1/cmake/Modules/Packages/KOKKOS.cmake" 'find_package(Kokkos 5.1.0 REQUIRED CONFIG)' 'find_package(Kokkos REQUIRED CONFIG)'
  replace "$1/src/KOKKOS/kokkos_type.h" 'hash_type::host_mirror_type host_hash_type' 'hash_type::HostMirror host_hash_type'
}

# Kokkos 4.7.0 is older than CUDA 13: arguments of two calls, and a default architecture that is gone.
patch_kokkos() { # FOLDER
  local cuda=$1/core/src/Cuda/Kokkos_Cuda_Instance.hpp
  replace "$1/bin/nvcc_wrapper" 'default_arch="sm_70"' 'default_arch="${NVCC_WRAPPER_ARCH:-sm_90}"'
  replace "$cuda" 'cudaGraphAddDependencies(graph, from, to, numDependencies)' \
    'cudaGraphAddDependencies(graph, from, to, nullptr, numDependencies)'
  replace "$cuda" 'cudaMemPrefetchAsync(devPtr, count, dstDevice, m_stream)' \
    'cudaMemPrefetchAsync(devPtr, count, cudaMemLocation{cudaMemLocationTypeDevice, dstDevice}, 0, m_stream)'
}

make_sources() { # FOLDER
  local lammps kokkos
  lammps=$(tarball "$LAMMPS_TARBALL" "$LAMMPS_SHA256" download_lammps)
  kokkos=$(tarball "$KOKKOS_TARBALL" "$KOKKOS_SHA256" download_kokkos)
  mkdir -p "$1"/{lammps,kokkos}
  tar xf "$lammps" -C "$1/lammps" {cmake,src,third_party,python,LICENSE} potentials/Ta06A.snap{,param,coeff}
  tar xf "$kokkos" -C "$1/kokkos" --strip-components=3 "${KOKKOS_TARBALL%.tar.gz}/tpls/kokkos"
  trim_lammps "$1/lammps"
  patch_lammps "$1/lammps"
  patch_kokkos "$1/kokkos"
}

# --- builds ------------------------------------------------------------------------------------------------------------------------

quietly() { # LOG COMMAND...
  local log=$1
  shift
  "$@" >> "$log" 2>&1 || { grep -m5 -A5 -E 'error:|Error' "$log" >&2 || tail -20 "$log" >&2; fail "failed: $* (output: $log)"; }
}

# configures, builds, installs into $part
build() { # NAME SOURCE cmake-option...
  local name=$1 source=$2 log=$part/$1.log
  shift 2
  say "building $name ($mode)"
  quietly "$log" cmake -G Ninja -S "$source" -B "$part/build-$name" -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_STANDARD=20 \
    -DBUILD_SHARED_LIBS=ON -DCMAKE_INSTALL_LIBDIR=lib -DCMAKE_INSTALL_PREFIX="$part" -DCMAKE_INSTALL_RPATH='$ORIGIN/../lib' \
    -DCMAKE_CXX_COMPILER="$compiler" "${launcher[@]}" "$@"
  quietly "$log" cmake --build "$part/build-$name" --parallel "${JOBS:-$(nproc)}"
  quietly "$log" cmake --install "$part/build-$name"
  rm -rf "$part/build-$name"
}

# The View of 4.7.0 that is built on mdspan fails on CUDA 13 (cudaErrorMisalignedAddress); LAMMPS wants the one before it as well.
build_all() {
  local kokkos=(-DKokkos_ENABLE_SERIAL=ON -DKokkos_ENABLE_IMPL_VIEW_LEGACY=ON)
  if [[ $mode == cuda ]]; then kokkos+=(-DKokkos_ENABLE_CUDA=ON "-DKokkos_ARCH_$arch=ON"); else kokkos+=(-DKokkos_ENABLE_OPENMP=ON); fi
  build kokkos "$root/sources/kokkos" "${kokkos[@]}"
  build lammps "$root/sources/lammps/cmake" -DCMAKE_CXX_FLAGS=-w -DPKG_ASPHERE=ON -DPKG_PLUGIN=ON -DPKG_KOKKOS=ON "-DPKG_ML-SNAP=$snap" \
    -DEXTERNAL_KOKKOS=ON -DFFT_KOKKOS=KISS -DKokkos_DIR="$part/lib/cmake/Kokkos" -DBUILD_TOOLS=OFF -DBUILD_MPI="$mpi"
}

# Makes a folder by a function in a place of its own and renames it when all is done.
once() { # FOLDER FUNCTION
  [[ -d $1 ]] && return
  part=$1.part
  rm -rf "$part" && mkdir -p "$part"
  "$2" "$part"
  mv -T "$part" "$1"
}

# --- command line ------------------------------------------------------------------------------------------------------------------

# of all that decides what is built
fingerprint() {
  { echo "$LAMMPS_SHA256 $KOKKOS_SHA256 $LAMMPS_PARTS $KOKKOS_STYLES $LEFT_OUT $STYLE_KINDS"
    declare -f trim_lammps patch_lammps patch_kokkos make_sources build build_all; } | sha256sum | cut -c1-12
}

usage() { fail "got '$*'; expected sources, cpu or cuda, and of --mpi, --benchmarks and --arch NAME what is wanted"; }

mode=${1:-} mpi=OFF snap=OFF arch=HOPPER90
[[ $mode =~ ^(sources|cpu|cuda)$ ]] || usage "$@"
for ((k = 2; k <= $#; k++)); do
  case ${!k} in
    --mpi) mpi=ON ;;
    --benchmarks) snap=ON ;;
    --arch) k=$((k + 1)) && arch=${!k:?a name such as HOPPER90 behind --arch} ;;
    *) usage "$@" ;;
  esac
done

root=$cache/kokkos-$(fingerprint)
mkdir -p "$root"
exec 9> "$root.lock"
flock 9    # one of them at a time
once "$root/sources" make_sources
if [[ $mode == sources ]]; then echo "$root/sources"; exit; fi

[[ $mpi == OFF ]] || command -v mpicxx > /dev/null || fail "no mpicxx on PATH; expected one for --mpi, such as PyPI's mpich brings"
compiler=${CXX:-c++}
name=$mode-$(basename "$compiler")-$("$compiler" -dumpfullversion)
launcher=()
if [[ $mode == cuda ]]; then
  compiler=$root/sources/kokkos/bin/nvcc_wrapper name+=-$arch
elif command -v ccache > /dev/null; then
  launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
fi
if [[ $mpi == ON ]]; then name+=-mpi; fi
if [[ $snap == ON ]]; then name+=-benchmarks; fi
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1
once "$root/$name" build_all
echo "$root/$name"
