# The root file system: Debian's packages, pruned; our files from rootfs/; our programs.
# shellcheck shell=bash

# Leaves ROOT, a folder, and $WORK/root.squashfs.
root() {
    say "the root file system"
    ROOT=$WORK/root
    rm -rf "$ROOT"
    mkdir -p "$ROOT"
    tar --extract --file="$BASE/root.tar" --directory="$ROOT" --exclude='./dev/*'
    prune
    rm -rf "$ROOT/etc/systemd/system"
    cp -a "$KERNEL/system/lib/modules" "$ROOT/usr/lib/"
    cp -a --no-preserve=ownership "$IMAGE/rootfs/." "$ROOT/"
    if [ "$DEVELOPMENT" = yes ]; then
        cp -a --no-preserve=ownership "$IMAGE/rootfs-development/." "$ROOT/"
        install -m 755 /bin/busybox "$ROOT/usr/bin/busybox"
    fi
    local program
    for program in appliance appliancectl ivm; do
        install -m 755 "$BINARIES/$program" "$ROOT/usr/bin/$program"
        strip "$ROOT/usr/bin/$program"
    done
    install -D -m 644 "$KEYRING" "$ROOT/etc/rauc/keyring.pem"
    name_it
    settle
    pack
}

# What names this very version.
name_it() {
    local share=$ROOT/usr/share/ivm
    sed -i "s/^compatible=.*/compatible=$COMPATIBLE/" "$ROOT/etc/rauc/system.conf"
    echo "$VERSION" > "$share/version"
    cp "$BASE/packages.txt" "$share/packages.txt"
    rm -f "$ROOT/etc/os-release"
    cat > "$ROOT/usr/lib/os-release" <<OS
NAME="IVM appliance"
ID=ivm-appliance
ID_LIKE=debian
VERSION="$VERSION"
VERSION_ID="$VERSION"
PRETTY_NAME="IVM appliance $VERSION"
BUILD_ID="$COMMIT"
VARIANT_ID=$([ "$DEVELOPMENT" = yes ] && echo development || echo production)
OS
    ln -s ../usr/lib/os-release "$ROOT/etc/os-release"
    # The clock of a machine without one starts here.
    : > "$ROOT/usr/lib/clock-epoch"
}

# Users, services, and the places that a read-only root needs.
settle() {
    systemd-sysusers --root="$ROOT" 2>/dev/null
    systemctl --root="$ROOT" --quiet preset-all 2>/dev/null
    # Not starting a template takes the masks of its instances with it.
    cp -a --no-preserve=ownership "$IMAGE/rootfs/etc/systemd/system/." "$ROOT/etc/systemd/system/"
    # By Debian's units the whole start waits for name service and clock; here nothing does.
    local unit
    for unit in systemd-resolved systemd-timesyncd; do
        sed '/^Before=/s/sysinit\.target//' "$ROOT/usr/lib/systemd/system/$unit.service" > "$ROOT/etc/systemd/system/$unit.service"
    done
    systemctl --root="$ROOT" --quiet set-default multi-user.target
    rm -f "$ROOT"/etc/{passwd-,group-,shadow-,gshadow-,.pwd.lock} "$ROOT"/var/lib/dbus/machine-id
    # Nobody has a password.
    awk -F: '{ print $1 ":!*:19700:0:99999:7:::" }' "$ROOT/etc/shadow" > "$ROOT/etc/shadow.new"
    mv "$ROOT/etc/shadow.new" "$ROOT/etc/shadow"
    chmod 640 "$ROOT/etc/shadow" "$ROOT/etc/gshadow"
    : > "$ROOT/etc/machine-id"
    ln -sfn ../run/systemd/resolve/resolv.conf "$ROOT/etc/resolv.conf"
    ln -sfn ../run/ivm/localtime "$ROOT/etc/localtime"
    rm -f "$ROOT/etc/timezone" "$ROOT/etc/mtab"
    ln -sfn ../proc/self/mounts "$ROOT/etc/mtab"
    (cd "$ROOT" && rm -rf var run tmp boot home media srv opt)
    mkdir -p "$ROOT"/{efi,dev,proc,sys,run,tmp,var}
    # Nobody logs in, so nothing needs to become another user.
    find "$ROOT" -xdev -type f -perm /6000 -exec chmod a-s {} +
}

pack() {
    rm -f "$WORK/root.squashfs"
    # Every file belongs to root; modification times are those of the commit.
    env -u SOURCE_DATE_EPOCH mksquashfs "$ROOT" "$WORK/root.squashfs" -noappend -quiet -no-progress -all-root -no-xattrs \
        -comp zstd -Xcompression-level "${IVM_IMAGE_ZSTD:-15}" -b 128K -all-time "$EPOCH" -mkfs-time "$EPOCH" > "$WORK/mksquashfs.log" 2>&1 \
        || fail "mksquashfs: $(cat "$WORK/mksquashfs.log")"
}
