"""Messages of DHCP (RFC 2131) and the frames around them, as a card sends and hears them."""

import socket
import struct

DISCOVER, OFFER, REQUEST, DECLINE, ACK, NAK, RELEASE, INFORM = range(1, 9)
EVERYBODY = b"\xff" * 6
ALL, IPV4, UDP = 0x0003, 0x0800, 17
SERVER, CLIENT = 67, 68
COOKIE = b"\x63\x82\x53\x63"
FIXED = struct.Struct(">BBBBIHH4s4s4s4s16s192s4s")


def card(kind=IPV4, name="eth0"):
    """A socket that hears all frames that come to a card, whomever they are for; of all kinds,
    those that go out, too."""
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(kind))
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    sock.bind((name, kind))
    return sock


def text(mac):
    return ":".join(f"{byte:02x}" for byte in mac)


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def frame(mac, source, message):
    """A broadcast from the clients' port, as a client sends it."""
    source, to = socket.inet_aton(source), socket.inet_aton("255.255.255.255")
    length = 8 + len(message)
    # A checksum of zero is none.
    udp = struct.pack(">HHHH", CLIENT, SERVER, length, 0) + message
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + length, 0, 0, 64, UDP, 0, source, to)
    head = head[:10] + struct.pack(">H", checksum(head)) + head[12:]
    return EVERYBODY + mac + struct.pack(">H", IPV4) + head + udp


def message(mac, xid, kind, options=(), ciaddr="0.0.0.0", broadcast=False):
    fixed = FIXED.pack(
        1, 1, 6, 0, xid, 0, 0x8000 if broadcast else 0, socket.inet_aton(ciaddr), bytes(4),
        bytes(4), bytes(4), mac.ljust(16, b"\0"), bytes(192), COOKIE,
    )
    pieces = [(53, bytes([kind])), *options]
    return fixed + b"".join(bytes([code, len(value)]) + value for code, value in pieces) + b"\xff"


class Heard:
    """A message of DHCP in a frame."""

    def __init__(self, data):
        start = 14 + (data[14] & 15) * 4
        self.source = socket.inet_ntoa(data[26:30])
        self.port = int.from_bytes(data[start : start + 2], "big")
        body = data[start + 8 :]
        op, _, length, _, self.xid, _, _, ciaddr, yiaddr, siaddr, _, chaddr, _, cookie = (
            FIXED.unpack_from(body)
        )
        if cookie != COOKIE:
            raise ValueError("no DHCP")
        self.is_reply = op == 2
        self.mac = chaddr[: min(length, 16)]
        self.yiaddr, self.ciaddr = socket.inet_ntoa(yiaddr), socket.inet_ntoa(ciaddr)
        self.siaddr = socket.inet_ntoa(siaddr)
        self.options, rest = {}, body[FIXED.size :]
        while rest and rest[0] != 255:
            if rest[0] == 0:
                rest = rest[1:]
                continue
            self.options[rest[0]] = rest[2 : 2 + rest[1]]
            rest = rest[2 + rest[1] :]
        self.kind = self.options.get(53, b"\0")[0]

    @classmethod
    def read(cls, data):
        """What a frame holds; none if it is not about DHCP."""
        try:
            if int.from_bytes(data[12:14], "big") != IPV4 or data[23] != UDP:
                return None
            start = 14 + (data[14] & 15) * 4
            ports = {int.from_bytes(data[start + at : start + at + 2], "big") for at in (0, 2)}
            return cls(data) if ports & {SERVER, CLIENT} else None
        except (IndexError, ValueError, struct.error):
            return None
