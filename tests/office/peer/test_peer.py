"""A client that was written from docs/protocol.md alone, against the real server and the real `ivm`.

BIN is the folder of the executables; it is `target/debug` unless told otherwise.
"""

import json
import os
import pathlib
import random
import re
import struct
import subprocess
import sys
import tempfile
import unittest
import wave

import cbor2

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import seal  # noqa: E402
from client import CHECK_IN, LIVE, PROGRESS, RECEIPT, RECORD, Client  # noqa: E402
from wire import CLIENT, POST, Object, Refused, crc32c  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[3]
BIN = pathlib.Path(os.environ.get("BIN", ROOT / "target/debug"))
PASSWORD = "correct horse battery"
# A second of a saw tooth, at 16 kHz.
SAMPLES = [int(9000 * ((n * 7 % 100) / 50 - 1)) for n in range(16000)]


def blocks(text):
    for block in re.split(r"\n\n+", text):
        fields = dict(re.findall(r"^(\w+): ?((?:.*)(?:\n  .*)*)", block, re.M))
        if "name" in fields:
            fields["hex"] = bytes.fromhex("".join(fields["hex"].split()))
            yield fields


class Vectors(unittest.TestCase):
    folder = ROOT / "appliance/message/tests/vectors"

    # rows 84, 85
    def test_whole_objects_have_the_header_of_the_page(self):
        for vector in blocks((self.folder / "objects.txt").read_text()):
            data = vector["hex"]
            thing, length = Object.parse_header(data[:64])
            thing.body = data[64:]
            if vector["name"] != "header-alone":
                self.assertEqual(thing.to_bytes(), data, vector["name"])
                self.assertEqual(length, len(thing.body))

    def test_every_body_is_a_map_with_ascending_integer_keys(self):
        for name in ("login", "people", "speech", "admin"):
            for vector in blocks((self.folder / f"{name}.txt").read_text()):
                body = cbor2.loads(vector["hex"])
                self.assertEqual(list(body), sorted(body), vector["name"])
                self.assertEqual(cbor2.dumps(body), vector["hex"], vector["name"])

    def test_the_example_of_the_page_comes_out(self):
        page = (ROOT / "docs/protocol.md").read_text()
        example = dict(re.findall(r"^(\S+) *= ([0-9a-f]{64})$", page, re.M))
        vectors = {v["name"]: v["hex"] for v in blocks((self.folder / "login.txt").read_text())}
        challenge = cbor2.loads(vectors["challenge"])
        keys = seal.Password(PASSWORD, challenge[1], challenge[2])
        message = seal.auth_message(vectors["hello"], vectors["challenge"], 1, b"\x5a" * 32)
        found = {"wrap": keys.wrap, "ClientKey": keys.client_key, "StoredKey": keys.stored_key,
                 "ServerKey": keys.server_key, "proof": keys.prove(message),
                 "signature": keys.signature(message)}
        for name, value in found.items():
            self.assertEqual(example[name], value.hex(), name)

    def test_the_checksum_is_castagnoli(self):
        self.assertEqual(crc32c(b"123456789"), 0xE3069283)


