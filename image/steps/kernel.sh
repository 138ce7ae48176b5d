# The kernel of the base, with the modules that an appliance can use; in the cache, too.
# shellcheck shell=bash

kernel_key() {
    { echo "$BASE"; cat "$IMAGE"/modules-*.txt "$IMAGE/steps/kernel.sh"; } | short_hash
}

# Leaves KERNEL: a folder with vmlinuz, vmlinux, version, system/ and initrd/ (modules for each).
kernel() {
    KERNEL=$CACHE/kernel-$(kernel_key)
    if [ -e "$KERNEL/version" ]; then return; fi
    say "the kernel"
    local new all version
    new=$(scratch kernel)
    all=$new/all
    dpkg-deb --extract "$BASE/linux-image.deb" "$all"
    version=$(ls "$all/lib/modules")
    depmod --basedir "$all" "$version"
    words_of "$IMAGE/modules-initrd.txt" | modules "$all" "$version" "$new/initrd"
    words_of "$IMAGE/modules-initrd.txt" "$IMAGE/modules-root.txt" | modules "$all" "$version" "$new/system"
    cp "$all/boot/vmlinuz-$version" "$new/vmlinuz"
    unpack_kernel "$new/vmlinuz" > "$new/vmlinux"
    rm -r "$all"
    echo "$version" > "$new/version"
    keep "$new" "$KERNEL"
}

# modules FROM VERSION INTO: the modules named on standard input with all that they need.
modules() {
    local from=$1 version=$2 into=$3 name
    while read -r name; do
        modprobe --dirname "$from" --set-version "$version" --show-depends "$name" 2>/dev/null \
            || fail "the kernel $version has no module $name"
    done | sed -n 's/^insmod \([^ ]*\).*/\1/p' | LC_ALL=C sort -u | while read -r name; do
        install -D --mode=644 "$name" "$into/lib/modules/$version/${name#"$from/lib/modules/$version/"}"
    done
    cp "$from/lib/modules/$version"/modules.{builtin,builtin.modinfo,order} "$into/lib/modules/$version/"
    depmod --basedir "$into" "$version"
}

# Debian packs the kernel with xz, which takes an emulated processor seconds to unpack; QEMU takes
# the unpacked one, too.
unpack_kernel() {
    local start
    start=$(LC_ALL=C grep --only-matching --byte-offset --text --perl-regexp '\xfd7zXZ\x00' "$1" | head -n 1 | cut -d : -f 1)
    [ -n "$start" ] || fail "$1 is not packed with xz"
    tail --bytes=+$((start + 1)) "$1" | xz --decompress --single-stream --stdout 2>/dev/null || true
}
