#!/usr/bin/env python3
"""Checks the vector files with another implementation of everything they use.

Needs the packages `cryptography` and `argon2-cffi`. This is also the shortest complete
description of how a message is sealed: HPKE is written out from RFC 9180.
"""

import hashlib
import hmac
import pathlib
import zlib

from argon2.low_level import Type, hash_secret_raw
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FOLDER = pathlib.Path(__file__).parent


def mac(key, message):
    return hmac.new(key, message, hashlib.sha256).digest()


def extract(salt, secret):
    return mac(salt or bytes(32), secret)


def expand(prk, info, length):
    out, block, count = b"", b"", 0
    while len(out) < length:
        count += 1
        block = mac(prk, block + info + bytes([count]))
        out += block
    return out[:length]


def hkdf(secret, salt, info, length):
    return expand(extract(salt, secret), info, length)


# RFC 9180, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM (2) or AES-128-GCM (1), auth mode.


def labeled_extract(suite, salt, label, secret):
    return extract(salt, b"HPKE-v1" + suite + label + secret)


def labeled_expand(suite, prk, label, info, length):
    return expand(prk, length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info, length)


def dh(private, public):
    return X25519PrivateKey.from_private_bytes(private).exchange(
        X25519PublicKey.from_public_bytes(public)
    )


def public_of(private):
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def hpke_open(enc, recipient, sender_public, info, aad, sealed, aead=2):
    kem = b"KEM" + (0x20).to_bytes(2, "big")
    secret = dh(recipient, enc) + dh(recipient, sender_public)
    context = enc + public_of(recipient) + sender_public
    eae = labeled_extract(kem, b"", b"eae_prk", secret)
    shared = labeled_expand(kem, eae, b"shared_secret", context, 32)
    suite = b"HPKE" + bytes([0, 0x20, 0, 1, 0, aead])
    psk_id = labeled_extract(suite, b"", b"psk_id_hash", b"")
    info_hash = labeled_extract(suite, b"", b"info_hash", info)
    schedule = b"\x02" + psk_id + info_hash
    secret = labeled_extract(suite, shared, b"secret", b"")
    key = labeled_expand(suite, secret, b"key", schedule, 32 if aead == 2 else 16)
    nonce = labeled_expand(suite, secret, b"base_nonce", schedule, 12)
    return AESGCM(key).decrypt(nonce, sealed, aad)


def check_rfc_9180():
    """The auth vector of appendix A.1.3 (AES-128-GCM), so that `hpke_open` can be trusted."""
    opened = hpke_open(
        bytes.fromhex("23fb952571a14a25e3d678140cd0e5eb47a0961bb18afcf85896e5453c312e76"),
        bytes.fromhex("fdea67cf831f1ca98d8e27b1f6abeb5b7745e9d35348b80fa407ff6958f9137e"),
        bytes.fromhex("8b0c70873dc5aecb7f9ee4e62406a397b350e57012be45cf53b7105ae731790b"),
        bytes.fromhex("4f6465206f6e2061204772656369616e2055726e"),
        b"Count-0",
        bytes.fromhex(
            "5fd92cc9d46dbf8943e72a07e42f363ed5f721212cd90bcfd072bfd9f44e06b8"
            "0fd17824947496e21b680c141b"
        ),
        aead=1,
    )
    assert opened == b"Beauty is truth, truth beauty"


def read(name):
    vectors = []
    for line in (FOLDER / name).read_text().splitlines():
        if line.startswith("["):
            vectors.append({"kind": line.strip("[]")})
        elif line and not line.startswith("#"):
            key, value = line.split(": ", 1)
            vectors[-1][key] = value
    assert vectors
    return vectors


def raw(vector, *names):
    return [bytes.fromhex(vector[name]) for name in names]


def stream_open(content_key, message, sender, number, descriptor, seq, last, sealed):
    both = hkdf(content_key, None, b"ivm stream" + number.to_bytes(2, "big"), 39)
    nonce = both[32:] + seq.to_bytes(4, "big") + bytes([last])
    aad = message + sender + number.to_bytes(2, "big") + descriptor
    return AESGCM(both[:32]).decrypt(nonce, sealed, aad)


def half(account, key):
    digest = hashlib.sha512(b"ivm safety number v1" + key + account).digest()
    for _ in range(5200):
        digest = hashlib.sha512(digest + key).digest()
    groups = [int.from_bytes(digest[at : at + 5], "big") % 100000 for at in range(0, 30, 5)]
    return " ".join(f"{group:05}" for group in groups)


