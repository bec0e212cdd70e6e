# Sourced by every script here: where things are kept, and how a script speaks.
#
# ROAMKEY_CACHE   what is costly to make again (default: ~/.cache/roamkey). Outside the clone, so that every clone of
#                 the repository on this machine shares the compiled dependencies.
# CARGO_TARGET_DIR  left alone if it is set.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

export ROAMKEY_CACHE="${ROAMKEY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/roamkey}"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$ROAMKEY_CACHE/target}"
export CARGO_TERM_PROGRESS_WHEN="${CARGO_TERM_PROGRESS_WHEN:-auto}"

# A Node of our own, if `script/bootstrap app` had to bring one.
[ ! -d "$ROAMKEY_CACHE/tools/node/bin" ] || export PATH="$ROAMKEY_CACHE/tools/node/bin:$PATH"

say() { printf '%s: %s\n' "${0#"$root"/}" "$*" >&2; }
fail() { say "$*"; exit 1; }
