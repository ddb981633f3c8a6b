#!/bin/sh
# The table and figures of all jobs. Machines of a pool differ: compare what the column `processor` has in common.
set -eu
anisoap-md bench aggregate study-*.json -o study.csv -o study.md
anisoap-md bench plot study.csv --figdir figures
