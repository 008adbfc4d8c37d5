#!/bin/sh
# Makes the image refine-base from Debian's packages, where no container registry can be reached.
# Needs root, debootstrap, a Debian mirror and a running engine; takes a minute and some 220 MB. Then:
#     refine sandbox build python --base refine-base
set -eu
image="${1:-refine-base}"
suite="${2:-bookworm}"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
debootstrap --variant=minbase --include=python3,python3-numpy "$suite" "$folder"
rm -rf "$folder"/var/cache/apt/archives/*.deb "$folder"/var/lib/apt/lists/*
tar -C "$folder" -c . | docker import - "$image"
