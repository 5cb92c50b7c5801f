"""The stream: server-sent events for apps (`/events`, a token) and for our own pages (`/live`, the session's cookie).

A small ASGI application on a loop of its own. Words: a *listener* is one open connection, which costs a coroutine and
remembers a position; a *room* is the listeners of one workspace; to *hand out* is to read one page of the outbox for
those who stand at the same place. The database is read in a few threads, never from memory: who lags, or comes back,
reads the same rows. What an event looks like to whom is decided by `domains.webhooks.streaming`.
"""
