"""The ways by which a notification leaves, besides the inbox."""

from __future__ import annotations

CHANNELS = ("email",)
