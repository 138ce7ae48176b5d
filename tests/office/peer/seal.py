"""Log-in keys and sealing, from "Log-in" and "Sealing" of docs/protocol.md and RFC 9180."""

import hashlib
import hmac
import os
import struct
import zlib

import cbor2
from argon2.low_level import Type, hash_secret_raw
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


def mac(key, data):
    return hmac.new(key, data, hashlib.sha256).digest()


def expand(prk, info, length):
    out, block = b"", b""
    for count in range(1, 2 + length // 32):
        block = mac(prk, block + info + bytes([count]))
        out += block
    return out[:length]


def hkdf(secret, info, length, salt=b""):
    return expand(mac(salt or bytes(32), secret), info, length)


class Password:
    """The keys of a password."""

    def __init__(self, password, salt, cost):
        memory, passes, lanes = cost[1], cost[2], cost[3]
        assert 8192 <= memory <= 262144 and 1 <= passes <= 10 and 1 <= lanes <= 4, "costs"
        master = hash_secret_raw(password.encode(), salt, passes, memory, lanes, 32, Type.ID)
        login = hkdf(master, b"ivm login", 32)
        self.wrap = hkdf(master, b"ivm wrap", 32)
        self.client_key = mac(login, b"Client Key")
        self.stored_key = hashlib.sha256(self.client_key).digest()
        self.server_key = mac(login, b"Server Key")

    def prove(self, message):
        signature = mac(self.stored_key, message)
        return bytes(a ^ b for a, b in zip(self.client_key, signature))

    def signature(self, message):
        return mac(self.server_key, message)


def auth_message(hello, challenge, kind, binding):
    def counted(data):
        return struct.pack(">I", len(data)) + data

    return b"ivm-login-1" + counted(hello) + counted(challenge) + bytes([kind]) + counted(binding)


def seal_with_nonce(key, associated, plain):
    nonce = os.urandom(12)
    return nonce + AESGCM(key).encrypt(nonce, plain, associated)


def open_with_nonce(key, associated, sealed):
    return AESGCM(key).decrypt(sealed[:12], sealed[12:], associated)


def recovery_lock(private, code, account):
    salt = os.urandom(16)
    return salt + seal_with_nonce(hkdf(code, b"ivm recovery", 32, salt), account, private)


class KeyPair:
    """An account's X25519 key pair."""

    def __init__(self, private=None):
        self.private = X25519PrivateKey.from_private_bytes(private or os.urandom(32))
        self.public = self.private.public_key().public_bytes_raw()

    def bytes(self):
        return self.private.private_bytes_raw()

    def exchange(self, public):
        return self.private.exchange(X25519PublicKey.from_public_bytes(public))


KEM, SUITE = b"KEM\x00\x20", b"HPKE\x00\x20\x00\x01\x00\x02"


def _extract(suite, salt, label, secret):
    return mac(salt or bytes(32), b"HPKE-v1" + suite + label + secret)


def _expand(suite, prk, label, info, length):
    return expand(prk, struct.pack(">H", length) + b"HPKE-v1" + suite + label + info, length)


def _hpke_key(exchanged, context):
    """Key and nonce of one message in mode auth (2)."""
    shared = _expand(KEM, _extract(KEM, b"", b"eae_prk", exchanged), b"shared_secret", context, 32)
    schedule = b"\x02" + _extract(SUITE, b"", b"psk_id_hash", b"") \
        + _extract(SUITE, b"", b"info_hash", b"ivm content key v1")
    secret = _extract(SUITE, shared, b"secret", b"")
    return (_expand(SUITE, secret, b"key", schedule, 32),
            _expand(SUITE, secret, b"base_nonce", schedule, 12))


def wrap(content, sender, recipient, associated):
    once = KeyPair()
    context = once.public + recipient + sender.public
    key, nonce = _hpke_key(once.exchange(recipient) + sender.exchange(recipient), context)
    return once.public + AESGCM(key).encrypt(nonce, content, associated)


def unwrap(wrapped, recipient, sender, associated):
    once = wrapped[:32]
    context = once + recipient.public + sender
    key, nonce = _hpke_key(recipient.exchange(once) + recipient.exchange(sender), context)
    return AESGCM(key).decrypt(nonce, wrapped[32:], associated)


class Message:
    """Seals and opens what belongs to one message."""

    def __init__(self, id, sender, content, format):
        self.id, self.sender, self.content, self.format = id, sender, content, format

    def _stream(self, stream):
        number = struct.pack(">H", stream)
        both = hkdf(self.content, b"ivm stream" + number, 39)
        descriptor = self.format if stream == 0 else b""
        return both[:32], both[32:], self.id + self.sender + number + descriptor

    def seal(self, stream, sequence, last, plain):
        key, prefix, associated = self._stream(stream)
        return AESGCM(key).encrypt(prefix + struct.pack(">IB", sequence, last), plain, associated)

    def open(self, stream, sequence, last, sealed):
        key, prefix, associated = self._stream(stream)
        return AESGCM(key).decrypt(prefix + struct.pack(">IB", sequence, last), sealed, associated)

    def describe(self, slot, name, media_type, size):
        about = cbor2.dumps({1: name, 2: media_type, 3: size})
        return seal_with_nonce(hkdf(self.content, b"ivm meta", 32),
                               self.id + self.sender + struct.pack(">H", slot), about)

    def description(self, slot, sealed):
        return cbor2.loads(open_with_nonce(hkdf(self.content, b"ivm meta", 32),
                                           self.id + self.sender + struct.pack(">H", slot), sealed))


def pack(data):
    squeezer = zlib.compressobj(6, zlib.DEFLATED, -15)
    small = squeezer.compress(data) + squeezer.flush()
    return b"\x01" + small if len(small) < len(data) else b"\x00" + data


def unpack(plain):
    return zlib.decompress(plain[1:], -15) if plain[0] == 1 else plain[1:]


def frames_to_run(frames):
    return b"".join(struct.pack(">H", len(frame)) + frame for frame in frames)


def run_to_frames(run):
    frames = []
    while run:
        length = struct.unpack(">H", run[:2])[0]
        frames.append(run[2:2 + length])
        run = run[2 + length:]
    return frames


def pcm_frame(samples):
    """A frame of lossless PCM of order 0: the high bytes of all residuals, then the low ones."""
    residuals = [((sample << 1) ^ (sample >> 15)) & 0xFFFF for sample in samples]
    return b"\x00" + bytes(r >> 8 for r in residuals) + bytes(r & 0xFF for r in residuals)


SPEECH = bytes([1, 1, 0, 0, 0x3E, 0x80, 1, 20, 1, 1])
LOSSLESS = bytes([1, 3, 0, 0, 0x3E, 0x80, 1, 20, 1, 1])
