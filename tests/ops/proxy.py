"""nginx with the configuration that docker-compose.yml gives it, before a server under test."""

import os
import re
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from pathlib import Path

from scripts.application import free_port
from scripts.processes import end_with_the_parent

REPOSITORY = Path(__file__).resolve().parents[2]
TEMPLATE = REPOSITORY / "docker" / "nginx" / "reader-study.conf.template"
SERVER_NAME = "study.example.org"
MAIN = """
daemon off;
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/start.log;
events {{}}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/reader-study.conf;
}}
"""


@dataclass(frozen=True)
class Proxy:
    """A running nginx."""

    http_port: int
    https_port: int
    folder: Path

    def ask(
        self, method: str, path: str, *, body: bytes | None = None, **headers: str
    ) -> tuple[HTTPResponse, bytes]:
        """Ask as a browser does that was given the name of the study's host."""
        unverified = ssl._create_unverified_context()  # noqa: S323 - a certificate of our own
        connection = _Named("127.0.0.1", self.https_port, context=unverified, timeout=30)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, {"Host": SERVER_NAME, **sent})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer, content

    def ask_plainly(self, path: str, host: str = SERVER_NAME) -> HTTPResponse:
        """Ask without TLS."""
        connection = HTTPConnection("127.0.0.1", self.http_port, timeout=30)
        connection.request("GET", path, headers={"Host": host})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer

    def log(self) -> str:
        """Everything that it logged."""
        return "".join((self.folder / name).read_text() for name in ("access.log", "error.log"))


class _Named(HTTPSConnection):
    """A connection to this machine that asks for the study's host by name."""

    def connect(self) -> None:
        super(HTTPSConnection, self).connect()
        self.sock = self._context.wrap_socket(self.sock, server_hostname=SERVER_NAME)  # type: ignore[attr-defined]


def rendered(folder: Path, *, web: str, handed_over: Path, ports: tuple[int, int]) -> str:
    """Return the configuration as the nginx image would write it."""
    values = {
        "PROXY_SERVER_NAME": SERVER_NAME,
        "PROXY_WEB": web,
        "PROXY_MAX_BODY": "20m",
        "PROXY_HTTP_PORT": f"127.0.0.1:{ports[0]}",
        "PROXY_HTTPS_PORT": f"127.0.0.1:{ports[1]}",
        "PROXY_CERTIFICATES": str(folder),
        "PROXY_HANDED_OVER": str(handed_over),
        "PROXY_ACME_FOLDER": str(folder / "acme"),
        "PROXY_LOG": str(folder / "access.log"),
        "PROXY_ERROR_LOG": str(folder / "error.log"),
    }
    return re.sub(r"\$\{(PROXY_\w+)\}", lambda found: values[found[1]], TEMPLATE.read_text())


@contextmanager
def running_proxy(nginx: Path, folder: Path, *, web: str, handed_over: Path) -> Iterator[Proxy]:
    """Start it with a certificate made for the occasion; stop it at the end."""
    make_certificate(folder)
    http_port, https_port = free_port(), free_port()
    configuration = rendered(
        folder, web=web, handed_over=handed_over, ports=(http_port, https_port)
    )
    (folder / "reader-study.conf").write_text(configuration)
    (folder / "nginx.conf").write_text(
        MAIN.format(folder=folder, user="user root;" if os.geteuid() == 0 else "")
    )
    command = [str(nginx), "-p", str(folder), "-c", str(folder / "nginx.conf")]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    process = subprocess.Popen(command, preexec_fn=end_with_the_parent)
    try:
        proxy = Proxy(http_port, https_port, folder)
        wait_until_it_answers(proxy)
        yield proxy
    finally:
        process.terminate()
        process.wait()


def wait_until_it_answers(proxy: Proxy) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            proxy.ask_plainly("/")
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        else:
            return


def make_certificate(folder: Path) -> None:
    """Write a key and a certificate that it signed itself."""
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, SERVER_NAME)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
