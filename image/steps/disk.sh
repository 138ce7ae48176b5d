# The whole disk: the boot loader's partition, the slots, and the data partition.
# shellcheck shell=bash

# GRUB's modules: what it takes to read the partitions and to run grub.cfg, and no more.
GRUB_MODULES="part_gpt fat normal configfile linux loadenv test echo true regexp serial terminal reboot sleep boot gzio efi_gop all_video minicmd"

esp() {
    local tree=$WORK/esp.d
    rm -rf "$tree"
    mkdir -p "$tree"
    # shellcheck disable=SC2016  # $prefix is GRUB's
    echo 'configfile $prefix/grub.cfg' > "$tree/early.cfg"
    # shellcheck disable=SC2086  # a list of words
    grub-mkimage --format=x86_64-efi --output="$tree/BOOTX64.EFI" --prefix=/EFI/BOOT --config="$tree/early.cfg" $GRUB_MODULES
    grub-editenv "$tree/grubenv" create
    grub-editenv "$tree/grubenv" set 'ORDER=A B' A_OK=1 B_OK=0 A_TRY=0 B_TRY=0
    # The spare tries both: a slot that holds nothing good does not pass.
    grub-editenv "$tree/grubenv.spare" create
    grub-editenv "$tree/grubenv.spare" set 'ORDER=A B' A_OK=1 B_OK=1 A_TRY=0 B_TRY=0
    cp "$IMAGE/boot/grub.cfg" "$tree/grub.cfg"
    fat "$WORK/esp.img" 40M ESP 49564D01
    MTOOLS_SKIP_CHECK=1 mmd -i "$WORK/esp.img" ::EFI ::EFI/BOOT
    local file
    for file in BOOTX64.EFI grub.cfg grubenv grubenv.spare; do copy_in "$WORK/esp.img" "$tree/$file" "EFI/BOOT/$file"; done
}

data() {
    rm -f "$WORK/data.img"
    truncate --size="${IVM_DATA_SIZE:-512M}" "$WORK/data.img"
    mkfs.ext4 -q -L data -m 1 -U 49564d00-0000-4000-8000-000000000002 \
        -E hash_seed=49564d00-0000-4000-8000-000000000003,lazy_itable_init=1,lazy_journal_init=1 "$WORK/data.img"
}

# Leaves ivm-appliance.img in OUT.
disk() {
    say "the disk image"
    esp
    data
    rm -rf "$WORK/genimage"
    mkdir -p "$WORK/genimage"/{root,tmp}
    ln -sfn "$SLOT/boot.img" "$WORK/boot.img"
    ln -sfn "$SLOT/root.img" "$WORK/root.img"
    genimage --loglevel 1 --config "$IMAGE/boot/disk.cfg" --inputpath "$WORK" --outputpath "$WORK/genimage" \
        --rootpath "$WORK/genimage/root" --tmppath "$WORK/genimage/tmp" > "$WORK/genimage.log" 2>&1 \
        || fail "genimage: $(cat "$WORK/genimage.log")"
    cp --sparse=always "$WORK/genimage/ivm-appliance.img" "$OUT/ivm-appliance.img.new"
    mv "$OUT/ivm-appliance.img.new" "$OUT/ivm-appliance.img"
    rm -rf "$WORK/genimage" "$WORK/data.img"
}
