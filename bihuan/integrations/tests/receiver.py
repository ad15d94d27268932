"""A program that receives webhooks over TLS: it proves each signature itself, keeps, or fails."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import ssl
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NAMES = "*.example.com"
OLD = timedelta(minutes=5)


@dataclass
class Came:
    """One request that arrived, as it was sent."""

    path: str
    headers: dict[str, str]
    raw: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def signatures(self) -> list[str]:
        return self.headers["webhook-signature"].split(" ")

    @property
    def said(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.raw)
        return found


def proves(came: Came, secret: str, now: datetime) -> bool:
    """As a receiver reads the standard: one good signature, over a time that is not old."""
    sent = datetime.fromtimestamp(int(came.headers["webhook-timestamp"]), UTC)
    if abs(now - sent) > OLD:
        return False
    key = base64.b64decode(secret[len("whsec_") :])
    signed = b".".join([came.id.encode(), came.headers["webhook-timestamp"].encode(), came.raw])
    wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return any(
        hmac.compare_digest(proof, wanted)
        for version, _, proof in (one.partition(",") for one in came.signatures)
        if version == "v1"
    )


class Receiver(ThreadingHTTPServer):
    """`came` holds every request, `taken` the ids that were proven, each once.

    `secrets` are what it believes; none: anything. `mood` is a status it answers instead of 204,
    or how it misbehaves. `at` is what its clock says.
    """

    daemon_threads = True
    block_on_close = True

    def __init__(self, at: datetime) -> None:
        super().__init__(("127.0.0.1", 0), _Desk)
        self.at = at
        self.came: list[Came] = []
        self.taken: list[str] = []
        self.secrets: list[str] = []
        self.mood: int | str = 204
        self.awake = threading.Event()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def kinds(self) -> list[str]:
        return [one.said["type"] for one in self.came]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever hangs up on us is no fault of ours."""


class _Desk(BaseHTTPRequestHandler):
    server: Receiver
    protocol_version = "HTTP/1.1"
    timeout = 20

    def setup(self) -> None:
        self.request = _served().wrap_socket(self.request, server_side=True)
        super().setup()

    def finish(self) -> None:
        with suppress(OSError):
            super().finish()
        self.request.close()

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        came = Came(self.path, {k.lower(): v for k, v in self.headers.items()}, raw)
        self.server.came.append(came)
        believed = self.server.secrets
        if believed and not any(proves(came, one, self.server.at) for one in believed):
            return self._say(401)
        mood = self.server.mood
        if mood == 204 and came.id not in self.server.taken:
            self.server.taken.append(came.id)
        if isinstance(mood, int):
            return self._say(mood)
        return self._misbehave(mood)

    def _misbehave(self, mood: str) -> None:
        self.close_connection = True
        if mood == "silent":
            self.server.awake.wait(15)
        elif mood == "hangs_up":
            self.server.taken.append(self.server.came[-1].id)
        elif mood == "endless":
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            while not self.server.awake.is_set():
                self.wfile.write(b"X-More: " + b"a" * 4000 + b"\r\n")
        elif mood == "drips":
            for letter in b"HTTP/1.1 200 OK\r\n" * 100:
                if self.server.awake.wait(0.05):
                    return
                self.wfile.write(bytes([letter]))
        else:
            self.wfile.write(mood.encode())

    def _say(self, status: int) -> None:
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", "https://127.0.0.1/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@dataclass
class Net:
    """The network of a test: names, whom their addresses lead to, and who was spoken to.

    `answers` are what a name is said to be, one answer after the other; the last stays.
    """

    names: dict[str, list[Sequence[str]]] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    dialled: list[tuple[str, int]] = field(default_factory=list)

    def resolve(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        answers = self.names.get(host)
        if not answers:
            raise socket.gaierror(f"no {host}")
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def dial(self, address: str, port: int, timeout: float) -> socket.socket:
        self.dialled.append((address, port))
        if address not in self.ports:
            raise ConnectionRefusedError(address)
        return socket.create_connection(("127.0.0.1", self.ports[address]), timeout)

    def lead(self, host: str, receiver: Receiver | None = None) -> None:
        """From now on this name has an address of its own, which leads to this receiver."""
        address = f"11.0.0.{len(self.names) + 1}"
        self.names[host] = [[address]]
        if receiver is not None:
            self.ports[address] = receiver.port


@contextmanager
def running(at: datetime) -> Iterator[Receiver]:
    """A receiver that answers until the block ends."""
    with Receiver(at) as receiver:
        thread = threading.Thread(target=receiver.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield receiver
        finally:
            receiver.awake.set()
            receiver.shutdown()
            thread.join()


@cache
def trusting() -> ssl.SSLContext:
    """A context that trusts whoever signed the receivers' certificate, and nobody else."""
    context = ssl.create_default_context(cadata=_papers()[0].decode())
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


@cache
def _served() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.joinpath("both.pem").write_bytes(b"".join(_papers()))
        context.load_cert_chain(folder / "both.pem")
    return context


@cache
def _papers() -> tuple[bytes, bytes]:
    """A certificate for the receivers' names, signed by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "receivers of the tests")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2120, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAMES)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return made.public_bytes(pem), plain
