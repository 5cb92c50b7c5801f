"""The canonical form of an identifier: what is compared, never what is shown. Each form is a fixed point."""

from __future__ import annotations

import re
import unicodedata

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from portico.kernel.text import N_

KINDS = ("email", "phone", "external")
NAMESPACE = r"[a-z][a-z0-9_.-]{0,63}"
# They stand for themselves in /contacts/by-id/{namespace}/{value}.
RESERVED = ("email", "phone")
MAX_VALUE = 320
VERIFICATIONS = ("hmac", "otp", "oauth", "admin", "import", "none")
# What people get wrong most in addresses, in the words of the library, so that their language can say it too.
SAID_OF_ADDRESSES = (
    N_("An email address must have an @-sign."),
    N_("There must be something before the @-sign."),
    N_("There must be something after the @-sign."),
    N_("The part after the @-sign is not valid. It should have a period."),
    N_("An email address cannot have two periods in a row."),
    N_("An email address cannot end with a period."),
)
_EXTENSION = re.compile(r"(?:;ext=|ext\.?|extension|x|#)\s*([0-9]{1,7})\Z", re.IGNORECASE)
_SEPARATORS = re.compile(r"[\s().\-/‐-―−·]+")
_NUMBER = re.compile(r"\+?[0-9]{2,20}")


class NotAnIdentifier(ValueError):
    """The value is none of its kind. The message is for people."""


def _fold(text: str) -> str:
    """Canonical caseless form (Unicode section 3.13, D145), composed."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).casefold())


def email(value: str) -> str:
    """Domain in ASCII (IDNA 2008) and lower case, local part case-folded; dots and +tags stay. No DNS."""
    try:
        # The flag only admits the reserved domain `.test` (RFC 6761); nothing is looked up either way.
        found = validate_email(value.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise NotAnIdentifier(str(error)) from None
    return f"{_fold(found.local_part)}@{found.ascii_domain.lower()}"


def _international(digits: str, extension: str) -> str:
    """E.164 where the number can exist, with the extension as RFC 3966 writes it; else the digits as they came."""
    try:
        number = phonenumbers.parse(digits)
    except phonenumbers.NumberParseException:
        return digits + extension
    if not phonenumbers.is_possible_number(number):
        return digits + extension
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) + extension


def _with_region(digits: str, region: str) -> str | None:
    try:
        number = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def phone(value: str, region: str | None = None) -> str:
    """E.164 for what begins with `+` or `00`, or is a number of `region`; other numbers keep their digits."""
    text = unicodedata.normalize("NFKC", value).strip()
    found = _EXTENSION.search(text)
    extension = ""
    if found is not None:
        extension, text = f";ext={found[1]}", text[: found.start()]
    # Told as +49 (0)30 …: the trunk prefix in brackets is not dialled from abroad.
    text = re.sub(r"\A\s*(\+[^(]*)\(0\)", r"\1", text)
    digits = _SEPARATORS.sub("", text)
    if not digits and found is not None:
        digits, extension = found[1], ""
    if digits.startswith("00"):
        digits = "+" + digits[2:].lstrip("0")
    if not _NUMBER.fullmatch(digits):
        raise NotAnIdentifier(N_("Give a phone number: digits, with + or 00 and the country code in front if you can."))
    if digits.startswith("+"):
        return _international(digits, extension)
    national = _with_region(digits, region) if region else None
    return (national or digits) + extension


def external(value: str) -> str:
    """Another system's id, as that system writes it."""
    text = unicodedata.normalize("NFC", value).strip()
    if not 1 <= len(text) <= MAX_VALUE or not text.isprintable():
        raise NotAnIdentifier(f"Give 1 to {MAX_VALUE} printable characters.")
    return text


def is_namespace(text: str) -> bool:
    """Whether external ids may stand in a namespace of this name."""
    return re.fullmatch(NAMESPACE, text) is not None and text not in RESERVED


def national(form: str) -> str | None:
    """The digits that people of its country dial, of a number in E.164."""
    try:
        number = phonenumbers.parse(form.partition(";")[0])
    except phonenumbers.NumberParseException:
        return None
    return str(number.national_number)


def dialled(text: str) -> str:
    """What somebody who looks for a number typed with blanks or brackets, as its digits; any other text as it is."""
    plain = unicodedata.normalize("NFKC", text).strip()
    digits = _SEPARATORS.sub("", plain)
    if not re.search(r"[\s()]", plain) or not re.fullmatch(r"\+?[0-9]{5,20}", digits):
        return text
    return digits.lstrip("+").removeprefix("00")


def canonical(kind: str, value: str, region: str | None = None) -> str:
    """The form by which an identifier of this kind is compared; `region` is where numbers without a country code
    belong. Raises NotAnIdentifier."""
    if len(value) > MAX_VALUE:
        raise NotAnIdentifier(f"Give at most {MAX_VALUE} characters.")
    match kind:
        case "email":
            return email(value)
        case "phone":
            return phone(value, region)
        case _:
            return external(value)
