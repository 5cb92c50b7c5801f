"""How a name is drawn where there is no picture: initials on one of twelve tones.

The tone is a class, not a style attribute, since the content security policy allows no inline style.
"""

from zlib import crc32

TONES = 12


def initials(name: str) -> str:
    """One or two letters: first and last word for alphabets, the last two characters for CJK names.

    A Chinese name is recognised by its given name, which stands last.
    """
    words = name.split()
    if not words:
        return "?"
    if ord(words[0][0]) >= 0x2E80:
        return "".join(words)[-2:]
    first, last = words[0], words[-1]
    return (first[0] + (last[0] if len(words) > 1 else "")).upper()


def tone(key: str) -> int:
    """A number from 0 to 11 that stays the same for the same key, in every process and release."""
    return crc32(key.encode()) % TONES
