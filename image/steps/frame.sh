# What every step uses: words, folders, the programs of the appliance.
# shellcheck shell=bash

say() { printf 'image: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

# The words of files, without what stands behind a #.
words_of() { sed 's/#.*//' "$@" | tr -s ' \t' '\n' | sed '/^$/d'; }
short_hash() { sha256sum | cut -c1-16; }

# scratch NAME: a folder in the cache that becomes an entry by `keep`.
scratch() { mktemp -d "$CACHE/new-$1.XXXXXX"; }
keep() { chmod 755 "$1"; rm -rf "$2"; mv "$1" "$2"; }

# Folders, one builder at a time for each, and the date that all files bear.
prepare() {
    mkdir -p "$OUT" "$CACHE"
    OUT=$(cd "$OUT" && pwd)
    CACHE=$(cd "$CACHE" && pwd)
    exec 8> "$CACHE/lock" 9> "$OUT/.lock"
    flock 9
    flock 8
    rm -rf "$CACHE"/new-*
    if [ "$REFRESH" = yes ]; then rm -rf "$CACHE"/base-* "$CACHE"/kernel-*; fi
    WORK=$(mktemp -d "$OUT/build.XXXXXX")
    trap 'rm -rf "$WORK"' EXIT
    COMMIT=$(git -C "$PROJECT" rev-parse HEAD 2>/dev/null || echo unknown)
    EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$PROJECT" log -1 --format=%ct 2>/dev/null || echo 1700000000)}
}

# Leaves BINARIES: a folder with appliance, appliancectl and ivm.
programs() {
    if [ -z "$BINARIES" ]; then
        say "our programs"
        local target=${CARGO_TARGET_DIR:-$PROJECT/target}
        (cd "$PROJECT" && services/browser/build && cargo build --quiet --release --package bundle --package softphone) >&2
        BINARIES=$target/release
    fi
    local program
    for program in appliance appliancectl ivm; do
        [ -x "$BINARIES/$program" ] || fail "there is no program $program in $BINARIES"
    done
}
