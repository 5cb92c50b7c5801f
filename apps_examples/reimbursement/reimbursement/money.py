"""Amounts: whole numbers of the smallest unit of a currency, with the exponents of ISO 4217. No floats anywhere."""

import re
from collections.abc import Iterable
from decimal import Decimal

_WITHOUT_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_WITH_THREE = "BHD IQD JOD KWD LYD OMR TND"
_ISO_4217 = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP
    CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR
    ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT
    MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD
    SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES
    VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG"""
CURRENCIES = frozenset(_ISO_4217.split())
_SPACES = re.compile(r"[\s'’\u00a0\u202f]+")
_PLAIN = re.compile(r"([0-9]{1,10})(?:[.,]([0-9]+))?")
_GROUPED = re.compile(r"([0-9]{1,3}(?:,[0-9]{3})+)\.([0-9]+)|([0-9]{1,3}(?:\.[0-9]{3})+),([0-9]+)")
_LARGEST = 10**12


def exponent(currency: str) -> int:
    """How many decimals an amount has; of a code of three letters."""
    if currency in _WITHOUT_DECIMALS:
        return 0
    return 3 if currency in _WITH_THREE else 2


def minor(said: str, currency: str) -> int | None:
    """`1234.50` as people write it, in the smallest unit; None for what is no amount above zero, or could be read in
    two ways: of 1,234 in euros nobody knows whether it is one or a thousand."""
    compact = _SPACES.sub("", said)
    whole, decimals = "", ""
    if found := _PLAIN.fullmatch(compact):
        whole, decimals = found[1], found[2] or ""
    elif found := _GROUPED.fullmatch(compact):
        whole, decimals = re.sub(r"[.,]", "", found[1] or found[3]), found[2] or found[4]
    places = exponent(currency)
    if not whole or len(decimals) > places:
        return None
    amount = int(whole + decimals.ljust(places, "0"))
    return amount if 0 < amount < _LARGEST else None


def decimal(amount: int, currency: str) -> str:
    """For files and forms: 1234.50."""
    return f"{Decimal(amount).scaleb(-exponent(currency)):.{exponent(currency)}f}"


def shown(amount: int, currency: str) -> str:
    """For people: EUR 1,234.50."""
    return f"{currency} {Decimal(amount).scaleb(-exponent(currency)):,.{exponent(currency)}f}"


def totals(amounts: Iterable[tuple[str, int]]) -> dict[str, int]:
    """By currency, in the order of the codes; amounts of different currencies are never added."""
    found: dict[str, int] = {}
    for currency, amount in amounts:
        found[currency] = found.get(currency, 0) + amount
    return dict(sorted(found.items()))


def shown_all(sums: dict[str, int]) -> str:
    return " + ".join(shown(amount, currency) for currency, amount in sums.items())
