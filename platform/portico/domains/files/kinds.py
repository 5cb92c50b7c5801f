"""What a file is, by its own bytes: the signatures of the WHATWG MIME Sniffing standard (sections 6 and 7), and of the
formats that people attach most.

The name only chooses among what looks alike (a `.docx` is a zip archive) and is refused where it says one thing of
which every file has a signature, and the content says another.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from portico.domains.files.errors import FileTypeMismatch, FileTypeRefused

HEAD_BYTES = 4096
UNKNOWN = "application/octet-stream"
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"\x1f\x8b", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"fLaC", "audio/flac"),
    (b"\x1aE\xdf\xa3", "video/webm"),
)
# Of Windows, Linux, macOS (four kinds), Java, and scripts that name their interpreter.
_PROGRAMS = (
    *(b"MZ", b"\x7fELF", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe"),
    *(b"\xca\xfe\xba\xbe", b"#!"),
)
_PROGRAM_NAMES = frozenset(("bat", "cmd", "com", "exe", "hta", "jar", "lnk", "msi", "ps1", "scr", "vbs", "wsf"))
_OFFICE = "application/vnd.openxmlformats-officedocument"
_ZIPS = {
    "docx": f"{_OFFICE}.wordprocessingml.document",
    "xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    "pptx": f"{_OFFICE}.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
}
_OLES = {"doc": "application/msword", "xls": "application/vnd.ms-excel", "ppt": "application/vnd.ms-powerpoint"}
_TEXTS = {"csv": "text/csv", "json": "application/json", "md": "text/markdown"}
# Names of which every file has a signature: another content is a disguise, or a mistake that a reader would meet.
_SAID = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "pdf": "application/pdf",
    "zip": "application/zip",
    **_ZIPS,
}
_MARKUP = re.compile(rb"<(!doctype html|html|head|body|script|iframe|svg|\?xml|!--)[\s>/]", re.IGNORECASE)
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
PICTURES = frozenset(("image/png", "image/jpeg", "image/webp", "image/gif"))
# What a browser may be told the name of: it runs nothing of these. All else leaves as bytes.
HARMLESS = PICTURES | frozenset(("application/pdf", "text/plain", "text/csv", "application/zip", *_ZIPS.values()))


def kind_of(head: bytes, name: str) -> str:
    """The media type of a file that begins so. Raises FileTypeRefused and FileTypeMismatch."""
    ending = PurePosixPath(name).suffix.lstrip(".").lower()
    if head.startswith(_PROGRAMS) or ending in _PROGRAM_NAMES:
        raise FileTypeRefused
    found = _by_signature(head, ending) or _by_text(head, ending)
    said = _SAID.get(ending)
    if said is not None and said != found:
        raise FileTypeMismatch(f"The name ends in .{ending}, and the content is {found}; give it its true name.")
    return found


def _by_signature(head: bytes, ending: str) -> str | None:
    found = next((kind for start, kind in _SIGNATURES if head.startswith(start)), None)
    if head[:4] == b"RIFF":
        found = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}.get(head[8:12])
    elif head[4:8] == b"ftyp":
        found = {"m4a": "audio/mp4", "mov": "video/quicktime", "heic": "image/heic"}.get(ending, "video/mp4")
    if found == "application/zip":
        return _ZIPS.get(ending, found)
    if found == "application/x-ole-storage":
        return _OLES.get(ending, found)
    return found


def _by_text(head: bytes, ending: str) -> str:
    """Text, and which: whatever a browser could take for a page is called one. `head` may end within a character."""
    try:
        head.decode()
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3:
            return UNKNOWN
    if _CONTROLS.search(head):
        return UNKNOWN
    found = _MARKUP.search(head)
    if found is None:
        return _TEXTS.get(ending, "text/plain")
    if b"<svg" in head.lower():
        return "image/svg+xml"
    return "application/xml" if found[1] == b"?xml" else "text/html"


def served_as(kind: str) -> str:
    """Under which type the bytes leave: the true one where no browser runs it."""
    return kind if kind in HARMLESS else UNKNOWN
