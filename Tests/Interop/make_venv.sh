#!/bin/bash
# Makes a Python environment with what a file of requirements names from PyPI. Fails when PyPI is out of reach.
#
# usage: make_venv.sh FOLDER [REQUIREMENTS]
set -euo pipefail
requirements=$(cd "$(dirname "$0")" && pwd)/${2:-requirements.txt}
/usr/bin/python3 -m venv "$1"
"$1/bin/pip" install --quiet --disable-pip-version-check --retries 1 --timeout 10 --only-binary :all: \
    --requirement "$requirements" || {
    rm -rf "$1"
    exit 1
}
