#!/usr/bin/env bash
# Makes .venv from requirements.lock (install) or resolves the locks anew (lock), through the index that pip is set to.
set -euo pipefail
cd "$(dirname "$0")/.."
# Without bytecode TensorFlow's import takes four times as long.
unset PYTHONDONTWRITEBYTECODE PYTHONPATH PYTHONHOME
in_venv=.venv/bin/python

refuse() {
    echo "$1" >&2
    exit 1
}

in_range() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1
}

# The first Python in range: the one named by PYTHON, else python3, else a numbered one.
find_python() {
    local name
    for name in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
        if in_range "$name"; then
            echo "$name"
            return
        fi
    done
    refuse "Python 3.11, 3.12 or 3.13 is needed, ${PYTHON:-python3} is $("${PYTHON:-python3}" --version 2>&1 | tail -n 1 || true); install one, or name one as in: make PYTHON=/usr/bin/python3.12 demo"
}

make_venv() {
    local python system
    system="$(uname -s) $(uname -m)"
    [ "$system" = "Linux x86_64" ] ||
        refuse "This project is locked for Linux x86-64 and this machine is $system; use a Linux x86-64 machine or container."
    if in_range "$in_venv" && "$in_venv" -m pip --version >/dev/null 2>&1; then
        return
    fi
    python="$(find_python)"
    "$python" -c 'import ensurepip, venv' >/dev/null 2>&1 ||
        refuse "$python has no venv module; install it (Debian, Ubuntu: apt-get install python3-venv) and call again."
    "$python" -m venv --clear .venv
}

# What pip would use for an option: its environment variable, else its configuration; empty if neither is set.
pip_setting() {
    local option=$1 variable
    variable="PIP_$(tr 'a-z-' 'A-Z_' <<<"$option")"
    { printenv "$variable" || "$in_venv" -m pip config get "install.$option" ||
        "$in_venv" -m pip config get "global.$option" || true; } 2>/dev/null | xargs
}

# uv does not read pip's configuration: pass it on in variables of this call, and let what is set for uv win.
pass_on() {
    local variable=$1 value
    value="$(pip_setting "$2")"
    if [ -z "${!variable:-}" ] && [ -n "$value" ]; then
        export "$variable=${value// /${3:- }}"
    fi
}

configure_uv() {
    [ -n "${UV_INDEX_URL:-}" ] || pass_on UV_DEFAULT_INDEX index-url
    [ -n "${UV_EXTRA_INDEX_URL:-}" ] || pass_on UV_INDEX extra-index-url
    pass_on UV_FIND_LINKS find-links ,
    pass_on UV_INSECURE_HOST trusted-host
    pass_on SSL_CERT_FILE cert
    pass_on HTTPS_PROXY proxy
    pass_on UV_HTTP_TIMEOUT default-timeout
    # As pip does: the locked version may come from any of the indexes.
    export UV_INDEX_STRATEGY="${UV_INDEX_STRATEGY:-unsafe-best-match}" UV_NO_PROGRESS=1 UV_NO_CONFIG=1
    export VIRTUAL_ENV="$PWD/.venv"
}

with_pip() {
    "$in_venv" -m pip install --disable-pip-version-check -q -r requirements.lock &&
        "$in_venv" -m pip install --disable-pip-version-check -q --no-deps -e .
}

with_uv() {
    "$in_venv" -m pip install --disable-pip-version-check -q "$(grep -E '^uv==' requirements.lock | cut -d' ' -f1)" &&
        configure_uv &&
        .venv/bin/uv pip install -q --compile-bytecode -r requirements.lock &&
        .venv/bin/uv pip install -q --no-deps -e .
}

install() {
    make_venv
    echo "Installing the packages of requirements.lock into .venv ($("$in_venv" --version)) …" >&2
    with_uv && return
    echo "uv could not install them, so pip does; this takes some minutes." >&2
    with_pip ||
        refuse "The packages of requirements.lock could not be installed; check the network, or name a reachable package index in PIP_INDEX_URL, and call again."
}

lock() {
    configure_uv
    local resolve=(.venv/bin/uv pip compile -q --universal --python-version 3.11 --no-header pyproject.toml)
    [ -z "${UPGRADE:-}" ] || resolve+=("$UPGRADE")
    "${resolve[@]}" --extra training --extra dev -o requirements.lock
    "${resolve[@]}" --extra training --extra dev --extra gpu -c requirements.lock -o requirements-gpu.lock
    "${resolve[@]}" -c requirements.lock -o requirements-serving.lock
}

case "${1:-}" in
install | lock) "$1" ;;
*) refuse "usage: .ci/environment.sh install|lock" ;;
esac
