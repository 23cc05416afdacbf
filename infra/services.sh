#!/usr/bin/env bash
# Installs what tests start for themselves, where it is missing: PostgreSQL and NumPy, with which plain Python judges results again (Debian's packages, so on Debian and Ubuntu), and Azurite, the emulator of Azure Blob Storage (npm).
#   infra/services.sh     as root or with sudo; quick once everything is there
# CRESCENT_CACHE is the folder for Azurite; by default ~/.cache/crescent.
set -euo pipefail

AZURITE=3.35.0
cache=${CRESCENT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/crescent}

fail() {
    echo "services: $*" >&2
    exit 1
}

updated=false
install() {
    local root=()
    command -v apt-get > /dev/null || fail "$* must be installed: this script knows apt-get only."
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo > /dev/null || fail "$* must be installed: run this as root, or install sudo."
        root=(sudo)
    fi
    echo "services: installing $*" >&2
    $updated || "${root[@]}" apt-get update -q > /dev/null
    updated=true
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@" > /dev/null
}

/usr/bin/python3 -c 'import numpy' 2> /dev/null || install python3-numpy
compgen -G '/usr/lib/postgresql/*/bin/initdb' > /dev/null || command -v initdb > /dev/null || install postgresql
if [ ! -f "$cache/azurite-$AZURITE/node_modules/azurite/dist/src/blob/main.js" ]; then
    command -v node > /dev/null || install nodejs
    command -v npm > /dev/null || install npm
    echo "services: installing azurite $AZURITE into $cache" >&2
    # Into a folder of its own that gets its name when all of it is there: two of these scripts may run at once.
    mkdir -p "$cache"
    fresh=$(mktemp -d "$cache/azurite-XXXXXXXX")
    npm install --silent --no-audit --no-fund --prefix "$fresh" "azurite@$AZURITE" > "$fresh/log" 2>&1 || { cat "$fresh/log" >&2; rm -rf "$fresh"; fail "azurite could not be installed: check the network and npm's registry."; }
    rm -rf "$cache/azurite-$AZURITE"
    mv -T "$fresh" "$cache/azurite-$AZURITE"
fi
