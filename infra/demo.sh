#!/usr/bin/env bash
# Sets everything up, starts the service, runs the study of docs/examples/gp-recovery.yaml and leaves out/report.html and out/result.json.
# Called again after a kill it goes on where it was; called again after the end it reuses what the work cache has.
#   infra/demo.sh [arguments of `crescent demo`, such as --spec FILE --out DIR]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1

infra/setup.sh
started=$SECONDS
dotnet build src/Crescent.Cli -c Release -v quiet -clp:NoSummary -tl:off >&2
echo "demo: built in $((SECONDS - started)) s" >&2
exec src/Crescent.Cli/bin/Release/net10.0/crescent demo "$@"
