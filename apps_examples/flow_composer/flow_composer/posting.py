"""Posts to the world: to hosts that the company agreed to, with headers that nobody reads in the log."""

import json
import math
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
from joserfc.errors import JoseError

from flow_composer.calls import Again, Done, Failed, Outcome, failure
from flow_composer.guard import Refused, may_post_to
from flow_composer.model import MASK
from flow_composer.sealing import Sealer
from portico_sdk import PorticoError

LONGEST_WAIT_S = 6 * 3600.0
_READ = 16 * 1024


def shown(post: Mapping[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
    """As it stands in the log: an address can be a secret from its path on, and the value of a header is one."""
    url = httpx.URL(post["url"])
    return {
        "url": f"{url.scheme}://{url.netloc.decode()}/…",
        "headers": dict.fromkeys(post.get("headers", {}), MASK),
        "body": dict(body),
    }


class Poster:
    """`hosts` answers to which a company lets flows post."""

    def __init__(
        self,
        client: httpx.Client,
        sealer: Sealer,
        hosts: Callable[[str], tuple[str, ...]],
        now: Callable[[], float],
        *,
        allow_http: bool = False,
    ) -> None:
        self._client, self._sealer, self._hosts, self._now = client, sealer, hosts, now
        self._allow_http = allow_http

    def send(self, installation_id: str, post: Mapping[str, Any], body: Mapping[str, Any], key: str) -> Outcome:
        """At least once: who receives knows a repeat by its `Idempotency-Key`."""
        url = httpx.URL(post["url"])
        try:
            hosts = self._hosts(installation_id)
        except PorticoError:
            return Again(failure("platform_away"))
        if not may_post_to(post["url"], hosts, allow_http=self._allow_http):
            return Failed(failure("host_not_agreed", url.host))
        try:
            headers = {name: self._sealer.open(value) for name, value in post.get("headers", {}).items() if value}
        except (JoseError, ValueError):
            return Failed(failure("secret_unreadable"))
        sent = {**headers, "content-type": "application/json", "idempotency-key": key}
        try:
            content = json.dumps(body, ensure_ascii=False).encode()
            with self._client.stream("POST", url, content=content, headers=sent) as response:
                words = next(response.iter_bytes(_READ), b"")
        except Refused:
            return Failed(failure("host_inside", url.host))
        except httpx.HTTPError as error:
            return Again(failure("answered", url.host, type(error).__name__, ""))
        return self._judged(url.host, response, words)

    def _judged(self, host: str, response: httpx.Response, words: bytes) -> Outcome:
        status = response.status_code
        if response.is_success:
            return Done({"status": status})
        because = failure("answered", host, status, " ".join(words.decode(errors="replace").split())[:200])
        if status in (408, 425, 429) or status >= 500:
            return Again(because, self._retry_after(response.headers.get("retry-after", "")))
        return Failed(because)

    def _retry_after(self, header: str) -> float | None:
        """Seconds, or a date (RFC 9110, 10.2.3)."""
        try:
            wait = float(header)
        except ValueError:
            try:
                wait = parsedate_to_datetime(header).timestamp() - self._now()
            except (ValueError, TypeError):
                return None
        return min(max(wait, 0.0), LONGEST_WAIT_S) if math.isfinite(wait) else None
