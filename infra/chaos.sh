#!/usr/bin/env bash
# Kills a real server N times (SIGKILL), spread by a printed seed over every run kind and phase of a small experiment, and compares what comes out with an undisturbed run.
# Exits 0 only if every artifact has the same SHA-256 and every interrupted job went on from its last committed snapshot.
#   infra/chaos.sh N [--seed S]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1

infra/setup.sh
dotnet build tests/Crescent.Chaos -c Release -v quiet -clp:NoSummary -tl:off >&2
exec tests/Crescent.Chaos/bin/Release/net10.0/Crescent.Chaos "$@"
