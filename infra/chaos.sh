#!/usr/bin/env bash
# Runs experiments on clusters of one control process and two workers while it kills these N times (SIGKILL, from outside and right after durable writes) and freezes them, cuts and restarts their database, takes away their blob store and sets their clocks,
# all drawn by a printed seed; then proves from what is left that every promise of docs/reliability.md was kept. Exits 0 only if so; otherwise the evidence stays in the folder that it names.
#   infra/chaos.sh N [--seed S] [--database sqlite|postgres|both]     both, in turn, by default
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1

infra/setup.sh
infra/services.sh
dotnet build tests/Crescent.Chaos -c Release -v quiet -clp:NoSummary -tl:off >&2
exec tests/Crescent.Chaos/bin/Release/net10.0/Crescent.Chaos "$@"