class Office(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.home = pathlib.Path(cls.folder.name)
        cls.state = cls.home / "state"
        cls.log = open(cls.home / "log", "w")
        command = [BIN / "appliance", "run", "--state", cls.state, "--port-base", "0", "--json"]
        cls.server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=cls.log)
        cls.addClassCleanup(cls.stop)
        cls.ready = json.loads(cls.server.stdout.readline())

    @classmethod
    def stop(cls):
        cls.server.terminate()
        cls.server.wait(20)
        cls.server.stdout.close()
        cls.log.close()
        cls.folder.cleanup()

    def connect(self):
        client = Client(self.ready["objects"], self.ready["fingerprint"])
        self.addCleanup(client.close)
        return client

    def invite(self, name):
        command = [BIN / "appliancectl", "--state", self.state, "--json", "user", "add", name,
                   "--display", name.title()]
        return json.loads(subprocess.check_output(command))["code"]

    def enrolled(self, name):
        """A person with a password, logged in and not yet there."""
        self.connect().enrol(self.invite(name), PASSWORD)
        return self.log_in(name)

    def log_in(self, name):
        client = self.connect()
        client.log_in(name, PASSWORD)
        return client

    def pair(self):
        """Two people whom nobody else knows."""
        names = [f"{role}-{random.randrange(1 << 40):x}" for role in ("speaker", "listener")]
        return names, [self.enrolled(name) for name in names]

    def ivm(self, name, *arguments, **options):
        command = [BIN / "ivm", "--home", self.home / name, "--timeout", "20", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, **options)
        self.assertEqual(done.returncode, 0, f"{arguments}: {done.stderr}{done.stdout}")
        return done.stdout

    def joined(self, name):
        """A person who uses the terminal client."""
        password = self.home / f"{name}.password"
        password.write_text(PASSWORD + "\n")
        self.ivm(name, "join", self.invite(name), "--server", self.ready["objects"],
                 "--fingerprint", self.ready["fingerprint"], "--password-file", str(password))

    def lossless(self, client, names, mode, files=()):
        """Sends SAMPLES as lossless PCM, and the files."""
        message = client.open_message(names, mode, seal.LOSSLESS, files)
        frames = [seal.pcm_frame(SAMPLES[at:at + 320]) for at in range(0, len(SAMPLES), 320)]
        for number, at in enumerate(range(0, len(frames), 10)):
            plain = seal.pack(seal.frames_to_run(frames[at:at + 10]))
            client.portion(message, 0, number, at + 10 >= len(frames), plain)
        for stream, (_, data) in enumerate(files, 1):
            client.portion(message, stream, 0, True, seal.pack(data))
        client.until_stored(message)
        return message

    # rows 86, 96
    def test_a_wrong_password_is_refused_and_the_right_one_is_not(self):
        self.connect().enrol(self.invite("anna"), PASSWORD)
        client = self.connect()
        with self.assertRaises(Refused) as refused:
            client.log_in("anna", "wrong")
        self.assertEqual(refused.exception.code, 5)
        self.assertEqual(client.log_in("Anna", PASSWORD)[4], "anna")
        again = self.connect()
        welcome = again.log_in_with_token(client)
        self.assertEqual(welcome[2], client.account)
        self.assertNotIn(7, welcome)

    def test_another_fingerprint_is_another_server(self):
        with self.assertRaises(ConnectionError):
            Client(self.ready["objects"], "00" * 32)

    # rows 65, 66, 69, 81, 83
    def test_a_live_message_is_heard_before_it_ends(self):
        names, (speaker, listener) = self.pair()
        listener.arrive()
        speaker.arrive()
        message = speaker.open_message([names[1]], LIVE, seal.SPEECH)
        self.assertEqual(list(message.fates.values()), [1])
        speaker.portion(message, 0, 0, False, seal.pack(b"first"))
        self.assertEqual(listener.await_kind(128)[3], 0)
        speaker.portion(message, 0, 1, True, seal.pack(b"second"))
        self.assertEqual(listener.await_kind(128)[3], 1)
        speaker.until_stored(message)

    # rows 1, 16, 25, 29, 81, 97
    def test_a_message_waits_for_who_is_away_and_both_ends_get_receipts(self):
        names, (speaker, listener) = self.pair()
        speaker.arrive()
        sent = self.lossless(speaker, [names[1]], RECORD, [("a.txt", b"attached " * 500)])
        self.assertEqual(list(sent.fates.values()), [2])
        listener.arrive()
        envelope, message, streams = listener.receive()
        self.assertEqual((message.id, message.content), (sent.id, sent.content))
        self.assertEqual(b"".join(streams[1]), b"attached " * 500)
        self.assertEqual(message.description(1, envelope[9][0])[1], "a.txt")
        listener.receipt(message, 1)
        self.assertEqual(speaker.await_kind(RECEIPT)[2], 1)
        listener.receipt(message, 2)
        self.assertEqual(speaker.await_kind(RECEIPT)[2], 2)

    # row 95
    def test_after_a_break_the_server_says_what_is_missing(self):
        names, (speaker, _) = self.pair()
        speaker.arrive()
        message = speaker.open_message([names[1]], LIVE, seal.SPEECH)
        for number in range(3):
            speaker.portion(message, 0, number, False, seal.pack(b"speech"))
        speaker.await_kind(PROGRESS, lambda body: body[3] and body[3][0][2] == 3)
        speaker.close()
        again = self.connect()
        again.log_in_with_token(speaker)
        again.arrive(sending=[message.id])
        progress = again.await_kind(PROGRESS)
        self.assertEqual((progress[2], progress[3][0][2], progress[4]), (True, 3, False))
        again.portion(message, 0, 3, True, seal.pack(b"rest"))
        again.until_stored(message)

    # rows 85, 98
    def test_what_is_not_permitted_is_refused_and_the_connection_lives(self):
        client = self.enrolled("carl")
        client.arrive()
        for action, kind, body, code in [
            (POST, CHECK_IN, {1: [], 2: [], 3: []}, 3),
            (CLIENT, CHECK_IN, {1: 5}, 1),
            (CLIENT, 9999, {}, 3),
            (CLIENT, 132, {1: 1}, 15),
            (POST, RECEIPT, {1: bytes(16), 2: 1, 3: bytes(16), 4: 0}, 7),
        ]:
            with self.assertRaises(Refused) as refused:
                client.ask(action, kind, body)
            self.assertEqual(refused.exception.code, code, (kind, str(refused.exception)))
        with self.assertRaises(Refused) as refused:
            client.ask(CLIENT, CHECK_IN, {1: [], 2: [], 3: []}, source=b"\x01" * 16)
        self.assertEqual(refused.exception.code, 8)
        self.assertEqual(client.ask(CLIENT, 133, {}).read()[1], 60)

    # rows 1, 26, 28, 32, 60
    def test_the_terminal_client_hears_what_was_sent_from_here(self):
        self.joined("dora")
        speaker = self.enrolled("emil")
        speaker.arrive()
        self.lossless(speaker, ["dora"], RECORD, [("notes.txt", b"attached")])
        self.ivm("dora", "inbox")
        heard = self.home / "heard.wav"
        self.ivm("dora", "play", "last", "--to", str(heard))
        with wave.open(str(heard)) as sound:
            self.assertEqual(sound.getframerate(), 16000)
            data = sound.readframes(sound.getnframes())
        samples = list(struct.unpack(f"<{len(data) // 2}h", data))
        worst = max(abs(a - b) for a, b in zip(samples, SAMPLES))
        self.assertEqual(len(samples), len(SAMPLES))
        self.assertLessEqual(worst, 1)
        self.ivm("dora", "save", "last", str(self.home / "saved"))
        self.assertEqual((self.home / "saved/notes.txt").read_bytes(), b"attached")

    # rows 1, 9, 21, 58, 61
    def test_what_the_terminal_client_sends_is_opened_here(self):
        self.joined("frida")
        listener = self.enrolled("gero")
        spoken = self.home / "spoken.wav"
        with wave.open(str(spoken), "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(16000)
            sound.writeframes(struct.pack(f"<{len(SAMPLES)}h", *SAMPLES))
        notes = self.home / "notes.txt"
        notes.write_bytes(b"from the terminal " * 20000)
        self.ivm("frida", "send", "gero", "--file", str(spoken), "--attach", str(notes))
        listener.arrive()
        envelope, message, streams = listener.receive()
        self.assertEqual(envelope[6], seal.SPEECH)
        frames = [frame for run in streams[0] for frame in seal.run_to_frames(run)]
        self.assertGreaterEqual(len(frames) * 20, 1000)
        self.assertEqual(b"".join(streams[1]), notes.read_bytes())
        about = message.description(1, envelope[9][0])
        self.assertEqual((about[1], about[3]), ("notes.txt", len(notes.read_bytes())))
        listener.receipt(message, 1)
        self.assertIn("Gero", self.ivm("frida", "sent"))


if __name__ == "__main__":
    result = unittest.main(exit=False).result
    failed = len(result.failures) + len(result.errors)
    print(f"# pass {result.testsRun - failed}\n# fail {failed}")
    sys.exit(0 if result.wasSuccessful() else 1)
