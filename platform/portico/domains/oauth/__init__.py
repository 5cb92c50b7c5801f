"""The authorization server: tokens of apps, and the keys that sign what the platform says about people.

Authlib parses the protocol; storage, single use and cascades are ours. Grants by code, refresh, device, token exchange
and client credentials; OpenID Connect; revocation, introspection, metadata and the key set; clients from outside the
catalogue; the session token of embedded pages. Who an app is belongs to `catalogue`, what it may do to
`installations`; the power of a token is computed at each request.
"""
