"""Where in the portal what a notification is about is opened."""

from __future__ import annotations

PLACES = {
    "company": ("cmp", "/companies/{}"),
    "contact": ("con", "/contacts/{}"),
    "department": ("dep", "/departments/{}"),
    "employee": ("emp", "/people/{}"),
    "ticket": ("tkt", "/tickets/{}"),
}
"""Type of a resource → the prefix of its id, and its page."""
