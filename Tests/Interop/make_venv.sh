#!/bin/bash
# Makes a Python environment with what requirements.txt names from PyPI. Fails when PyPI is out of reach.
#
# usage: make_venv.sh FOLDER
set -euo pipefail
requirements=$(cd "$(dirname "$0")" && pwd)/requirements.txt
/usr/bin/python3 -m venv "$1"
"$1/bin/pip" install --quiet --disable-pip-version-check --retries 1 --timeout 10 --only-binary :all: \
    --requirement "$requirements" || {
    rm -rf "$1"
    exit 1
}
