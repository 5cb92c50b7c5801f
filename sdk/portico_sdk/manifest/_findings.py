"""A finding says where, what, and how to mend it. Each rule has its sentences here and nowhere else."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

__all__ = [
    "HINTS",
    "KINDS",
    "KNOWN",
    "KNOWN_HERE",
    "NONE_DECLARED",
    "PLAIN",
    "RULES",
    "SENTENCES",
    "Finding",
    "finding",
    "nearest",
    "pointer",
]

PLAIN = "{}"
DID_YOU_MEAN, KNOWN, KNOWN_HERE = "Did you mean {}?", "Known are: {}.", "Known here are: {}."
NONE_DECLARED = "The manifest declares none."
KINDS = ("a table", "a list", "text", "text, or a table by language", "a whole number", "true or false")
"""What a value of a manifest may have to be."""
HINTS = (DID_YOU_MEAN, KNOWN, KNOWN_HERE, NONE_DECLARED)


@dataclass(frozen=True)
class Finding:
    """One thing to mend. `rule` is stable; `path` is a JSON Pointer (RFC 6901) into the manifest."""

    rule: str
    path: str
    message: str
    mending: str
    severity: str = "error"
    """An error has to be mended; a `warning` is advice."""
    detail: str = ""
    """What the case fills into the sentences of the rule: a name, a number, a kind of value."""
    hint: str = PLAIN
    """The sentence that takes the detail first, such as `Did you mean {}?`."""


# rule: (what is wrong, how to mend it); {} stands for the detail of the case
SENTENCES: Mapping[str, tuple[str, str]] = {
    "required": ("This is missing.", "Add it; the reference of portico.toml shows an example."),
    "unknown_key": ("This key is not known here.", "{}"),
    "wrong_type": ("This has to be {}.", "Write {} here."),
    "empty": ("This is empty.", "Write something, or leave the key out."),
    "too_long": ("This is longer than {} characters.", "Say it in {} characters or fewer."),
    "too_many": ("These are more than {}.", "Leave {} or fewer."),
    "key_format": (
        "This is not a key.",
        "Use 2 to 40 of a-z, 0-9, _ and -, beginning with a letter, such as my-app.",
    ),
    "choice": ("This is not one of the choices.", "Choose one of: {}."),
    "english_missing": ("The English text is missing.", 'Add en = "…" beside the other languages.'),
    "language_format": ("This is not a language.", "Use a tag such as en, de or zh-CN."),
    "path_format": (
        "This is not a path of the app.",
        "Begin with one slash, as in /events; base_url has the host.",
    ),
    "link_https": ("This is not an https address.", "Write it whole, as in https://example.com/help."),
    "host_format": (
        "This is not a host name.",
        "Write the name alone, as in mail.example or *.mail.example.",
    ),
    "schema_version": ("This version of the manifest is not known.", "Write schema = 1."),
    "base_url": (
        "This is not the https address of a host.",
        "Write scheme and host alone, as in https://leave.example.",
    ),
    "base_url_development": (
        "Plain http is for this machine and for development only.",
        "Use the https address under which the workspace reaches the app.",
    ),
    "redirect_uri": (
        "This address cannot receive an authorization code.",
        "Use https (http only for loopback), without a fragment.",
    ),
    "file_path": (
        "This is not a file beside the manifest.",
        "Name a file in this folder or below it, as in icon.png.",
    ),
    "file_missing": ("The file {} is not there.", "Add the file, or leave the key out."),
    "file_too_large": ("The file is larger than {} bytes.", "Make it smaller."),
    "icon_type": ("This is not an icon.", "Use a PNG, SVG or WebP file, or its data URI."),
    "screenshot_type": ("This is not a screenshot.", "Use a PNG, JPEG or WebP file."),
    "unknown_scope": ("There is no scope of this name.", "{}"),
    "user_scope": ("Only a person can grant this scope.", "Move it to user_scopes."),
    "scope_twice": ("This scope is asked for already.", "Leave it in one place."),
    "unknown_event": ("There is no event of this name.", "{}"),
    "unknown_place": ("There is no place of this name.", "{}"),
    "surface_place": ("An app cannot show a page here.", "Declare an action for it; surfaces go to: {}."),
    "action_place": ("An action cannot stand here.", "Declare a surface for it; actions go to: {}."),
    "duplicate_key": ("This key is used already.", "Give each its own key."),
    "events_url_missing": ("Events are asked for, but there is no URL for them.", 'Add url = "/events".'),
    "v1_missing": ("v1 signs every call.", 'Write signatures = ["v1", "v1a"], or leave the key out.'),
    "between": ("This number is out of bounds.", "Write one within {}."),
    "event_filter": ("This filter of events cannot be read.", "{}"),
    "options_missing": ("A select needs its options.", 'Add options = ["…", "…"].'),
    "target": (
        "This leads nowhere.",
        "Write a path of the workspace (/tickets/tkt_…), an https address, or surface: and the key of an own page.",
    ),
    "picture": (
        "This is not a picture that can be shown.",
        "Use an https address, or a data URI of a PNG, JPEG, GIF or WebP.",
    ),
    "button": ("A button does one thing.", "Give it either an action or open."),
    "unknown_action": ("The manifest has no such action that fits here.", "{}"),
    "unknown_surface": ("The manifest has no such page.", "{}"),
    "card_size": ("Only cards have a size.", 'Leave it out, or move the surface to place = "home.card".'),
    "not_json": (
        "This value cannot be kept as JSON.",
        "Use plain text, numbers, true, false, lists, tables.",
    ),
}

RULES = tuple(SENTENCES)


def finding(rule: str, path: str, detail: str = "", hint: str = PLAIN) -> Finding:
    message, mending = SENTENCES[rule]
    filled = hint.format(detail)
    return Finding(rule, path, message.format(filled), mending.format(filled), detail=detail, hint=hint)


def nearest(name: str, known: Collection[str], cutoff: float, otherwise: str) -> tuple[str, str]:
    """The detail and the hint for a name that does not exist: what may be meant, or else all that there is."""
    close = get_close_matches(name, known, n=1, cutoff=cutoff)
    return (close[0], DID_YOU_MEAN) if close else (", ".join(sorted(known)), otherwise)


def pointer(*parts: str | int) -> str:
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)
