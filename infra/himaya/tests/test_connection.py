"""Where the platform is: the environment first, then what the checkout's stack wrote; TLS at the brokers."""

import json
import ssl
from pathlib import Path

import certifi
import pytest
from agency_access.access import access_of
from himaya import wire
from himaya.connection import NotFoundHere, find
from himaya.provisioning import Provisioning

NEEDED = {
    "HIMAYA_ISSUER": "http://127.0.0.1:1/realms/nrm",
    "HIMAYA_SERVICES": "{}",
    "HIMAYA_KAFKA": "one:9092, two:9092",
    "HIMAYA_BUS_SECRET": "s3cr3t",
}


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A checkout in which no stack was started."""
    monkeypatch.setenv("NRM_STATE", str(tmp_path))
    return tmp_path


def set_all(monkeypatch: pytest.MonkeyPatch, **more: str) -> None:
    for name, value in (NEEDED | more).items():
        monkeypatch.setenv(name, value)


def test_without_more_the_listener_has_no_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(monkeypatch)
    options = wire.security(find(), "operations", "s3cr3t")
    assert (options["bootstrap_servers"], options["security_protocol"], options["ssl_context"]) == (
        ["one:9092", "two:9092"],
        "SASL_PLAINTEXT",
        None,
    )


def test_with_tls_the_brokers_certificates_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(monkeypatch, HIMAYA_KAFKA_SECURITY="SASL_SSL")
    options = wire.security(find(), "operations", "s3cr3t")
    assert options["security_protocol"] == "SASL_SSL"
    trust = options["ssl_context"]
    assert isinstance(trust, ssl.SSLContext)
    assert (trust.verify_mode, trust.check_hostname) == (ssl.CERT_REQUIRED, True)


def test_the_authority_of_the_brokers_is_trusted_by_both_clients(monkeypatch: pytest.MonkeyPatch) -> None:
    authority = certifi.where()
    set_all(monkeypatch, HIMAYA_KAFKA_SECURITY="SASL_SSL", HIMAYA_KAFKA_CA=authority)
    connection = find()
    assert str(connection.kafka_ca) == authority
    assert connection.trust is not None
    assert connection.trust.get_ca_certs()


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({"HIMAYA_KAFKA_SECURITY": "PLAINTEXT"}, "HIMAYA_KAFKA_SECURITY"),
        ({"HIMAYA_KAFKA_SECURITY": "SASL_SSL", "HIMAYA_KAFKA_CA": "/nowhere.pem"}, "HIMAYA_KAFKA_CA"),
        ({"HIMAYA_KAFKA_SECURITY": "SASL_SSL", "HIMAYA_KAFKA_CA": __file__}, "HIMAYA_KAFKA_CA"),
        ({"HIMAYA_KAFKA_CA": __file__}, "HIMAYA_KAFKA_CA"),
    ],
)
def test_a_setting_that_is_wrong_is_named(monkeypatch: pytest.MonkeyPatch, more: dict[str, str], named: str) -> None:
    """An authority beside a listener without TLS is a mistake: nobody would be checked."""
    set_all(monkeypatch, **more)
    with pytest.raises(NotFoundHere, match=f"malformed: {named}[.]"):
        find()


def test_what_the_stack_wrote_is_used_and_the_environment_goes_before_it(
    monkeypatch: pytest.MonkeyPatch, elsewhere: Path
) -> None:
    endpoints = {
        "issuer": "http://127.0.0.1:1/realms/nrm",
        "services": {"fund": "http://127.0.0.1:2"},
        "kafka": {"client": "written:9092", "security": "SASL_SSL"},
    }
    (elsewhere / "endpoints.json").write_text(json.dumps(endpoints))
    (elsewhere / "secrets.json").write_text(json.dumps({"clients": {"operations": "s3cr3t"}}))
    found = find()
    assert (found.brokers, found.kafka_security, found.provisioning_secret) == (["written:9092"], "SASL_SSL", None)
    monkeypatch.setenv("HIMAYA_KAFKA", "other:9092")
    monkeypatch.setenv("HIMAYA_KAFKA_SECURITY", "SASL_PLAINTEXT")
    assert (find().brokers, find().kafka_security) == (["other:9092"], "SASL_PLAINTEXT")


def test_without_a_platform_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NEEDED:
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(NotFoundHere, match="HIMAYA_ISSUER, HIMAYA_SERVICES, HIMAYA_KAFKA, HIMAYA_BUS_SECRET"):
        find()


def test_without_its_secret_nobody_joins_agencies(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(monkeypatch)
    with pytest.raises(NotFoundHere, match="HIMAYA_PROVISIONING_SECRET"):
        Provisioning(find(), access_of("ngo-amc"))
