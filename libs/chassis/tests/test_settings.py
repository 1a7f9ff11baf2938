"""Settings from the environment: what is wrong stops the process with the setting's name, never with its value."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiokafka.errors import KafkaError
from chassis import bus
from chassis.process import main
from chassis.settings import Settings
from chassis.testing import ServiceUnderTest
from chassis.tokens import TokenSource
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from .givens import environment
from .noticeboard.app import SERVICE
from .test_process import free_port, running

NEEDED = {
    "NRM_DATABASE_URL": "postgresql://x@127.0.0.1/x",
    "NRM_KAFKA": "127.0.0.1:9092",
    "NRM_ISSUER": "http://127.0.0.1/realms/nrm",
    "NRM_CLIENTS": '["notify"]',
    "NRM_CLIENT_ID": "notify",
    "NRM_CLIENT_SECRET": "s3cr3t",
}


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Reads settings from an environment that has these and no others of ours."""

    def settings(**more: str) -> Settings:
        for name, value in (NEEDED | more).items():
            monkeypatch.setenv(name, value)
        return SERVICE.settings()

    return settings


def a_certificate(folder: Path) -> tuple[Path, Path]:
    """An authority of its own that vouches for 127.0.0.1: certificate and key, in PEM."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, folder.name)])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder.mkdir()
    certificate, secret = folder / "ca.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate, secret


def test_what_is_not_set_is_as_it_was(read: Any) -> None:
    settings = read()
    assert (settings.listen, settings.kafka_security, settings.kafka_ca) == ("127.0.0.1", "SASL_PLAINTEXT", None)


@pytest.mark.parametrize("address", ["0.0.0.0", "10.1.2.3", "::", "::1"])  # noqa: S104  read, not listened on
def test_an_address_to_listen_on(read: Any, address: str) -> None:
    assert read(NRM_LISTEN=address).listen == address


@pytest.mark.parametrize("servers", ["a:1", "a.b:9092,c:9093", "a:1, b:2", "[::1]:9092,10.0.0.1:1"])
def test_one_or_several_brokers(read: Any, servers: str) -> None:
    assert read(NRM_KAFKA=servers).kafka == servers


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NRM_LISTEN", "Rumplestiltskin"),
        ("NRM_LISTEN", "127.0.0.1:8000"),
        ("NRM_LISTEN", ""),
        *(
            ("NRM_KAFKA", v)
            for v in ("", "broker", "broker:", ":9092", "a:1,", "a:1;b:2", "Rumplestiltskin:x", "a:0", "a:65536")
        ),
        ("NRM_KAFKA_SECURITY", "PLAINTEXT"),
        ("NRM_KAFKA_SECURITY", "SSL"),
        ("NRM_KAFKA_SECURITY", "sasl_ssl"),
        ("NRM_PORT", "70000"),
    ],
)
def test_a_wrong_value_stops_the_process_with_its_name(
    read: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str
) -> None:
    read()
    monkeypatch.setenv(name, value)
    assert main(SERVICE, ["migrate"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"{name}: ")
    assert "Rumplestiltskin" not in line


def test_an_authority_is_a_file_of_certificates_and_used_with_tls_alone(
    read: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    certificate, key = a_certificate(tmp_path / "one")
    tls = {"NRM_KAFKA_SECURITY": "SASL_SSL"}
    assert read(**tls).kafka_ca is None, "the authorities of the system"
    assert read(**tls, NRM_KAFKA_CA=str(certificate)).kafka_ca == certificate
    for security, path in (
        ("SASL_SSL", tmp_path / "nowhere.pem"),
        ("SASL_SSL", tmp_path),
        ("SASL_SSL", key),
        ("SASL_PLAINTEXT", certificate),
    ):
        monkeypatch.setenv("NRM_KAFKA_SECURITY", security)
        monkeypatch.setenv("NRM_KAFKA_CA", str(path))
        assert main(SERVICE, ["migrate"]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith("NRM_KAFKA_CA: ")
        assert str(tmp_path) not in line


@asynccontextmanager
async def a_tls_server(certificate: Path, key: Path) -> AsyncIterator[tuple[str, asyncio.Future[bytes]]]:
    """Its address, and the first bytes that came through TLS."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    came: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = await reader.read(64)
        if first and not came.done():
            came.set_result(first)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}", came
    finally:
        server.close()


@pytest.mark.parametrize("trusted", [True, False])
async def test_the_brokers_certificate_is_checked_against_the_authority(
    board: ServiceUnderTest, tmp_path: Path, trusted: bool
) -> None:
    certificate, key = a_certificate(tmp_path / "theirs")
    authority = certificate if trusted else a_certificate(tmp_path / "another")[0]
    async with a_tls_server(certificate, key) as (address, came):
        tls = {"kafka": address, "kafka_security": "SASL_SSL", "kafka_ca": authority}
        settings = board.settings.model_copy(update=tls)
        source = TokenSource(settings)
        producer = bus.producer(settings, source)
        with contextlib.suppress(KafkaError, TimeoutError):
            await asyncio.wait_for(producer.start(), 10)
        await producer.stop()
        await source.close()
        assert came.done() == trusted


async def test_a_broker_that_answers_is_enough(board: ServiceUnderTest) -> None:
    """Health, and a whole producer: the first server of the list is away."""
    settings = board.settings.model_copy(update={"kafka": f"127.0.0.1:9, {board.settings.kafka}"})
    assert await bus.is_reachable(settings)
    assert not await bus.is_reachable(settings.model_copy(update={"kafka": "127.0.0.1:9,[::1]:9"}))
    source = TokenSource(settings)
    producer = bus.producer(settings, source)
    await producer.start()
    assert await producer.partitions_for("nrm.notify")
    await producer.stop()
    await source.close()


async def test_a_process_listens_where_it_is_told(board: ServiceUnderTest) -> None:
    env = environment(board, NRM_PORT=str(free_port()), NRM_LISTEN="127.0.0.2")
    async with running("noticeboard", "api", env=env) as (process, http):
        assert str(http.base_url).startswith("http://127.0.0.2:")
        assert (await http.get("/healthz")).status_code == 200
        with pytest.raises(httpx.ConnectError):
            async with httpx.AsyncClient() as elsewhere:
                await elsewhere.get(f"http://127.0.0.1:{env['NRM_PORT']}/healthz")
        process.terminate()
