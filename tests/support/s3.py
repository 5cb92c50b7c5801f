"""A small server that speaks the six calls of S3 which the store makes, and keeps objects in memory.

It checks that a call is signed (version 4) and not the signature itself; a multipart upload appears when it is
completed, and not before.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape


class _Bucket(ThreadingHTTPServer):
    objects: dict[str, bytes]
    parts: dict[str, dict[int, bytes]]


class _Calls(BaseHTTPRequestHandler):
    server: _Bucket
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        return

    def _begin(self) -> tuple[str, dict[str, list[str]]]:
        assert self.headers["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=")
        parts = urlsplit(self.path)
        key = unquote(parts.path).lstrip("/").partition("/")[2]
        return key, parse_qs(parts.query, keep_blank_values=True)

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_PUT(self) -> None:
        key, query = self._begin()
        body = self._body()
        if "partNumber" in query:
            self.server.parts[query["uploadId"][0]][int(query["partNumber"][0])] = body
        else:
            self.server.objects[key] = body
        self._answer(200, ETag='"1"')

    def do_POST(self) -> None:
        key, query = self._begin()
        body = self._body()
        if "uploads" in query:
            upload = str(len(self.server.parts) + 1)
            self.server.parts[upload] = {}
            found = f"<InitiateMultipartUploadResult><UploadId>{upload}</UploadId></InitiateMultipartUploadResult>"
        elif "delete" in query:
            gone = [part.partition("</Key>")[0] for part in body.decode().split("<Key>")[1:]]
            for name in gone:
                self.server.objects.pop(name, None)
            found = "".join(f"<Deleted><Key>{name}</Key></Deleted>" for name in gone)
            found = f"<DeleteResult>{found}</DeleteResult>"
        else:
            pieces = self.server.parts[query["uploadId"][0]]
            self.server.objects[key] = b"".join(pieces[number] for number in sorted(pieces))
            found = '<CompleteMultipartUploadResult><ETag>"1"</ETag></CompleteMultipartUploadResult>'
        self._answer(200, found.encode(), Content_Type="application/xml")

    def do_GET(self) -> None:
        key, query = self._begin()
        if "list-type" in query:
            self._answer(200, self._listed(query["prefix"][0]), Content_Type="application/xml")
        elif key in self.server.objects:
            self._answer(200, self.server.objects[key], Last_Modified=_http(), ETag='"1"')
        else:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_DELETE(self) -> None:
        key, _ = self._begin()
        self.server.objects.pop(key, None)
        self._answer(204)

    def _listed(self, prefix: str) -> bytes:
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        rows = "".join(
            f"<Contents><Key>{escape(key)}</Key><LastModified>{now}</LastModified><ETag>&quot;1&quot;</ETag>"
            f"<Size>{len(content)}</Size></Contents>"
            for key, content in sorted(self.server.objects.items())
            if key.startswith(prefix)
        )
        return f"<ListBucketResult><IsTruncated>false</IsTruncated>{rows}</ListBucketResult>".encode()


def _http() -> str:
    return datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")


@contextmanager
def serving() -> Iterator[str]:
    """The address of a bucket server on loopback."""
    server = _Bucket(("127.0.0.1", 0), _Calls)
    server.objects, server.parts = {}, {}
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
