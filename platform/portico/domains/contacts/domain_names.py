"""Domains of companies: how they are written, and those that belong to nobody because anybody has an address there."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email

from portico.kernel.text import N_

MAX_DOMAIN = 253

_FREE_MAIL = """
126.com 139.com 163.com 189.cn aliyun.com aol.com att.net bluewin.ch bol.com.br btinternet.com comcast.net daum.net
email.com fastmail.com fastmail.fm foxmail.com free.fr freenet.de gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.net
googlemail.com hanmail.net hey.com hotmail.co.uk hotmail.com hotmail.de hotmail.es hotmail.fr hotmail.it icloud.com
inbox.ru interia.pl laposte.net libero.it list.ru live.co.uk live.com live.de live.fr mac.com mail.com mail.ru
me.com msn.com nate.com naver.com o2.pl orange.fr outlook.com outlook.de outlook.fr outlook.jp pm.me posteo.de
proton.me protonmail.com qq.com rambler.ru rediffmail.com rocketmail.com seznam.cz sfr.fr sina.cn sina.com
sohu.com t-online.de terra.com.br tom.com tuta.com tuta.io tutanota.com uol.com.br verizon.net vip.163.com
vip.qq.com virgilio.it wanadoo.fr web.de wp.pl ya.ru yahoo.ca yahoo.co.in yahoo.co.jp yahoo.co.uk yahoo.com
yahoo.com.br yahoo.com.cn yahoo.de yahoo.es yahoo.fr yahoo.it yandex.com yandex.ru yeah.net ymail.com zoho.com
"""
FREE_MAIL = frozenset(_FREE_MAIL.split())


class NotADomain(ValueError):
    """The text is no domain of a company. The message is for people."""


def domain(value: str) -> str:
    """In ASCII (IDNA 2008) and lower case; a fixed point. Raises NotADomain."""
    bare = value.strip().rstrip(".")
    try:
        # The flag only admits the reserved domain `.test` (RFC 6761); nothing is looked up.
        found = validate_email(f"a@{bare}", check_deliverability=False, test_environment=True).ascii_domain
    except EmailNotValidError:
        found = None
    if found is None or len(found) > MAX_DOMAIN or "@" in bare:
        raise NotADomain(N_("Give a domain such as acme.example, without https:// in front."))
    return str(found).lower()


def of_company(value: str) -> str:
    """The domain, where a company can own it. Raises NotADomain for those at which anybody has an address."""
    form = domain(value)
    if form in FREE_MAIL:
        raise NotADomain(N_("Anybody may have an address at such a domain; it is no company's."))
    return form


def business_domain(canonical_email: str) -> str | None:
    """The domain of an address, unless anybody may have an address there."""
    form = canonical_email.rpartition("@")[2]
    return None if form in FREE_MAIL else form
