# A slot: the root with its hash tree, and the boot partition that knows the tree's root.
# shellcheck shell=bash

# Fixed: the hash of the root is a matter of its content alone.
SALT=0000000000000000000000000000000000000000000000000000000049564d31
UUID_OF_TREE=49564d00-0000-4000-8000-000000000001

# Leaves $SLOT/root.img, $SLOT/boot.img, ROOT_HASH and ROOT_ARGUMENTS.
slot() {
    say "the slot"
    SLOT=$WORK/slot
    rm -rf "$SLOT"
    mkdir -p "$SLOT"
    local size blocks
    size=$(stat --format=%s "$WORK/root.squashfs")
    blocks=$(((size + 4095) / 4096))
    cp "$WORK/root.squashfs" "$SLOT/root.img"
    truncate --size=$((blocks * 4096)) "$SLOT/root.img"
    ROOT_HASH=$(veritysetup format "$SLOT/root.img" "$SLOT/root.img" --hash-offset=$((blocks * 4096)) \
        --data-blocks="$blocks" --salt="$SALT" --uuid="$UUID_OF_TREE" | sed -n 's/^Root hash:[[:space:]]*//p')
    [ -n "$ROOT_HASH" ] || fail "veritysetup made no hash tree"
    [ "$(stat --format=%s "$SLOT/root.img")" -le $((256 << 20)) ] || fail "the root does not fit its partition of 256 MB"
    ROOT_ARGUMENTS="ivm.roothash=$ROOT_HASH ivm.roothash_blocks=$blocks ivm.roothash_salt=$SALT"
    printf 'set root_of_slot="%s"\nset arguments="%s"\n' "$ROOT_ARGUMENTS" "$(cat "$IMAGE/boot/arguments")" > "$WORK/slot.cfg"
    fat "$SLOT/boot.img" 24M BOOT 49564D02
    copy_in "$SLOT/boot.img" "$KERNEL/vmlinuz" vmlinuz
    copy_in "$SLOT/boot.img" "$WORK/initrd" initrd
    copy_in "$SLOT/boot.img" "$WORK/slot.cfg" slot.cfg
}

# fat FILE SIZE LABEL ID
fat() {
    rm -f "$1"
    truncate --size="$2" "$1"
    mkfs.vfat -n "$3" -i "$4" --invariant "$1" > /dev/null
}

# copy_in FAT FROM TO
copy_in() {
    touch --date="@$EPOCH" "$2" 2>/dev/null || true
    MTOOLS_SKIP_CHECK=1 TZ=UTC mcopy -m -i "$1" "$2" "::$3" || fail "$2 does not fit into $(basename "$1")"
}
