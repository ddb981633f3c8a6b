# SPDX-License-Identifier: MIT
"""A build with a Kokkos for CUDA inside looks NVIDIA's driver up when it calls it (core/src/device/driver.cpp)."""

import ctypes
import os
import subprocess
from pathlib import Path

import pytest
from anisoap_md import _core

SOURCE = Path(__file__).parents[3] / "core/src/device/driver.cpp"
HEADER = """
typedef int CUdevice;
typedef void *CUcontext, *CUstream;
enum CUresult { CUDA_SUCCESS = 0, CUDA_ERROR_NOT_INITIALIZED = 3 };
#define cuCtxPushCurrent cuCtxPushCurrent_v2
extern "C" {
CUresult cuCtxGetDevice(CUdevice*);
CUresult cuCtxPushCurrent(CUcontext);
CUresult cuStreamGetCtx(CUstream, CUcontext*);
CUresult cuDevicePrimaryCtxGetState(CUdevice, unsigned*, int*);
}
"""
PROGRAM = """
#include <cuda.h>
#include <cstdio>
int main() {
  CUdevice device = 0;
  CUcontext context = nullptr;
  unsigned flags = 0;
  int active = 0;
  const int found[] = {cuCtxGetDevice(&device), cuStreamGetCtx(&device, &context), cuCtxPushCurrent(context),
                       cuDevicePrimaryCtxGetState(device, &flags, &active)};
  std::printf("%d %d %d %d, %d %d %u %d\\n", found[0], found[1], found[2], found[3], device, context == &device, flags, active);
}
"""
DRIVER = """
int cuCtxGetDevice(int* device) { return *device = 5, 0; }
int cuStreamGetCtx(void* stream, void** context) { return *context = stream, 0; }
int cuCtxPushCurrent(void* context) { return 99; }
int cuCtxPushCurrent_v2(void* context) { return *(int*)context + 1; }
int cuDevicePrimaryCtxGetState(int device, unsigned* flags, int* active) { return *flags = device + 2, *active = 1, 0; }
"""


@pytest.fixture
def program(tmp_path):
    """Function that runs the four functions; with a folder, with the driver in it."""
    (tmp_path / "cuda.h").write_text(HEADER)
    (tmp_path / "main.cpp").write_text(PROGRAM)
    compiler = os.environ.get("CXX") or "c++"
    words = [compiler, "-std=c++17", "-I.", "-o", "program", str(SOURCE), "main.cpp", "-ldl"]
    subprocess.run(words, cwd=tmp_path, check=True)

    def run(**environment: str) -> str:
        done = subprocess.run(
            ["./program"], cwd=tmp_path, env={**os.environ, **environment}, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    return run


def test_calls_fail_where_there_is_no_driver(program):
    try:
        ctypes.CDLL("libcuda.so.1")
    except OSError:
        assert program() == "3 3 3 3, 0 0 0 0"
    else:
        pytest.skip("this machine has the driver")


def test_calls_go_to_the_driver(program, tmp_path):
    (tmp_path / "driver.c").write_text(DRIVER)
    compiler = os.environ.get("CC") or "cc"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", "libcuda.so.1", "driver.c"], cwd=tmp_path, check=True)
    assert program(LD_LIBRARY_PATH=str(tmp_path)) == "0 0 6 0, 5 1 7 1"


def test_the_module_wants_neither_driver_nor_runtime():
    if _core.device_support()["space"] != "cuda":
        pytest.skip("no build for CUDA")
    found = subprocess.run(["readelf", "-d", _core.__file__], capture_output=True, text=True, check=True)
    if "libkokkoscore" in found.stdout:
        pytest.skip("a shared Kokkos wants both")
    assert "libcuda" not in found.stdout
