# SPDX-License-Identifier: MIT
# Sourced by tools/demo and tests/run, in the root of the source tree. Needs Python 3.11 or newer and pip.
venv=${MEIO_VENV:-$PWD/.venv}

fail() {
    printf '%s\n' "$@" >&2
    exit 1
}

# The first Python that is new enough.
find_python() {
    local candidate
    for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    fail "meio needs Python 3.11 or newer: none of python3, python3.11 .. python3.14 is."
}

# Installs Debian packages where this user may; fails otherwise.
install_packages() {
    local as_root=()
    if ! command -v apt-get >/dev/null; then return 1; fi
    if [ "$(id -u)" != 0 ]; then
        sudo -n true 2>/dev/null || return 1
        as_root=(sudo -n)
    fi
    echo "installing $* with apt"
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

# A virtual environment with a recent pip, activated. Debian splits ensurepip from Python, so its pip steps in.
make_environment() {
    local python
    if [ ! -x "$venv/bin/pip" ]; then
        python=$(find_python) || exit 1
        rm -rf "$venv"
        if ! "$python" -m venv "$venv" >/dev/null 2>&1; then
            rm -rf "$venv"
            if ! "$python" -m venv --without-pip "$venv" ||
                ! "$python" -m pip --python "$venv/bin/python" install --quiet pip; then
                fail "Could not make a virtual environment: apt install python3-venv mends it."
            fi
        fi
    fi
    export PATH="$venv/bin:$PATH" VIRTUAL_ENV="$venv" PIP_DISABLE_PIP_VERSION_CHECK=1
    unset PYTHONPATH PYTHONHOME
    python -m pip install --quiet --upgrade "pip>=25.1"
}

# The compiler and Python's own headers, which no wheel brings.
check_compiler() {
    local compiler=${CXX:-c++} header version
    if ! echo '#include <concepts>' | "$compiler" -std=c++20 -x c++ -fsyntax-only - 2>/dev/null; then
        install_packages g++ || fail "meio needs a C++20 compiler (g++ 12 or clang 14 and newer), named by CXX or c++."
    fi
    header=$(python -c 'import sysconfig; print(sysconfig.get_path("include"))')/Python.h
    version=$(python -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    if [ ! -f "$header" ]; then
        install_packages "python$version-dev" || fail "Python's headers are absent: apt install python$version-dev."
    fi
}
