"""Message objects over TLS, from "The header" and "Transport" of docs/protocol.md."""

import hashlib
import os
import select
import socket
import struct
import time

import cbor2
from cryptography.hazmat.primitives.serialization import Encoding
from OpenSSL import SSL

HEADER = struct.Struct(">2sBBBBH16s16s16sI")
CONNECT, DISCONNECT, SUBSCRIBE, UNSUBSCRIBE, POST, PING, DROP, CLIENT, GOING_DOWN = range(1, 10)
ANSWER, REFUSED = 1, 2
BLANK = bytes(16)


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def uuid7():
    stamp = int(time.time() * 1000).to_bytes(6, "big")
    chance = bytearray(os.urandom(10))
    chance[0] = 0x70 | chance[0] & 0x0F
    chance[2] = 0x80 | chance[2] & 0x3F
    return stamp + bytes(chance)


class Refused(Exception):
    """The server said no."""

    def __init__(self, body):
        super().__init__(body[2])
        self.code = body[1]


class Object:
    """One message object."""

    def __init__(self, action, kind=0, body=b"", *, id=None, flags=0, priority=2,
                 source=BLANK, destination=BLANK):
        self.action, self.kind, self.body = action, kind, body
        self.id, self.flags, self.priority = id or uuid7(), flags, priority
        self.source, self.destination = source, destination

    def to_bytes(self):
        head = HEADER.pack(b"IV", 1, self.action, self.priority, self.flags, self.kind, self.id,
                           self.source, self.destination, len(self.body))
        return head + struct.pack(">I", crc32c(head)) + self.body

    @staticmethod
    def parse_header(head):
        magic, version, action, priority, flags, kind, id, source, destination, length = \
            HEADER.unpack(head[:60])
        assert magic == b"IV" and version == 1, "not a message object of version 1"
        assert struct.unpack(">I", head[60:])[0] == crc32c(head[:60]), "wrong checksum"
        found = Object(action, kind, id=id, flags=flags, priority=priority, source=source,
                       destination=destination)
        return found, length

    def read(self):
        return cbor2.loads(self.body) if self.body else None


class Link:
    """A TLS connection with an appliance whose authority has this fingerprint."""

    def __init__(self, host, port, fingerprint, timeout=20):
        self.timeout = timeout
        self.socket = socket.create_connection((host, port), timeout)
        self.socket.setblocking(False)
        context = SSL.Context(SSL.TLS_CLIENT_METHOD)
        context.set_min_proto_version(SSL.TLS1_3_VERSION)
        # The appliance is its own authority: what is checked stands below.
        context.set_verify(SSL.VERIFY_NONE)
        self.tls = SSL.Connection(context, self.socket)
        self.tls.set_connect_state()
        try:
            self._until(self.tls.do_handshake)
            self._check(fingerprint)
        except Exception:
            self.close()
            raise
        self.exporter = self.tls.export_keying_material(b"EXPORTER-Channel-Binding", 32, None)

    def _check(self, fingerprint):
        chain = [certificate.to_cryptography() for certificate in self.tls.get_peer_cert_chain()]
        server, authority = chain[0], chain[-1]
        found = hashlib.sha256(authority.public_bytes(Encoding.DER)).digest()
        if found != bytes.fromhex(fingerprint.replace(":", "")):
            raise ConnectionError("the authority is not the one that was expected")
        server.verify_directly_issued_by(authority)

    def _until(self, deed, *arguments):
        """Does it, and waits for the socket as often as it takes."""
        end = time.monotonic() + self.timeout
        while True:
            left = end - time.monotonic()
            if left <= 0:
                raise TimeoutError("the server did not answer in time")
            try:
                return deed(*arguments)
            except SSL.WantReadError:
                select.select([self.socket], [], [], left)
            except SSL.WantWriteError:
                select.select([], [self.socket], [], left)
            except (SSL.ZeroReturnError, SSL.SysCallError) as error:
                raise ConnectionError("the server closed the connection") from error

    def send(self, thing):
        data = thing.to_bytes()
        while data:
            data = data[self._until(self.tls.send, data):]

    def _exactly(self, length):
        data = b""
        while len(data) < length:
            data += self._until(self.tls.recv, length - len(data))
        return data

    def receive(self):
        thing, length = Object.parse_header(self._exactly(64))
        thing.body = self._exactly(length)
        return thing

    def close(self):
        self.socket.close()
