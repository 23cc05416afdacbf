#!/usr/bin/env bash
# Measures one thing: infra/bench.sh NAME. Progress goes to standard error; the last line of standard output is one JSON object.
#   train      a training step beside PyTorch's (Debian's python3-torch), on one and two threads
#   generate   tokens per second beside PyTorch's
#   spectra    the spectral analysis of a pair of matrices beside two singular value decompositions by LAPACK (Debian's python3-numpy), on one and two threads
#   orchestrate   durable jobs per second beside Quartz.NET on SQLite and on PostgreSQL, experiments per second, short runs, metrics, the list of experiments
set -euo pipefail
cd "$(dirname "$0")/.."

if [ $# -ne 1 ]; then
    sed -n '2,6s/^# \{0,1\}//p' "$0" >&2
    exit 2
fi

# install MODULE: PyTorch or NumPy, and the BLAS that makes it quick: without libopenblas0 Debian's falls back to the reference one.
install() {
    if /usr/bin/python3 -c "import $1" 2> /dev/null && ldconfig -p | grep -q libopenblas; then
        return
    fi
    if ! command -v apt-get > /dev/null; then
        echo "bench.sh: this compares with Debian's python3-$1, and there is no apt-get to install it with." >&2
        exit 1
    fi
    local run=""
    [ "$(id -u)" -eq 0 ] || run="sudo"
    $run apt-get install -y --no-install-recommends "python3-$1" libopenblas0 >&2 ||
        { $run apt-get update >&2 && $run apt-get install -y --no-install-recommends "python3-$1" libopenblas0 >&2; }
}

case "$1" in
    train | generate) install torch ;;
    spectra) install numpy ;;
    orchestrate) infra/services.sh ;;
esac

project=tests/Crescent.Benchmarks
dotnet build "$project" -c Release -v quiet --nologo >&2
exec dotnet "$project/bin/Release/net10.0/Crescent.Benchmarks.dll" bench "$1"
