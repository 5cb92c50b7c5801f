"""Certificates are always checked, against the name in the URL and the authorities of the system."""

from __future__ import annotations

import socket
import ssl
from contextlib import closing
from pathlib import Path

import pytest

from portico.kernel.outbound import Answer, EgressPolicy, Many, Request, send
from tests.support.certificates import self_signed, served_with
from tests.support.loopback_servers import LoopbackServer

POLICY = EgressPolicy(("127.0.0.0/8",))


def loopback(host: str) -> list[str]:
    return ["127.0.0.1"]


def call(server: LoopbackServer, host: str = "hooks.test", deadline_s: float = 15) -> Answer:
    return send(Request("POST", server.url(host=host), {}, b"{}", deadline_s), POLICY, loopback)


def test_a_self_signed_certificate_is_a_fault_of_tls(tmp_path: Path) -> None:
    with LoopbackServer(tls=served_with(self_signed(tmp_path, "hooks.test"))) as server:
        got = call(server)
        assert (got.error, got.status, server.received) == ("tls", None, [])
        assert "certificate" in got.detail


def test_a_trusted_certificate_is_checked_against_the_name_although_the_address_is_pinned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem = self_signed(tmp_path, "hooks.test")
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    with LoopbackServer(tls=served_with(pem)) as server:
        assert call(server).ok
        assert server.received[0].headers["host"] == f"hooks.test:{server.port}"
        assert call(server, "other.test").error == "tls"
        assert call(server, "127.0.0.1").error == "tls"


def test_an_expired_certificate_is_a_fault_of_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pem = self_signed(tmp_path, "hooks.test", days=-1)
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    with LoopbackServer(tls=served_with(pem)) as server:
        got = call(server)
    assert (got.error, "expired" in got.detail) == ("tls", True)


def test_a_server_without_tls_is_a_fault_of_tls() -> None:
    with LoopbackServer(greeting=b"HTTP/1.1 400 Bad Request\r\n\r\n") as server:
        got = send(Request("GET", f"https://127.0.0.1:{server.port}/"), POLICY)
    assert got.error == "tls"


def test_a_handshake_that_never_ends_is_a_fault_of_tls() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}/"
        got = send(Request("GET", url, connect_s=0.3), POLICY)
    assert got.error == "tls"
    assert got.total_ms < 2000


def test_an_old_protocol_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pem = self_signed(tmp_path, "hooks.test")
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    tls = served_with(pem)
    tls.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="deprecated"):
        tls.minimum_version = tls.maximum_version = ssl.TLSVersion.TLSv1_1
    with LoopbackServer(tls=tls) as server:
        assert call(server).error == "tls"


def test_a_tls_connection_is_kept_warm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pem = self_signed(tmp_path, "hooks.test")
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    with LoopbackServer(tls=served_with(pem)) as server, closing(Many(POLICY, loopback)) as many:
        for number in range(10):
            many.start(Request("POST", server.url(host="hooks.test"), {}, b"{}"), number)
            while many.in_flight:
                for _, got in many.poll(10):
                    assert got.ok
                    assert (got.connect_ms > 0) is (number == 0)
        assert server.connections == 1
