"""The catalogue: publishers, their apps, credentials and versions, and what of them can be found and installed.

Words: a *publisher* owns apps and is at home in one workspace; an *app version* is one frozen manifest; a *listing* is
the page of a released version. Installing belongs to `installations`, checking credentials to `oauth`. The manifest's
schema and check are the SDK's, so that developers run the very same; nothing else of the platform imports it.
All tables here are global: an app lives in many workspaces.
"""
