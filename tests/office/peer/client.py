"""A client of the IVM server: log-in, sending, receiving, from docs/protocol.md."""

import os
import time

import cbor2

import seal
from wire import ANSWER, CLIENT, CONNECT, DROP, PING, POST, REFUSED, SUBSCRIBE, BLANK, Link, \
    Object, Refused, uuid7

HELLO, CHALLENGE, PROOF, WELCOME, TOKEN_HELLO, INVITATION, INVITATION_INFO, ENROL = range(16, 24)
SUBSCRIPTION, RECEIPT, ENVELOPE, PROGRESS, CANCEL, DISCARD = 40, 48, 49, 50, 51, 52
ROSTER, PRESENCE, KEY_QUERY, KEYS = 57, 58, 59, 60
PORTION, CHECK_IN, SEND, SENDING = 128, 129, 130, 134
LIVE, RECORD = 1, 2
COST = {1: 8192, 2: 1, 3: 1}


class Client:
    """One device of one person."""

    def __init__(self, place, fingerprint):
        host, port = place.rsplit(":", 1)
        self.link = Link(host.strip("[]"), int(port), fingerprint)
        self.waiting = []
        self.roster = {}

    def close(self):
        self.link.close()

    # -- conversation

    def next(self):
        """The next object that is not about keeping the connection."""
        while True:
            thing = self.link.receive()
            if thing.action == PING and not thing.flags & ANSWER:
                self.link.send(Object(PING, id=thing.id, flags=ANSWER))
            elif thing.action == DROP:
                raise Refused(thing.read())
            elif thing.kind == ROSTER:
                self.roster.update((person[1], person) for person in thing.read()[1])
            else:
                return thing

    def ask(self, action, kind, body, **header):
        """Asks, and waits for the answer; what comes between is kept for `await_kind`."""
        asked = Object(action, kind, cbor2.dumps(body), **header)
        self.link.send(asked)
        while True:
            thing = self.next()
            if thing.flags & ANSWER and thing.id == asked.id:
                if thing.flags & REFUSED:
                    raise Refused(thing.read())
                self.asked = asked
                return thing
            self.waiting.append(thing)

    def await_kind(self, kind, fits=lambda body: True):
        """The next object of this kind that fits; others of the kind are kept."""
        for thing in self.waiting:
            if thing.kind == kind and fits(thing.read()):
                self.waiting.remove(thing)
                return thing.read()
        while True:
            thing = self.next()
            if thing.kind == kind and fits(thing.read()):
                return thing.read()
            self.waiting.append(thing)

    # -- log-in

    def enrol(self, code, password):
        info = self.ask(CONNECT, INVITATION, {1: code}).read()
        pair, salt = seal.KeyPair(), os.urandom(16)
        keys = seal.Password(password, salt, COST)
        credentials = {
            1: salt, 2: COST, 3: keys.stored_key, 4: keys.server_key, 5: pair.public,
            6: seal.seal_with_nonce(keys.wrap, info[1], pair.bytes()),
            7: seal.recovery_lock(pair.bytes(), os.urandom(20), info[1]),
        }
        self.ask(CONNECT, ENROL, {1: code, 2: credentials})
        return info

    def log_in(self, name, password):
        hello = {1: name, 2: os.urandom(32), 4: "python", 5: "peer 1"}
        challenge = self.ask(CONNECT, HELLO, hello)
        hello = self.asked.body
        asked = challenge.read()
        keys = seal.Password(password, asked[1], asked[2])
        message = seal.auth_message(hello, challenge.body, 1, self.link.exporter)
        welcome = self.ask(CONNECT, PROOF, {1: 1, 2: keys.prove(message)}).read()
        assert welcome[1] == keys.signature(message), "the server does not know the account"
        self.pair = seal.KeyPair(seal.open_with_nonce(keys.wrap, welcome[2], welcome[7]))
        assert self.pair.public == welcome[6], "the key pair is another"
        self.account, self.device, self.token = welcome[2], welcome[3], welcome[8]
        return welcome

    def log_in_with_token(self, earlier):
        self.pair, self.account = earlier.pair, earlier.account
        self.device, self.token = earlier.device, earlier.token
        hello = {1: self.device, 2: self.token, 3: "peer 1"}
        return self.ask(CONNECT, TOKEN_HELLO, hello).read()

    def arrive(self, **check_in):
        """Subscribes to people, messages and receipts, and checks in."""
        self.ask(SUBSCRIBE, SUBSCRIPTION, {1: [1, 2, 3]})
        lists = [check_in.get(name, []) for name in ("sending", "receiving", "watching")]
        self.ask(CLIENT, CHECK_IN, dict(enumerate(lists, 1)))

    # -- messages

    def person(self, name):
        return next(person for person in self.roster.values() if person[2] == name)

    def open_message(self, names, mode, format, files=()):
        """Opens a message; the answer is what seals its portions."""
        content, id = os.urandom(32), uuid7()
        message = seal.Message(id, self.account, content, format)

        def wrapped(person, key):
            return seal.wrap(content, self.pair, key, id + self.account + person)

        people = [self.person(name) for name in names]
        described = [message.describe(n, name, "text/plain", len(data))
                     for n, (name, data) in enumerate(files, 1)]
        body = {1: id, 2: mode, 3: format,
                4: [{1: p[1], 2: wrapped(p[1], p[5])} for p in people],
                5: wrapped(self.account, self.pair.public), 6: described,
                7: int(time.time() * 1000)}
        fates = self.ask(CLIENT, SEND, body).read()
        assert fates[1] == id
        message.fates = {fate[1]: fate[2] for fate in fates[2]}
        return message

    def portion(self, message, stream, sequence, last, plain):
        sealed = message.seal(stream, sequence, last, plain)
        body = {1: message.id, 2: stream, 3: sequence, 4: last, 5: sealed}
        self.link.send(Object(CLIENT, PORTION, cbor2.dumps(body)))

    def until_stored(self, message):
        self.await_kind(PROGRESS, lambda body: body[1] == message.id and body[4])

    def receive(self):
        """A whole message: its envelope and the plaintexts of its streams, all opened."""
        envelope = self.await_kind(ENVELOPE)
        id, sender = envelope[1], envelope[2]
        associated = id + sender + self.account
        content = seal.unwrap(envelope[7], self.pair, envelope[4], associated)
        message = seal.Message(id, sender, content, envelope[6])
        streams, open_streams = {}, set(range(1 + len(envelope[9])))
        while open_streams:
            body = self.await_kind(PORTION, lambda body: body[1] == id)
            stream, sequence, last = body[2], body[3], body[4]
            parts = streams.setdefault(stream, [])
            assert sequence == len(parts), "portions of a stream come in order"
            parts.append(seal.unpack(message.open(stream, sequence, last, body[5])))
            if last:
                open_streams.remove(stream)
        return envelope, message, streams

    def receipt(self, message, happened):
        self.ask(POST, RECEIPT, {1: message.id, 2: happened, 3: BLANK, 4: 0})
