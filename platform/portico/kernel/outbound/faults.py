"""libcurl's error codes as our few classes, with a sentence that a customer may read."""

from __future__ import annotations

import pycurl

from portico.kernel.outbound.messages import ErrorClass

TOO_LARGE = 100  # CURLE_TOO_LARGE, which pycurl does not name
PROXY = 97  # CURLE_PROXY, likewise
PROXY_FAILED = "The proxy of this server failed, before anything was sent."

_DETAIL_LIMIT = 200
_BROKEN_OFF = {pycurl.E_GOT_NOTHING, pycurl.E_RECV_ERROR, pycurl.E_SEND_ERROR, pycurl.E_PARTIAL_FILE}
_TLS = {
    pycurl.E_SSL_CONNECT_ERROR,
    pycurl.E_SSL_CIPHER,
    pycurl.E_SSL_ISSUER_ERROR,
    pycurl.E_SSL_INVALIDCERTSTATUS,
    pycurl.E_SSL_CERTPROBLEM,
}


_NOT_REACHED = {502, 503, 504}
"""Answers to CONNECT by which proxies say that the receiver, and not they, failed."""
_NOT_REACHED_SOCKS = {19, 21, 22, 24}
"""libcurl's names for the SOCKS5 replies 5, 4, 3 and 6 (RFC 1928 section 6): refused, unreachable, too far."""


def proxy_fault(code: int, *, connected: bool, connect_status: int | None, reply: int) -> tuple[ErrorClass, str] | None:
    """The class and the words when no tunnel came to stand; None when it stood, or that cannot be known.

    `connected`: TCP to the proxy stood. `connect_status`: its answer to CONNECT, 0 when there was none, None when it
    speaks SOCKS; `reply`: libcurl's number for what a SOCKS proxy replied.
    A proxy that takes the request and is silent is waiting for the receiver, as far as anybody can tell.
    """
    if not connected:
        return "proxy_error", PROXY_FAILED
    if code == pycurl.E_OPERATION_TIMEDOUT:
        return None if connect_status else ("connect", "No connection was opened before the deadline.")
    if connect_status in _NOT_REACHED or reply in _NOT_REACHED_SOCKS:
        return "connect", "No connection could be opened."
    if connect_status is None:
        return ("proxy_error", PROXY_FAILED) if code == PROXY else None
    return None if 200 <= connect_status < 300 else ("proxy_error", PROXY_FAILED)


def fault(code: int, message: str, *, ready: bool, connected: bool) -> tuple[ErrorClass, str]:
    """The class and the words for a failed run.

    `ready`: the connection stood and the request was about to be written; `connected`: TCP stood, TLS perhaps
    not yet.
    """
    if code == pycurl.E_PEER_FAILED_VERIFICATION:
        # libcurl's words name the fault of the certificate and the host of the URL, no more.
        return "tls", message[:_DETAIL_LIMIT]
    if code in _TLS or (connected and not ready and code in _BROKEN_OFF):
        return "tls", "The TLS handshake failed."
    if code == pycurl.E_OPERATION_TIMEDOUT:
        return _timeout(ready=ready, connected=connected)
    if code == pycurl.E_COULDNT_CONNECT:
        return "connect", "No connection could be opened."
    if code in _BROKEN_OFF:
        return "connect", "The connection broke off before the answer was complete."
    if code == TOO_LARGE:
        return "too_large", "The answer is too large around its body."
    return "protocol", "The answer is not valid HTTP."


def _timeout(*, ready: bool, connected: bool) -> tuple[ErrorClass, str]:
    if ready:
        return "timeout", "The answer was not complete before the deadline."
    if connected:
        return "tls", "The TLS handshake did not end before the deadline."
    return "connect", "No connection was opened before the deadline."
