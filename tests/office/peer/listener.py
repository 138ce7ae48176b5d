"""Says what it hears of DHCP on its card: a line of JSON for each message, whoever sent it."""

import json

import dhcp

KINDS = ["", "discover", "offer", "request", "decline", "ack", "nak", "release", "inform"]

wire = dhcp.card(dhcp.ALL)
print(json.dumps({"kind": "listening"}), flush=True)
while True:
    heard = dhcp.Heard.read(wire.recv(65536))
    if heard:
        said = {
            "kind": KINDS[heard.kind] if heard.kind < len(KINDS) else str(heard.kind),
            "source": heard.source,
            "mac": dhcp.text(heard.mac),
            "address": heard.yiaddr,
        }
        print(json.dumps(said), flush=True)
