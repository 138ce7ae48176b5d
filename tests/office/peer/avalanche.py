"""Many DHCP clients behind one card, each with a card's address of its own, which start within a
second or two.

    avalanche.py start FIRST COUNT      each asks until it has an address
    avalanche.py renew FILE             each asks for what it has for longer: a line for each,
                                        its card and its address

A line of JSON for each acknowledgement and each refusal; the end when all are served.
"""

import json
import select
import socket
import struct
import sys
import time

import dhcp

ARP = 0x0806
# From one client to the next, seconds.
APART = 0.02


class Client:
    """One client: it looks for an address, or has one and wants to keep it."""

    def __init__(self, mac, address=None):
        self.mac, self.address = mac, address
        self.is_done, self.offered, self.server, self.tries, self.due = False, None, None, 0, 0

    def say(self):
        """What it sends next."""
        self.tries += 1
        self.due = time.monotonic() + min(0.25 * 2**self.tries, 2)
        xid = int.from_bytes(self.mac[2:], "big")
        if self.address:
            message = dhcp.message(self.mac, xid, dhcp.REQUEST, ciaddr=self.address)
            return dhcp.frame(self.mac, self.address, message)
        if self.offered and self.tries < 4:
            options = [(54, self.server), (50, socket.inet_aton(self.offered))]
            message = dhcp.message(self.mac, xid, dhcp.REQUEST, options)
        else:
            self.offered = None
            # Every second one can take no frame before it has an address.
            message = dhcp.message(self.mac, xid, dhcp.DISCOVER, broadcast=self.mac[5] % 2 == 0)
        return dhcp.frame(self.mac, "0.0.0.0", message)

    def hear(self, heard):
        """True if it goes on at once."""
        if heard.kind == dhcp.OFFER and not self.address and not self.offered:
            self.offered, self.server, self.tries = heard.yiaddr, heard.options[54], 0
            return True
        if heard.kind in (dhcp.ACK, dhcp.NAK) and (self.offered or self.address):
            kind = "ack" if heard.kind == dhcp.ACK else "nak"
            said = {"kind": kind, "mac": dhcp.text(self.mac), "address": heard.yiaddr}
            print(json.dumps(said), flush=True)
            self.is_done = kind == "ack" or bool(self.address)
            self.offered = None
            if kind == "ack":
                self.address = heard.yiaddr
            return not self.is_done
        return False


def answer_arp(sock, data, clients):
    """Whoever has an address says so."""
    operation = int.from_bytes(data[20:22], "big")
    wanted = socket.inet_ntoa(data[38:42])
    for client in clients if operation == 1 else ():
        if client.address == wanted:
            head = struct.pack(">HHBBH", 1, dhcp.IPV4, 6, 4, 2)
            about = client.mac + data[38:42] + data[22:28] + data[28:32]
            sock.send(data[6:12] + client.mac + struct.pack(">H", ARP) + head + about)


def main():
    if sys.argv[1] == "start":
        first, count = int(sys.argv[2]), int(sys.argv[3])
        numbers = range(first, first + count)
        clients = [Client(b"\x02\x00\x5e\x07" + number.to_bytes(2, "big")) for number in numbers]
    else:
        with open(sys.argv[2]) as file:
            known = [line.split() for line in file]
        clients = [Client(bytes.fromhex(mac.replace(":", "")), address) for mac, address in known]
    wire, arp = dhcp.card(), dhcp.card(ARP)
    for number, client in enumerate(clients):
        client.due = time.monotonic() + number * APART
    by_mac = {client.mac: client for client in clients}
    while not all(client.is_done for client in clients):
        for client in clients:
            if not client.is_done and client.due <= time.monotonic():
                wire.send(client.say())
        for sock in select.select([wire, arp], [], [], 0.02)[0]:
            data = sock.recv(65536)
            if sock is arp:
                answer_arp(arp, data, clients)
                continue
            heard = dhcp.Heard.read(data)
            client = by_mac.get(heard.mac) if heard and heard.is_reply else None
            if client and not client.is_done and client.hear(heard):
                wire.send(client.say())


if __name__ == "__main__":
    main()
