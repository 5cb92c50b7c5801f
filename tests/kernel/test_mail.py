"""Mail goes to the console, into a folder, or by SMTP; no header can be smuggled in."""

from __future__ import annotations

import socketserver
import stat
import threading
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, message_from_string, policy
from email.message import EmailMessage
from typing import cast

import pytest

from portico.kernel import mail
from portico.settings import Settings, SettingsError

LINK = "http://127.0.0.1:8000/account/invitation/" + "ptl_" + "x" * 60
BODY = f"Hello Zoë,\n\nopen {LINK}\n.\nThe end\n"


class Smtp(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as one message needs."""

    def handle(self) -> None:
        server = cast("SmtpServer", self.server)
        self.wfile.write(b"220 test\r\n")
        for line in self.rfile:
            command = line[:4].upper().decode()
            if command == "DATA":
                self.wfile.write(b"354 go on\r\n")
                server.messages.append(self._data())
                self.wfile.write(b"250 kept\r\n")
            elif command == "QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            elif command == "RCPT" and b"refused" in line:
                self.wfile.write(b"550 nobody here\r\n")
            else:
                self.wfile.write(b"250 fine\r\n")

    def _data(self) -> bytes:
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                break
            lines.append(line[1:] if line.startswith(b"..") else line)
        return b"".join(lines)


class SmtpServer(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Smtp)
        self.messages: list[bytes] = []


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def checked(message: EmailMessage) -> None:
    assert message["To"] == "zoe@example.com"
    assert message["Subject"] == "You are invited"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"]
    assert message["Message-ID"]
    assert message.get_content().replace("\r\n", "\n") == BODY


def test_into_a_folder_for_its_owner_alone(settings: Settings) -> None:
    mail.configure(settings)
    mail.send("zoe@example.com", "You are invited", BODY)
    (path,) = (settings.home / "mail").glob("*.eml")
    checked(cast(EmailMessage, message_from_bytes(path.read_bytes(), policy=policy.default)))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_to_the_console(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    mail.configure(replace(settings, smtp_url="console:"))
    mail.send("zoe@example.com", "You are invited", BODY)
    checked(cast(EmailMessage, message_from_string(capsys.readouterr().out.rstrip("\n") + "\n", policy=policy.default)))


def test_by_smtp(settings: Settings, server: SmtpServer) -> None:
    port = server.server_address[1]
    mail.configure(replace(settings, smtp_url=f"smtp://127.0.0.1:{port}?from=Acme%20%3Cwork@acme.example%3E"))
    mail.send("zoe@example.com", "You are invited", BODY)
    message = cast(EmailMessage, message_from_bytes(server.messages[0], policy=policy.default))
    checked(message)
    assert message["From"] == "Acme <work@acme.example>"


def test_a_refused_mail_is_an_error_that_its_job_sees(settings: Settings, server: SmtpServer) -> None:
    mail.configure(replace(settings, smtp_url=f"smtp://127.0.0.1:{server.server_address[1]}"))
    with pytest.raises(OSError, match="refused"):
        mail.send("refused@example.com", "You are invited", BODY)
    assert server.messages == []


def test_a_subject_stays_one_header(settings: Settings) -> None:
    mail.configure(settings)
    mail.send("zoe@example.com", "Hello\r\nBcc: all@example.com\n\nx", BODY)
    (path,) = (settings.home / "mail").glob("*.eml")
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert message["Bcc"] is None
    assert message["Subject"] == "Hello Bcc: all@example.com x"


@pytest.mark.parametrize("to", ["zoe@example.com\r\nBcc: all@example.com", "zoe@example.com\nX: y"])
def test_an_address_cannot_bring_a_header_along(settings: Settings, to: str) -> None:
    mail.configure(settings)
    with pytest.raises(ValueError, match="linefeed"):
        mail.send(to, "Hello", BODY)


@pytest.mark.parametrize("url", ["mail.example", "http://mail.example", "smtp://", "smtps:"])
def test_a_url_that_is_no_mail_server(settings: Settings, url: str) -> None:
    with pytest.raises(SettingsError, match="PORTICO_SMTP_URL"):
        mail.configure(replace(settings, smtp_url=url))
