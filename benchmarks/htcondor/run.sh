#!/bin/sh
# The cases of one backend of the preset cpu, on the one CPU of a job; a job that starts again goes on.
set -eu
exec anisoap-md bench --preset cpu --backends "$1" --out "study-$1.json" --quiet
