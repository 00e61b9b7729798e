"""A real little HTTP server on loopback that answers as a test says, well or badly."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec
import zstandard

JSON = "application/json"


@dataclass(frozen=True)
class Answer:
    """What the server says; `cut` bytes of the promised body are never sent."""

    status: int = 200
    body: bytes = b"{}"
    kind: str = JSON
    headers: dict[str, str] = field(default_factory=dict)
    cut: int = 0


def said(message: Any, status: int = 200, **headers: str) -> Answer:
    """Answer with a message as headquarters does."""
    return Answer(status, msgspec.json.encode(message), headers=headers)


def packed(message: Any) -> Answer:
    """Answer with a message, compressed as headquarters does."""
    body = zstandard.compress(msgspec.json.encode(message), 3)
    return Answer(body=body, headers={"Content-Encoding": "zstd"})


@dataclass
class Heard:
    """A request as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes
    connection: int

    @property
    def json(self) -> Any:
        """Its content."""
        plain = self.body
        if self.headers.get("Content-Encoding") == "zstd":
            plain = zstandard.ZstdDecompressor().decompressobj().decompress(self.body)
        return msgspec.json.decode(plain)


class Loopback:
    """The server: answers in turn, the last answer for ever; or whatever `answer` returns."""

    def __init__(self, port: int, scheme: str) -> None:
        self.url = f"{scheme}://127.0.0.1:{port}"
        self.heard: list[Heard] = []
        self.answers: list[Answer] = [Answer()]
        self.answer: Callable[[Heard], Answer] = self._next

    def _next(self, _: Heard) -> Answer:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def loopback(certificate: Path | None = None) -> Iterator[Loopback]:
    """Run a server while the block lasts; with a certificate file it speaks TLS."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            heard = Heard(self.path, dict(self.headers.items()), body, self.client_address[1])
            told.heard.append(heard)
            answer = told.answer(heard)
            self.send_response(answer.status)
            headers = {"Content-Type": answer.kind, "Content-Length": str(len(answer.body))}
            for name, value in {**headers, **answer.headers}.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(answer.body[: len(answer.body) - answer.cut])
            self.close_connection = bool(answer.cut)

        def __getattr__(self, name: str) -> Any:
            if name.startswith("do_"):  # every method is answered alike
                return self.do_POST
            raise AttributeError(name)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    told = Loopback(server.server_address[1], "http" if certificate is None else "https")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def self_made_certificate(file: Path) -> Path:
    """Write a certificate for 127.0.0.1 that nobody vouches for, with its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "invented headquarters")])
    now = dt.datetime.now(dt.UTC)
    here = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([here]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return file
