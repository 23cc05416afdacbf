#!/usr/bin/env bash
# Builds everything and runs every test project, one after the other. The last line sums them up; the exit code is 0 only if something ran and nothing failed.
#   infra/test.sh [arguments for dotnet test, such as --filter Name~Recovery]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1

infra/setup.sh
infra/services.sh
dotnet build Orleans.sln -c Release -v quiet -clp:NoSummary -tl:off

passed=0 failed=0 skipped=0 broken=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
while read -r project; do
    grep -q '<IsTestProject>true' "$project" || continue
    started=$SECONDS
    result=0
    # A test host that hangs is ended after five minutes without a test finishing, instead of holding up everything.
    dotnet test "$project" -c Release --no-build --blame-hang-timeout 5m --blame-hang-dump-type none "$@" > "$log" 2>&1 || result=$?
    summary=$(grep -E '^(Passed|Failed|Skipped)! +- Failed:' "$log" | tail -1 || true)
    read -r f p s < <(sed -E 's/.*Failed: *([0-9]+), Passed: *([0-9]+), Skipped: *([0-9]+).*/\1 \2 \3/' <<< "${summary:-Failed: 0, Passed: 0, Skipped: 0,}")
    failed=$((failed + f)) passed=$((passed + p)) skipped=$((skipped + s))
    printf '%-45s %5d passed %3d failed %3d skipped %5d s\n' "$(basename "$project" .csproj)" "$p" "$f" "$s" "$((SECONDS - started))"
    if [ "$result" -ne 0 ]; then
        cat "$log"
        [ "$f" -gt 0 ] || broken=$((broken + 1))
    fi
done < <(find tests -name '*.csproj' | LC_ALL=C sort)

[ "$broken" -eq 0 ] || echo "$broken test projects ended with an error other than a failed test: see above."
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$broken" -eq 0 ] && [ "$passed" -gt 0 ]
