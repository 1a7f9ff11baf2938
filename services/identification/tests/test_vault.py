"""What is sealed can be opened only as the same field of the same person, with the right key (ID-13)."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from identification.adapters.vault import Unreadable, Vault

ANA, BELLA = UUID(int=1), UUID(int=2)
MASTER, OTHER_MASTER, SEARCH = b"m" * 32, b"n" * 32, b"s" * 32
NAME = "Zümrüdə Göyçəyeva"


@pytest.fixture
def vault() -> Vault:
    return Vault(MASTER, SEARCH)


@given(st.text(max_size=200))
def test_what_is_sealed_opens_as_it_was(value: str) -> None:
    vault = Vault(MASTER, SEARCH)
    key = vault.new_person_key(ANA)
    assert vault.open(ANA, key, "name", vault.seal(ANA, key, "name", value)) == value


def test_nothing_readable_is_in_what_is_stored(vault: Vault) -> None:
    key = vault.new_person_key(ANA)
    stored = key + vault.seal(ANA, key, "name", NAME) + vault.digest("name", NAME)
    for plain in (NAME.encode(), b"Zumr", "Göyç".encode(), b"name", MASTER, SEARCH, ANA.bytes):
        assert plain not in stored


def test_sealing_twice_gives_different_bytes(vault: Vault) -> None:
    key = vault.new_person_key(ANA)
    assert vault.seal(ANA, key, "name", NAME) != vault.seal(ANA, key, "name", NAME)
    assert vault.new_person_key(ANA) != vault.new_person_key(ANA)


def test_a_field_cannot_be_put_in_the_place_of_another(vault: Vault) -> None:
    key = vault.new_person_key(ANA)
    with pytest.raises(Unreadable):
        vault.open(ANA, key, "phone", vault.seal(ANA, key, "name", NAME))


def test_a_field_or_key_cannot_be_given_to_another_person(vault: Vault) -> None:
    key, hers = vault.new_person_key(ANA), vault.new_person_key(BELLA)
    sealed = vault.seal(ANA, key, "name", NAME)
    for person, wrapped in ((BELLA, key), (BELLA, hers), (ANA, hers)):
        with pytest.raises(Unreadable):
            vault.open(person, wrapped, "name", sealed)


def test_another_master_key_opens_nothing(vault: Vault) -> None:
    key = vault.new_person_key(ANA)
    sealed = vault.seal(ANA, key, "name", NAME)
    with pytest.raises(Unreadable):
        Vault(OTHER_MASTER, SEARCH).open(ANA, key, "name", sealed)


def test_with_the_persons_key_destroyed_nothing_is_ever_read_again(vault: Vault) -> None:
    sealed = vault.seal(ANA, vault.new_person_key(ANA), "name", NAME)
    with pytest.raises(Unreadable):
        vault.open(ANA, vault.new_person_key(ANA), "name", sealed)


def test_every_changed_byte_is_noticed(vault: Vault) -> None:
    key = vault.new_person_key(ANA)
    sealed = vault.seal(ANA, key, "name", NAME)
    for wrapped, stored in [(_flipped(key, n), sealed) for n in range(len(key))] + [
        (key, _flipped(sealed, n)) for n in range(len(sealed))
    ]:
        with pytest.raises(Unreadable):
            vault.open(ANA, wrapped, "name", stored)


def test_cut_records_are_refused_and_say_nothing(vault: Vault) -> None:
    key = vault.new_person_key(ANA)
    for wrapped, sealed in ((b"", b""), (key[:9], b""), (key, b""), (key, b"1234567")):
        with pytest.raises(Unreadable) as refused:
            vault.open(ANA, wrapped, "name", sealed)
        assert (refused.value.code, refused.value.status) == ("identity_unreadable", 500)
        assert refused.value.__cause__ is None


def test_the_master_key_is_changed_without_a_pause(vault: Vault) -> None:
    old = vault.new_person_key(ANA)
    sealed = vault.seal(ANA, old, "name", NAME)
    both = Vault(OTHER_MASTER, SEARCH, former_master_keys=[MASTER])
    assert not both.is_current(old)
    assert both.open(ANA, old, "name", sealed) == NAME
    new = both.rewrap(ANA, old)
    assert both.is_current(new)
    only_new = Vault(OTHER_MASTER, SEARCH)
    assert only_new.open(ANA, new, "name", sealed) == NAME
    with pytest.raises(Unreadable):
        vault.open(ANA, new, "name", sealed)


def test_digests_are_equal_for_equal_values_of_one_kind_and_key_only(vault: Vault) -> None:
    digest = vault.digest("name", "alov")
    assert digest == Vault(OTHER_MASTER, SEARCH).digest("name", "alov")
    assert len(digest) == 32
    others = {
        vault.digest("phone", "alov"),
        vault.digest("name", "alo"),
        Vault(MASTER, b"t" * 32).digest("name", "alov"),
    }
    assert len(others | {digest}) == 4


def test_short_keys_are_refused_at_the_start() -> None:
    for keys in ((b"short", SEARCH), (MASTER, b"")):
        with pytest.raises(ValueError, match="32 bytes"):
            Vault(*keys)
    with pytest.raises(ValueError, match="32 bytes"):
        Vault(MASTER, SEARCH, [b"short"])


def _flipped(stored: bytes, place: int) -> bytes:
    return stored[:place] + bytes([stored[place] ^ 1]) + stored[place + 1 :]
