"""libcurl's error codes as our few classes, with a sentence that a customer may read."""

from __future__ import annotations

import pycurl

from portico.kernel.outbound.messages import ErrorClass

TOO_LARGE = 100  # CURLE_TOO_LARGE, which pycurl does not name

_DETAIL_LIMIT = 200
_BROKEN_OFF = {pycurl.E_GOT_NOTHING, pycurl.E_RECV_ERROR, pycurl.E_SEND_ERROR, pycurl.E_PARTIAL_FILE}
_TLS = {
    pycurl.E_SSL_CONNECT_ERROR,
    pycurl.E_SSL_CIPHER,
    pycurl.E_SSL_ISSUER_ERROR,
    pycurl.E_SSL_INVALIDCERTSTATUS,
    pycurl.E_SSL_CERTPROBLEM,
}


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
        return "too_large", "The headers of the answer are too large."
    return "protocol", "The answer is not valid HTTP."


def _timeout(*, ready: bool, connected: bool) -> tuple[ErrorClass, str]:
    if ready:
        return "timeout", "The answer was not complete before the deadline."
    if connected:
        return "tls", "The TLS handshake did not end before the deadline."
    return "connect", "No connection was opened before the deadline."