def check_seal(vector):
    if vector["kind"] == "safety":
        one, one_key, two, two_key = raw(vector, "one", "one public", "two", "two public")
        assert vector["number"] == " ".join(sorted([half(one, one_key), half(two, two_key)]))
        return
    key, message, sender = raw(vector, "content key", "message", "sender")
    if vector["kind"] == "stream":
        plaintext, sealed = raw(vector, "plaintext", "sealed")
        descriptor = bytes.fromhex(vector.get("format", ""))
        number, seq, last = (int(vector[name]) for name in ("stream", "seq", "last"))
        opened = stream_open(key, message, sender, number, descriptor, seq, last, sealed)
        assert opened == plaintext
    elif vector["kind"] == "meta":
        plaintext, sealed = raw(vector, "plaintext", "sealed")
        aad = message + sender + int(vector["slot"]).to_bytes(2, "big")
        meta = hkdf(key, None, b"ivm meta", 32)
        assert AESGCM(meta).decrypt(sealed[:12], sealed[12:], aad) == plaintext
    else:
        assert vector["kind"] == "wrap"
        recipient, private, public, wrapped = raw(
            vector, "recipient", "recipient private", "sender public", "wrapped"
        )
        aad = message + sender + recipient
        info = b"ivm content key v1"
        assert hpke_open(wrapped[:32], private, public, info, aad, wrapped[32:]) == key


def check_account(vector):
    account, private, locked = raw(vector, "account", "private", "locked")
    if vector["kind"] == "recovery":
        letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
        number = 0
        for letter in vector["code"].replace("-", ""):
            number = number << 5 | letters.index(letter)
        key = hkdf(number.to_bytes(20, "big"), locked[:16], b"ivm recovery", 32)
        locked = locked[16:]
    else:
        salt, auth = raw(vector, "salt", "auth message")
        cost = {name: int(vector[name]) for name in ("memory KiB", "passes", "lanes")}
        master = hash_secret_raw(
            vector["password"].encode(), salt, time_cost=cost["passes"],
            memory_cost=cost["memory KiB"], parallelism=cost["lanes"], hash_len=32, type=Type.ID,
        )
        login, key = (hkdf(master, None, info, 32) for info in (b"ivm login", b"ivm wrap"))
        client = mac(login, b"Client Key")
        stored = hashlib.sha256(client).digest()
        server = mac(login, b"Server Key")
        proof = bytes(a ^ b for a, b in zip(client, mac(stored, auth)))
        assert [stored, server, proof, mac(server, auth)] == raw(
            vector, "stored key", "server key", "proof", "server signature"
        )
    assert AESGCM(key).decrypt(locked[:12], locked[12:], account) == private


def check_audio(vector):
    """Opens every portion, counts its frames, and decodes those of PCM."""
    key, message, sender, descriptor = raw(vector, "content key", "message", "sender", "format")
    rate, frames, samples = int.from_bytes(descriptor[2:6], "big"), 0, []
    count = int(vector["portions"])
    for seq in range(count):
        sealed = bytes.fromhex(vector[f"portion {seq}"])
        last = int(seq + 1 == count)
        plain = stream_open(key, message, sender, 0, descriptor, seq, last, sealed)
        run = zlib.decompress(plain[1:], -15) if plain[0] == 1 else plain[1:]
        while run:
            length = int.from_bytes(run[:2], "big")
            frame, run = run[2 : 2 + length], run[2 + length :]
            frames += 1
            if descriptor[1] == 3:
                samples += pcm(frame)
    assert frames * rate // 50 == int(vector["samples"])
    if samples:
        bars = bytes.fromhex(vector["bars"])
        for at, bar in enumerate(bars):
            start, end = (len(samples) * (at + n) // len(bars) for n in (0, 1))
            peak = max(abs(sample) for sample in samples[start:end]) / 32768 * 255
            assert abs(peak - bar) <= 1


def pcm(frame):
    order, planes = frame[0], frame[1:]
    half_way, out = len(planes) // 2, []
    for high, low in zip(planes[:half_way], planes[half_way:]):
        zigzag = high << 8 | low
        out.append((zigzag >> 1) ^ -(zigzag & 1))
    for _ in range(order):
        last = 0
        for at, step in enumerate(out):
            last = (last + step + 32768 & 0xFFFF) - 32768
            out[at] = last
    return out


def main():
    check_rfc_9180()
    for name, check in (
        ("seal.txt", check_seal), ("account.txt", check_account), ("audio.txt", check_audio)
    ):
        vectors = read(name)
        for vector in vectors:
            check(vector)
        print(f"{name}: {len(vectors)} vectors hold")


if __name__ == "__main__":
    main()
