# The update bundle, and the keys that sign it.
# shellcheck shell=bash

# Leaves CERT, KEY and KEYRING: those of the environment, or a pair for development, made once.
keys() {
    local given="${IVM_UPDATE_CERT:-}${IVM_UPDATE_KEY:-}${IVM_UPDATE_KEYRING:-}"
    if [ -n "$given" ]; then
        CERT=${IVM_UPDATE_CERT:?is missing} KEY=${IVM_UPDATE_KEY:?is missing} KEYRING=${IVM_UPDATE_KEYRING:?is missing}
        local file
        for file in "$CERT" "$KEYRING"; do [ -r "$file" ] || fail "cannot read $file"; done
        return
    fi
    local keys=$CACHE/keys
    CERT=$keys/signer.crt KEY=$keys/signer.key KEYRING=$keys/authority.crt
    if [ -e "$CERT" ]; then return; fi
    say "keys for development"
    mkdir -p "$CACHE"
    local new
    new=$(scratch keys)
    # Valid from the beginning: an appliance's clock may be behind.
    (
        umask 077
        cd "$new"
        openssl ecparam -genkey -name prime256v1 -noout -out authority.key
        openssl ecparam -genkey -name prime256v1 -noout -out signer.key
        openssl req -x509 -new -key authority.key -sha256 -days 7300 -subj "/O=IVM appliance/CN=development authority" \
            -addext basicConstraints=critical,CA:true -addext keyUsage=critical,keyCertSign,cRLSign -out authority.crt
        openssl req -new -key signer.key -subj "/O=IVM appliance/CN=development signer" -out signer.csr
        printf '%s\n' basicConstraints=critical,CA:false keyUsage=critical,digitalSignature extendedKeyUsage=emailProtection > signer.ext
        openssl x509 -req -in signer.csr -CA authority.crt -CAkey authority.key -set_serial 2 -days 7300 -sha256 -extfile signer.ext -out signer.crt
    ) 2> "$new/log" || fail "openssl: $(cat "$new/log")"
    keep "$new" "$keys"
}

# Leaves ivm-appliance.raucb in OUT. Boot comes after root: an update that was cut off has the old
# hash beside the new root, and does not start.
bundle() {
    say "the update bundle"
    local tree=$WORK/bundle
    rm -rf "$tree"
    mkdir -p "$tree"
    ln "$SLOT/root.img" "$SLOT/boot.img" "$tree/"
    cat > "$tree/manifest.raucm" <<MANIFEST
[update]
compatible=$COMPATIBLE
version=$VERSION
description=IVM appliance $VERSION
build=$COMMIT

[bundle]
format=verity

[image.rootfs]
filename=root.img

[image.boot]
filename=boot.img
MANIFEST
    rm -f "$OUT/ivm-appliance.raucb.new"
    env -u SOURCE_DATE_EPOCH rauc --cert="$CERT" --key="$KEY" --keyring="$KEYRING" bundle "$tree" "$OUT/ivm-appliance.raucb.new" \
        > "$WORK/rauc.log" 2>&1 || fail "rauc: $(cat "$WORK/rauc.log")"
    mv "$OUT/ivm-appliance.raucb.new" "$OUT/ivm-appliance.raucb"
    rm -rf "$tree"
}
