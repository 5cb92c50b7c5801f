"""Receipts and files for finance, by addresses that are good for ten minutes and for nothing else: a picture in a page
and a tab of its own carry no session token."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

import flask
from itsdangerous import BadSignature, URLSafeSerializer

from reimbursement.editing import TYPES
from reimbursement.store import Store

_LIFE_S = 600


@dataclass(frozen=True)
class Links:
    """Signs addresses of files. The key is made from the client secret, so a new secret ends all of them."""

    secret: str
    now: Callable[[], float]

    def _signer(self) -> URLSafeSerializer:
        key = hmac.digest(self.secret.encode(), b"reimbursement files", "sha256")
        return URLSafeSerializer(key, salt="file", signer_kwargs={"digest_method": "sha256", "key_derivation": "hmac"})

    def address(self, installation_id: str, kind: str, file_id: str) -> str:
        """`kind`: receipt or export. Only for who may see it."""
        until = int(self.now()) + _LIFE_S
        signed = self._signer().dumps([installation_id, kind, file_id, until])
        return flask.url_for("file", token=signed)

    def read(self, token: str) -> tuple[str, str, str] | None:
        """Installation, kind and id; None for what was not signed here, or has become old."""
        try:
            installation_id, kind, file_id, until = self._signer().loads(token)
        except BadSignature:
            return None
        return (installation_id, kind, file_id) if self.now() < until else None


def serve(store: Store, links: Links, token: str) -> flask.Response:
    found = links.read(token)
    if found is None:
        flask.abort(404)
    installation_id, kind, file_id = found
    with store.reading() as db:
        if kind == "export":
            statement = "SELECT content, created_at AS name FROM export WHERE id = ? AND installation_id = ?"
        else:
            statement = """
                SELECT content, receipt.type, receipt.name FROM receipt JOIN claim ON claim.id = receipt.claim_id
                WHERE receipt.id = ? AND claim.installation_id = ?"""
        row = db.execute(statement, (file_id, installation_id)).fetchone()
    if row is None:
        flask.abort(404)
    if kind == "export":
        name = f"expenses-{row['name'][:10]}.csv"
        return _file(row["content"], "text/csv; charset=utf-8", f"attachment; filename={name}")
    name = f"receipt.{TYPES[row['type']]}"
    shown = "inline" if row["type"].startswith("image/") else "attachment"
    return _file(row["content"], row["type"], f"{shown}; filename={name}; filename*=UTF-8''{quote(row['name'])}")


def _file(content: bytes, kind: str, disposition: str) -> flask.Response:
    headers = {
        "Content-Disposition": disposition,
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "private, no-store",
    }
    return flask.Response(content, content_type=kind, headers=headers)
