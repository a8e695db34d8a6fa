#!/bin/sh
# Write requirements/*.txt anew from pyproject.toml: after a change there, or to take newer versions (--upgrade).
# The smaller locks are held to the versions of the largest, so that demo is content with what test installed.
set -eu
cd "$(dirname "$0")/.."
uv=${UV:-.venv/bin/uv}

compile() {
    "$uv" pip compile --universal --python-version 3.11 --generate-hashes --no-header --quiet "$@"
}

compile pyproject.toml --extra demo --extra dev --extra speech --output-file requirements/dev.txt "$@"
compile pyproject.toml --extra demo --constraint requirements/dev.txt --output-file requirements/demo.txt "$@"
compile pyproject.toml --constraint requirements/dev.txt --output-file requirements/runtime.txt "$@"
compile pyproject.toml --extra otel --constraint requirements/dev.txt --output-file requirements/otel.txt "$@"
compile pyproject.toml --extra cas --constraint requirements/dev.txt --output-file requirements/cas.txt "$@"
compile pyproject.toml --extra speech --constraint requirements/dev.txt --output-file requirements/speech.txt "$@"
compile --group node --output-file requirements/node.txt "$@"
