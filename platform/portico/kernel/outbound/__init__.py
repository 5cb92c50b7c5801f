"""The only place that opens a connection for a tenant: webhooks, actions, cards, icons, key sets, metadata.

**The guard.** A URL given by a tenant may point anywhere, and a name may point elsewhere a moment later. So
the law is applied to concrete addresses, three times, by one function (`EgressPolicy.refusal`):
1. the name is resolved once, here and not by libcurl, and *every* address of the answer must pass: one bad
   address among several refuses the request before anything is dialled;
2. libcurl is pinned to those addresses, and the hook that creates each socket refuses any other one, whatever
   libcurl thinks the URL says;
3. a connection that is reused creates no socket, so the peer of every request is checked again just before
   the request is written.
`check_url` before a call is a courtesy to people, never the guard.

With a proxy of the operator the first point stands as it is, and the proxy is asked for an address that passed; the
other two see to it that nothing but the proxy is dialled.

**What goes out.** http(s) only, HTTP/1.1, own `Host` and `User-Agent`, the path as it stands. No proxy from
the environment, no redirect followed, no cookie, no netrc, no credentials of the URL, no decompression.

**What may come back.** A status and at most `read_cap` bytes of body; a longer body is cut
(`Answer.truncated`) and its connection closed. DNS has 2 s, connecting (TLS included) `connect_s`, all of it
together `deadline_s`.

`send` makes one request and waits; `Many` keeps many in flight on warm connections in one thread. A `Many` is
bound to its policy for life: when the policy changes, close it and open another.
"""

from portico.kernel.outbound.addresses import refuse_reason
from portico.kernel.outbound.inside import kept_inside
from portico.kernel.outbound.many import Many
from portico.kernel.outbound.messages import Answer, ErrorClass, Request
from portico.kernel.outbound.names import txt_records
from portico.kernel.outbound.policy import EgressPolicy, check_url
from portico.kernel.outbound.single import send

__all__ = [
    "Answer",
    "EgressPolicy",
    "ErrorClass",
    "Many",
    "Request",
    "check_url",
    "kept_inside",
    "refuse_reason",
    "send",
    "txt_records",
]
