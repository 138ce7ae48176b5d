# What was built, in words for people and programs.
# shellcheck shell=bash

# What an emulated processor can do without: tests of the cipher modules, defences against faults that
# it does not have, and the measuring of its clock.
EMULATED="mitigations=off nokaslr cryptomgr.notests tsc=reliable no_timer_check audit=0"

# Leaves the parts for a direct start, manifest.json and the licences in OUT.
manifest() {
    install -m 644 "$KERNEL/vmlinux" "$OUT/vmlinux"
    install -m 644 "$WORK/initrd.plain" "$OUT/initrd"
    printf 'root=PARTLABEL=root-a rauc.slot=A %s %s %s console=ttyS0\n' "$ROOT_ARGUMENTS" "$(cat "$IMAGE/boot/arguments")" "$EMULATED" > "$OUT/cmdline"
    install -m 644 "$BASE/licences.tar.zst" "$OUT/licences.tar.zst"
    install -m 644 "$KEYRING" "$OUT/keyring.pem"
    jq --null-input \
        --arg version "$VERSION" --arg commit "$COMMIT" --arg date "$(date --utc --date="@$EPOCH" +%Y-%m-%dT%H:%M:%SZ)" \
        --arg compatible "$COMPATIBLE" --arg root_hash "$ROOT_HASH" --arg kernel "$(cat "$KERNEL/version")" \
        --argjson development "$([ "$DEVELOPMENT" = yes ] && echo true || echo false)" \
        --argjson sizes "$(sizes)" --rawfile packages "$BASE/packages.txt" \
        '{version: $version, commit: $commit, built_from: $date, compatible: $compatible, development: $development,
          kernel: $kernel, root_hash: $root_hash, sizes: $sizes,
          packages: ($packages | split("\n") | map(select(. != "") | split(" ") | {name: .[0], version: .[1]}))}' \
        > "$OUT/manifest.json.new"
    mv "$OUT/manifest.json.new" "$OUT/manifest.json"
}

# Bytes of every part.
sizes() {
    local part
    {
        for part in root.squashfs initrd initrd.plain; do printf "%s %s\n" "$part" "$(stat --format=%s "$WORK/$part")"; done
        stat --format="vmlinuz %s" "$KERNEL/vmlinuz"
        stat --format="bundle %s" "$OUT/ivm-appliance.raucb"
        if [ "$WHAT" = all ]; then du --block-size=1 "$OUT/ivm-appliance.img" | awk '{ print "disk", $1 }'; fi
    } | jq --raw-input --slurp 'split("\n") | map(select(. != "") | split(" ") | {(.[0]): (.[1] | tonumber)}) | add'
}

figures() {
    jq --raw-output '"version \(.version), root \(.root_hash)", (.sizes | to_entries[] | "  \(.key): \(.value / 1048576 * 10 | round / 10) MB")' "$OUT/manifest.json" >&2
    say "done in $SECONDS s: $OUT"
}
