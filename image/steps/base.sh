# What comes from Debian: a root file system with its packages, and the package of the kernel. Kept
# in the cache under a hash of what it is made from.
# shellcheck shell=bash

SUITE=bookworm

# IVM_IMAGE_MIRROR: lines of a sources.list, for builds from a snapshot or without the Internet.
# Without it, Debian's own mirrors are used.
base_key() {
    { printf '%s\n' "$SUITE" "${IVM_IMAGE_MIRROR:-}"; cat "$IMAGE/packages-root.txt" "$IMAGE/steps/base.sh"; } | short_hash
}

# Leaves BASE: a folder with root.tar, linux-image.deb, packages.txt and licences.tar.zst.
base() {
    BASE=$CACHE/base-$(base_key)
    if [ -e "$BASE/root.tar" ]; then return; fi
    say "the base from Debian packages"
    local new
    new=$(scratch base)
    # shellcheck disable=SC2016  # the hook is expanded by mmdebstrap's shell
    printf '%s' "${IVM_IMAGE_MIRROR:-}" | HERE=$new mmdebstrap --quiet --variant=essential \
        --include="$(words_of "$IMAGE/packages-root.txt" | paste -sd,)" \
        --dpkgopt=force-unsafe-io --aptopt='Apt::Install-Recommends "false"' \
        --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/info/*' \
        --dpkgopt='path-exclude=/usr/share/locale/*' \
        --customize-hook='set -eu; export APT_CONFIG=$MMDEBSTRAP_APT_CONFIG; cd "$HERE"
            linux=$(apt-cache depends linux-image-amd64 | sed -n "s/^ *Depends: \(linux-image-[^ <]*\)$/\1/p" | head -n 1)
            apt-get download --quiet=2 -o APT::Sandbox::User=root "$linux"; mv linux-image-*.deb linux-image.deb
            dpkg-query --root="$1" -W -f="\${Package} \${Version}\n" > packages.txt
            dpkg-deb --show --showformat="\${Package} \${Version}\n" linux-image.deb >> packages.txt
            (cd "$1" && find usr/share/doc/*/copyright usr/share/common-licenses -print0 | LC_ALL=C sort -z \
                | tar --create --null --files-from=- --no-recursion --mtime=@0 --owner=0 --group=0 --numeric-owner) | zstd -q -19 > licences.tar.zst' \
        "$SUITE" "$new/root.tar" ${IVM_IMAGE_MIRROR:+-}
    LC_ALL=C sort -o "$new/packages.txt" "$new/packages.txt"
    keep "$new" "$BASE"
}
