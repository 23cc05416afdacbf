#!/usr/bin/env bash
# Checks what a build needs and finds out which package feed this network has (docs/adr/0001-two-package-feeds.md).
#   infra/setup.sh            quick once the answer is known
#   infra/setup.sh --detect   asks the feed again
# CRESCENT_PACKAGE_FEED=nuget|limited overrides the answer.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

fail() {
    echo "setup: $*" >&2
    exit 1
}

command -v dotnet > /dev/null || fail "the .NET 10 SDK is missing: 'dotnet' is not on the PATH. Get it at https://dotnet.microsoft.com/download/dotnet/10.0"
dotnet --list-sdks | grep -q '^10\.' || fail "the .NET 10 SDK is missing. Installed: $(dotnet --list-sdks | tr '\n' ' '). Get it at https://dotnet.microsoft.com/download/dotnet/10.0"

# Whether the feed has the packages of the nuget side that come and go: a trial restore of all of them, away from the repository.
trial() {
    local folder orleans result=0
    orleans=$(sed -nE 's/.*<OrleansVersion>(.*)<.*/\1/p' Directory.Build.targets)
    folder=$(mktemp -d)
    {
        echo '<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net10.0</TargetFramework><NuGetAudit>false</NuGetAudit></PropertyGroup><ItemGroup>'
        grep -E 'Update="(Microsoft\.Orleans\.|Serilog\.Sinks\.Seq)' Directory.Build.targets | sed -E "s/Update=/Include=/; s/\\\$\(OrleansVersion\)/$orleans/; s/Version=\"([^\"]+)\"/Version=\"[\1]\"/"
        echo '</ItemGroup></Project>'
    } > "$folder/trial.csproj"
    timeout 180 dotnet restore "$folder/trial.csproj" > "$folder/log" 2>&1 || result=$?
    if [ "$result" -ne 0 ] && ! grep -qE 'NU110[1-3]|NU1603' "$folder/log"; then
        cat "$folder/log" >&2
        rm -rf "$folder"
        fail "the package feed did not answer. Check the network and the sources that 'dotnet nuget list source' shows, or set CRESCENT_PACKAGE_FEED."
    fi
    rm -rf "$folder"
    return "$result"
}

answer() {
    echo "<Project><PropertyGroup><PackageFeed>$1</PackageFeed></PropertyGroup></Project>" > .feed.props
    echo "setup: package feed: $1 ($2)" >&2
}

case "${CRESCENT_PACKAGE_FEED:-}" in
    nuget | limited)
        grep -qs ">$CRESCENT_PACKAGE_FEED<" .feed.props || answer "$CRESCENT_PACKAGE_FEED" "CRESCENT_PACKAGE_FEED" ;;
    '')
        if [ ! -f .feed.props ] || [ "${1:-}" = --detect ]; then
            if trial; then answer nuget "it has Orleans and Serilog.Sinks.Seq"; else answer limited "it lacks Orleans or Serilog.Sinks.Seq: stand-ins take their place"; fi
        fi ;;
    *) fail "CRESCENT_PACKAGE_FEED is \"$CRESCENT_PACKAGE_FEED\"; it may be nuget or limited." ;;
esac
