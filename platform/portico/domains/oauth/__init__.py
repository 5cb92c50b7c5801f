"""The authorization server: tokens of apps, and the keys that sign what the platform says about people.

Authlib parses the protocol; storage, single use and cascades are ours. What exists: client credentials for one
installation, revocation, server and resource metadata, the key set, and the session token of embedded pages. Who an
app is belongs to `catalogue`, what it may do to `installations`; the power of a token is computed at each request.
"""
