"""What two DHCP servers tell devices of several kinds: the one that offers an address, and the one
that is asked for the rest by who has an address.

    asks.py OFFERS INFORMS KIND..      each a card, `=`, and what it says in option 60

Prints a list of pairs as JSON: options in hexadecimal by their number, and `next`.
"""

import json
import select
import socket
import sys
import time

import dhcp
from avalanche import ARP, Client, answer_arp

ADDRESS = "192.168.50.99"
# What leads a telephone to its files.
CODES = (43, 66, 150, 159, 160, 242)


def ask(wire, arp, client, kind, options, server):
    """The answer of this server."""
    address = ADDRESS if kind == dhcp.INFORM else "0.0.0.0"
    message = dhcp.message(client.mac, 7, kind, options, ciaddr=address, broadcast=True)
    end = time.monotonic() + 20
    due = 0
    while time.monotonic() < end:
        if time.monotonic() >= due:
            wire.send(dhcp.frame(client.mac, address, message))
            due = time.monotonic() + 2
        for sock in select.select([wire, arp], [], [], 0.1)[0]:
            data = sock.recv(65536)
            if sock is arp:
                answer_arp(arp, data, [client])
                continue
            heard = dhcp.Heard.read(data)
            if heard and heard.is_reply and heard.mac == client.mac and heard.source == server:
                told = {str(code): heard.options[code].hex() for code in CODES if code in heard.options}
                return {**told, "next": heard.siaddr}
    return None


def main():
    offers, informs, *kinds = sys.argv[1:]
    wire, arp = dhcp.card(), dhcp.card(ARP)
    pairs = []
    for kind in kinds:
        mac, _, says = kind.partition("=")
        client = Client(bytes.fromhex(mac.replace(":", "")), ADDRESS)
        options = [(60, says.encode())] if says else []
        # This one first: who has been seen looking for an address is told its own folder.
        informed = ask(wire, arp, client, dhcp.INFORM, options, informs)
        pairs.append([ask(wire, arp, client, dhcp.DISCOVER, options, offers), informed])
    print(json.dumps(pairs))


if __name__ == "__main__":
    main()
