"""The guards that each have a test which falls when they are gone. Text is replaced that stands exactly once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PORTICO = "platform/portico"
OAUTH = f"{PORTICO}/domains/oauth"
ROWS = "tests/domains/oauth"


@dataclass(frozen=True, slots=True)
class Guard:
    """What is taken away, `edits` as (what stands there, what comes in its place), and the tests that must fall."""

    name: str
    path: str
    edits: tuple[tuple[str, str], ...]
    tests: tuple[str, ...]

    def removed(self) -> str:
        """The file without the guard. Raises ValueError where the text does not stand exactly once."""
        text = (ROOT / self.path).read_text()
        for old, new in self.edits:
            if text.count(old) != 1:
                raise ValueError(f"{self.name}: {old!r} stands {text.count(old)} times in {self.path}.")
            text = text.replace(old, new)
        return text


def _guard(name: str, path: str, old: str, new: str, *tests: str) -> Guard:
    return Guard(name, path, ((old, new),), tests)


GUARDS = (
    _guard(
        "workspace fence",
        f"{PORTICO}/kernel/fence.py",
        "if in_workspace(base) and source not in compared:",
        "if in_workspace(base) and base is None:",
        "tests/kernel/test_walls.py::test_second_wall_alone_refuses_a_statement_without_workspace",
    ),
    _guard(
        "audience check",
        f"{OAUTH}/readers.py",
        "if not is_api(row.token_resource):",
        "if False:",
        f"{ROWS}/test_token_endpoint_rows.py::test_P4_a_token_for_another_resource",
    ),
    _guard(
        "S256",
        f"{OAUTH}/service/redeeming.py",
        "if not _VERIFIER.fullmatch(verifier) or not hmac.compare_digest(challenge_of(verifier), code.challenge):",
        "if not _VERIFIER.fullmatch(verifier):",
        f"{ROWS}/test_code_rows.py::test_T6_a_wrong_verifier_burns_the_code",
    ),
    _guard(
        "data range",
        f"{PORTICO}/domains/contacts/queries/contacts.py",
        "        _contact.trashed_at.is_(None),\n        *within_range(actor, _contact.owner_employee_id),\n",
        "        _contact.trashed_at.is_(None),\n",
        "tests/domains/installations/test_data_ranges.py::test_lists_search_and_reads_show_only_what_is_within",
    ),
    _guard(
        "code spent once",
        f"{OAUTH}/service/redeeming.py",
        ".where(AuthorizationCode.digest == digest, AuthorizationCode.spent_at.is_(None))",
        ".where(AuthorizationCode.digest == digest)",
        f"{ROWS}/test_code_rows.py::test_T2_a_code_that_comes_again_ends_the_grant",
    ),
    _guard(
        "refresh reuse",
        f"{OAUTH}/service/refreshing.py",
        "RefreshToken.id == row.token_id, RefreshToken.spent_at.is_(None), RefreshToken.revoked_at",
        "RefreshToken.id == row.token_id, RefreshToken.revoked_at",
        f"{ROWS}/test_refresh_rows.py::test_R3_many_at_once_leave_one_child_at_most",
    ),
    _guard(
        "family kill",
        f"{OAUTH}/service/refreshing.py",
        "    if not _in_grace(row):\n        end_grant(row.grant_id, REPLAY)\n",
        "    if not _in_grace(row):\n",
        f"{ROWS}/test_refresh_rows.py::test_R2_a_spent_one_ends_the_family",
    ),
    _guard(
        "redirect exact match",
        f"{OAUTH}/registered.py",
        "if asked in self.redirect_uris:",
        "if asked.startswith(self.redirect_uris):",
        f"{ROWS}/test_authorize_rows.py::test_A2_another_redirect_uri",
    ),
    _guard(
        "state of the installation",
        f"{OAUTH}/readers.py",
        '    if row.status != "active":\n        raise InstallationSuspended()\n    return _app(row)',
        "    return _app(row)",
        f"{ROWS}/test_installation_tokens.py::test_suspended_resumed_and_uninstalled",
    ),
    _guard(
        "an assertion is used once",
        f"{OAUTH}/client_authentication.py",
        "return found.key_id if fresh else None",
        "return found.key_id",
        f"{ROWS}/test_client_authentication.py::test_C6_an_assertion_is_used_once",
    ),
    _guard(
        "address of each dial",
        f"{PORTICO}/kernel/outbound/transfer.py",
        "        why = None if self.proxy else self._policy.refusal(self.target, address)\n",
        "        why = None\n",
        "tests/kernel/test_outbound_send.py::test_the_socket_hook_judges_the_address_that_is_dialled",
    ),
    _guard(
        "names of the inside",
        f"{PORTICO}/kernel/outbound/policy.py",
        ' or ("a name of the inside" if _is_inside(target) else None)',
        "",
        "tests/kernel/test_outbound_canary.py::test_a_name_of_the_inside_is_not_even_looked_up",
    ),
    _guard(
        "forms of other sites",
        f"{PORTICO}/web/pages.py",
        'if site not in ("same-origin", "none") or origin not in ours:',
        "if origin == site:",
        f"{ROWS}/test_authorize_rows.py::test_A13_a_yes_from_another_site",
    ),
    _guard(
        "password throttle",
        f"{PORTICO}/domains/identity/service/sessions.py",
        'raise SignInThrottled(headers={"Retry-After": str(int(WINDOW.total_seconds()))})',
        "return",
        "tests/domains/identity/test_throttle.py::test_who_guesses_is_stopped_and_the_owner_is_not",
    ),
    _guard(
        "scope intersection",
        f"{OAUTH}/readers.py",
        "granted = asked.intersection(row.granted_scopes)",
        "granted = asked",
        f"{ROWS}/test_installation_tokens.py::test_power_is_computed_at_each_request",
    ),
    _guard(
        "role",
        f"{OAUTH}/power.py",
        "return _within(frozenset(asked), consented, narrowed) & (IDENTITY | (scopes_of_role(role) & app_scopes()))",
        "return _within(frozenset(asked), consented, narrowed)",
        f"{ROWS}/test_token_endpoint_rows.py::test_a_cut_of_the_role_bites_at_the_next_request",
    ),
    _guard(
        "token expiry",
        f"{OAUTH}/readers.py",
        "    if row.expires_at <= clock.now():\n        raise TokenExpired()\n",
        "",
        f"{ROWS}/test_installation_tokens.py::test_an_hour_and_no_longer",
    ),
    Guard(
        "row of a sealed value",
        f"{PORTICO}/kernel/secrets.py",
        (
            (".encrypt(nonce, plain, row.encode())", ".encrypt(nonce, plain, None)"),
            (".decrypt(raw[:12], raw[12:], row.encode())", ".decrypt(raw[:12], raw[12:], None)"),
        ),
        ("tests/kernel/test_secrets.py::test_a_sealed_value_moved_to_another_row_stays_shut",),
    ),
    _guard(
        "hash chain",
        f"{PORTICO}/domains/audit/chain.py",
        "hashlib.sha256(previous.encode() + _canonical_bytes(entry))",
        "hashlib.sha256(_canonical_bytes(entry))",
        "tests/domains/audit/test_record.py::test_an_entry_is_bound_to_the_one_before",
    ),
    _guard(
        "idempotency key",
        f"{PORTICO}/kernel/idempotency.py",
        '        if row.fingerprint != self._values["fingerprint"]:\n            raise KeyReused()\n',
        "",
        "tests/kernel/test_idempotency.py::test_another_body_under_the_same_key_is_refused",
    ),
    _guard(
        "If-Match",
        f"{PORTICO}/web/requests.py",
        'must be the ETag of an earlier answer.")\n    return int(text)\n',
        'must be the ETag of an earlier answer.")\n    return None\n',
        "tests/api/test_bad_input.py::test_the_present_etag_is_let_in_once",
    ),
    _guard(
        "hidden is not found",
        f"{PORTICO}/domains/tickets/queries.py",
        "return statement.where(_ticket.requester_employee_id == actor.employee_id)",
        "return statement",
        "tests/domains/tickets/test_tickets_api.py::test_wrong_workspace_and_other_peoples_tickets",
    ),
    _guard(
        "_redacted",
        f"{PORTICO}/domains/webhooks/projection.py",
        "    if not lacking:\n",
        "    if True:\n",
        "tests/domains/webhooks/test_app_endpoints.py::test_fields_are_redacted_by_scope",
    ),
    _guard(
        "flags of the session cookie",
        f"{PORTICO}/web/pages.py",
        '        secure=settings.secure_cookies,\n        httponly=True,\n        samesite="Lax",\n',
        "",
        "tests/account/test_sign_in.py::test_signing_in_gives_a_cookie_that_scripts_cannot_read",
    ),
    _guard(
        "open redirect",
        f"{PORTICO}/web/pages.py",
        'if parts.scheme or parts.netloc or target.startswith("//") or "%2f%2f" in target[:8].lower():',
        "if parts.scheme:",
        "tests/account/test_sign_in.py::test_next_never_leads_to_another_site",
    ),
    _guard(
        "rate limit",
        f"{PORTICO}/web/limits.py",
        "        if not allowed:\n            REFUSED",
        "        if quota < 0:\n            REFUSED",
        "tests/api/test_limits_of_calls.py::test_who_asks_too_much_is_told_when_to_come_back",
    ),
    _guard(
        "who decides",
        f"{PORTICO}/domains/approvals/service/deciding.py",
        'if row["state"] == "waiting" and row["employee_id"] in mine]',
        'if row["state"] == "waiting"]',
        "tests/domains/approvals/test_deciding.py::test_steps_follow_each_other",
        "tests/domains/approvals/test_deciding.py::test_all_must_agree_and_one_no_ends_it",
    ),
    _guard(
        "locked months",
        f"{PORTICO}/domains/attendance/service/rostering.py",
        "if {periods.month_of(on) for on in dates} & periods.locked_months(actor.workspace_id):",
        "if not dates:",
        "tests/domains/attendance/test_periods.py::test_locked_days_never_change",
    ),
    _guard(
        "acknowledgement of an old revision",
        f"{PORTICO}/domains/announcements/service/receiving.py",
        'if seen < found["material_revision"]:',
        "if seen < 0:",
        "tests/domains/announcements/test_receipts.py::test_e_a_10_of_an_old_revision_nothing_is_acknowledged",
    ),
    _guard(
        "review of what was handed over",
        f"{PORTICO}/domains/announcements/service/reviewing.py",
        "        permissions.require_not_author(actor, before)\n        after",
        "        after",
        "tests/domains/announcements/test_reviews.py::test_nobody_decides_about_what_was_handed_over_to_them",
    ),
    _guard(
        "inbox of one's own",
        f"{PORTICO}/domains/notifications/service/reading.py",
        '(_note.workspace_id == actor.workspace_id, _note.employee_id == (actor.employee_id or ""))',
        "(_note.workspace_id == actor.workspace_id,)",
        "tests/domains/notifications/test_telling.py::test_reading_counts_the_first_time_and_is_ones_own",
    ),
)
