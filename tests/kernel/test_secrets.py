"""Tokens carry their checksum; sealed values open for their row alone, also after the key was rotated."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portico.kernel import authn, secrets
from portico.kernel.secrets import Keyring, SealBroken

OLD, NEW, OTHER = (bytes([n]) * 32 for n in (1, 2, 3))
ROW = "endpoint|secret|whe_1|wsp_1"


def test_a_token_is_well_formed_and_a_changed_one_is_not() -> None:
    token = secrets.new_token("ptp_")
    assert secrets.well_formed(token)
    for place in range(len(token)):
        changed = token[:place] + ("x" if token[place] != "x" else "y") + token[place + 1 :]
        assert not secrets.well_formed(changed), place
    assert not secrets.well_formed(token[:-1])
    assert not secrets.well_formed(token + "0")


@given(st.text(max_size=80))
def test_other_text_is_no_token(text: str) -> None:
    assert not secrets.well_formed(text)


def test_a_token_with_a_wrong_checksum_is_looked_up_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up: list[str] = []
    monkeypatch.setitem(authn._readers, "ptp_", looked_up.append)
    token = secrets.new_token("ptp_")
    authn.authenticate(f"Bearer {token}")
    for wrong in (
        token[:-1] + ("x" if token[-1] != "x" else "y"),
        token[:-1],
        "ptp_" + "x" * 49,
        "ptp_" + "x" * 20_000,
    ):
        with pytest.raises(authn.TokenInvalid):
            authn.authenticate(f"Bearer {wrong}")
    assert looked_up == [secrets.digest(token)]


def test_tokens_differ_and_digests_do_not_show_them() -> None:
    tokens = {secrets.new_token("pti_") for _ in range(1000)}
    assert len(tokens) == 1000
    assert all(len(token) == 53 for token in tokens)
    token = tokens.pop()
    assert secrets.digest(token) == secrets.digest(token)
    assert token[4:20] not in secrets.digest(token)


@given(st.binary(max_size=200))
def test_what_is_sealed_opens_for_its_row(plain: bytes) -> None:
    ring = Keyring((OLD,))
    sealed = ring.seal(plain, ROW)
    assert ring.unseal(sealed, ROW) == plain
    assert ring.seal(plain, ROW) != sealed, "the nonce is fresh"


@pytest.mark.parametrize("row", ["endpoint|secret|whe_2|wsp_1", "endpoint|secret|whe_1|wsp_2", "", ROW + " "])
def test_a_sealed_value_moved_to_another_row_stays_shut(row: str) -> None:
    ring = Keyring((OLD,))
    with pytest.raises(SealBroken, match="changed or moved"):
        ring.unseal(ring.seal(b"whsec_x", ROW), row)


def test_a_changed_blob_stays_shut() -> None:
    ring = Keyring((OLD,))
    key_id, _, body = ring.seal(b"whsec_x", ROW).partition(".")
    for place in (0, 10, 20, len(body) - 3):
        changed = body[:place] + ("A" if body[place] != "A" else "B") + body[place + 1 :]
        with pytest.raises(SealBroken):
            ring.unseal(f"{key_id}.{changed}", ROW)


@pytest.mark.parametrize("blob", ["", ".", "nothing", "00000000.AAAA", "x.y.z"])
def test_what_was_never_sealed_stays_shut(blob: str) -> None:
    with pytest.raises(SealBroken):
        Keyring((OLD,)).unseal(blob, ROW)


@pytest.mark.parametrize("body", ["", "A", "AAAA", "ü", "A" * 16])
def test_a_blob_of_our_key_without_a_body_stays_shut(body: str) -> None:
    with pytest.raises(SealBroken):
        Keyring((OLD,)).unseal(f"{Keyring.key_id(OLD)}.{body}", ROW)


def test_rotation_old_values_open_and_new_ones_use_the_new_key() -> None:
    before = Keyring((OLD,)).seal(b"whsec_x", ROW)
    rotated = Keyring((NEW, OLD))
    assert rotated.unseal(before, ROW) == b"whsec_x"
    after = rotated.seal(b"whsec_x", ROW)
    assert after.startswith(Keyring.key_id(NEW))
    with pytest.raises(SealBroken, match="not among PORTICO_SECRET_KEYS"):
        Keyring((NEW,)).unseal(before, ROW)
    with pytest.raises(SealBroken):
        Keyring((OLD,)).unseal(after, ROW)


def test_derived_tokens_are_the_same_again_and_differ_by_purpose_and_server() -> None:
    ring = Keyring((OLD,))
    token = ring.derive_token("ptl_", "invitation|inv_1|1")
    assert token == ring.derive_token("ptl_", "invitation|inv_1|1")
    assert secrets.well_formed(token)
    others = {
        ring.derive_token("ptl_", "invitation|inv_1|2"),
        ring.derive_token("ptl_", "invitation|inv_2|1"),
        Keyring((OTHER,)).derive_token("ptl_", "invitation|inv_1|1"),
    }
    assert len(others | {token}) == 4


def test_keys_of_two_purposes_have_nothing_in_common() -> None:
    ring = Keyring((OLD,))
    assert len({ring.derive("seal"), ring.derive("cursor"), ring.derive("flask session"), OLD}) == 4


def test_the_key_file_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    first = secrets.load_keyring((), tmp_path / "var")
    again = secrets.load_keyring((), tmp_path / "var")
    path = tmp_path / "var" / "secret.key"
    assert first == again
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["secret.key"]


def test_configured_keys_make_no_file(tmp_path: Path) -> None:
    ring = secrets.load_keyring(("new", "old"), tmp_path)
    assert len(ring.keys) == 2
    assert ring == secrets.load_keyring(("new", "old"), tmp_path)
    assert not list(tmp_path.iterdir())


def test_keys_do_not_stand_in_a_repr(tmp_path: Path) -> None:
    ring = secrets.load_keyring(("a long text",), tmp_path)
    assert "keys" not in repr(ring)
    assert str(ring.keys[0]) not in repr(ring)
