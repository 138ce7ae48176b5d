"""A new desk telephone that asks all around where its files are (SIP PnP): a SUBSCRIBE to
sip.mcast.net, from the port at which it speaks SIP. Prints the answer and the NOTIFY as JSON.

    newphone.py ADDRESS MAC VENDOR MODEL SECONDS
"""

import json
import socket
import sys
import time

address, mac, vendor, model, seconds = sys.argv[1:]
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind((address, 5060))
sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(address))
sock.settimeout(0.5)
SUBSCRIBE = "\r\n".join([
    f"SUBSCRIBE sip:MAC%3a{mac}@224.0.1.75 SIP/2.0",
    f"Via: SIP/2.0/UDP {address}:5060;branch=z9hG4bK{mac}",
    "Max-Forwards: 70",
    f"From: <sip:MAC%3a{mac}@224.0.1.75>;tag={mac[6:]}",
    f"To: <sip:MAC%3a{mac}@224.0.1.75>",
    f"Call-ID: {mac}@{address}",
    "CSeq: 1 SUBSCRIBE",
    f"Contact: <sip:{address}:5060>",
    f'Event: ua-profile;profile-type="device";vendor="{vendor}";model="{model}";version="1.0"',
    "Accept: application/url",
    "Expires: 0",
    "Content-Length: 0",
    "",
    "",
]).encode()

answer, notify = "", None
end = time.monotonic() + float(seconds)
while notify is None and time.monotonic() < end:
    if not answer:
        sock.sendto(SUBSCRIBE, ("224.0.1.75", 5060))
    try:
        data, source = sock.recvfrom(65536)
    except TimeoutError:
        continue
    head, _, body = data.decode().partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    fields = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if first.startswith("SIP/2.0"):
        answer = first
    elif first.startswith("NOTIFY"):
        notify = {"source": source[0], "event": fields.get("event"),
                  "type": fields.get("content-type"), "url": body.strip()}
        kept = [line for line in lines if line.split(":")[0].lower() in ("via", "from", "to", "call-id", "cseq")]
        sock.sendto("\r\n".join(["SIP/2.0 200 OK", *kept, "Content-Length: 0", "", ""]).encode(), source)
print(json.dumps({"answer": answer, "notify": notify}))
