# The initial RAM disk: busybox, dmsetup, a few modules and boot/init.
# shellcheck shell=bash

# Leaves $WORK/initrd, packed, and $WORK/initrd.plain, for an emulated processor.
initrd() {
    say "the initial RAM disk"
    local tree=$WORK/initrd.d library
    rm -rf "$tree"
    mkdir -p "$tree"/{bin,sbin,dev,proc,sys,run,newroot,data,lib,lib64,usr/sbin}
    install -m 755 /bin/busybox "$tree/bin/busybox"
    local applet
    for applet in cat chmod cp find grep mkdir modprobe mount reboot sh sleep sort switch_root umount xargs; do
        ln -s busybox "$tree/bin/$applet"
    done
    # Where the kernel looks when it needs a module by itself.
    ln -s ../bin/busybox "$tree/sbin/modprobe"
    cp -a "$KERNEL/initrd/lib/modules" "$tree/lib/"
    # The modules' tables in text are for depmod only.
    rm -f "$tree"/lib/modules/*/modules.{order,builtin.modinfo}
    # dmsetup and its libraries are those of the base, not of this machine.
    mkdir -p "$WORK/dm"
    tar --extract --file="$BASE/root.tar" --directory="$WORK/dm" --wildcards './usr/sbin/dmsetup' './usr/lib/x86_64-linux-gnu/*.so*' './usr/lib64' './lib*'
    cp "$WORK/dm/usr/sbin/dmsetup" "$tree/bin/dmsetup"
    for library in $(needed "$WORK/dm" "$tree/bin/dmsetup" | LC_ALL=C sort -u); do
        cp --dereference "$WORK/dm/usr/lib/x86_64-linux-gnu/$library" "$tree/lib/$library"
    done
    ln -s ../lib/ld-linux-x86-64.so.2 "$tree/lib64/ld-linux-x86-64.so.2"
    rm -rf "${tree:?}/usr" "$WORK/dm"
    install -m 755 "$IMAGE/boot/init" "$tree/init"
    find "$tree" -exec touch --no-dereference --date="@$EPOCH" {} +
    (cd "$tree" && find . -print0 | LC_ALL=C sort -z | cpio --null --create --format=newc --quiet --reproducible --owner=0:0) > "$WORK/initrd.plain"
    zstd --quiet --force -12 "$WORK/initrd.plain" -o "$WORK/initrd"
}

# needed ROOT PROGRAM: the libraries that it needs, and those that they need.
needed() {
    local library
    for library in $(readelf --dynamic "$2" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'); do
        echo "$library"
        needed "$1" "$1/usr/lib/x86_64-linux-gnu/$library"
    done
}
