"""Settings of identification: those of every service, and the keys of the vault."""

import base64
import binascii

from chassis.settings import Settings
from pydantic import Field, SecretStr, ValidationInfo, field_validator

KEY_BYTES = 32


class IdentificationSettings(Settings):
    master_key: SecretStr = Field(description="32 bytes, base64: wraps the key of each person")
    search_key: SecretStr = Field(description="32 bytes, base64: makes the digests that names are found by")
    former_master_keys: SecretStr = Field(
        default=SecretStr(""), description="Earlier master keys, by commas, until `rewrap` has run"
    )
    former_search_keys: SecretStr = Field(
        default=SecretStr(""), description="Earlier search keys, by commas, until `reindex` has run"
    )

    @field_validator("master_key", "search_key", "former_master_keys", "former_search_keys")
    @classmethod
    def _are_keys(cls, secret: SecretStr, info: ValidationInfo) -> SecretStr:
        if len(_keys(secret)) != 1 and not str(info.field_name).startswith("former_"):
            raise ValueError("must be one key")
        return secret

    @property
    def keys(self) -> tuple[bytes, bytes, tuple[bytes, ...], tuple[bytes, ...]]:
        """Master key, search key, earlier master keys, earlier search keys."""
        (master,), (search,) = _keys(self.master_key), _keys(self.search_key)
        return master, search, _keys(self.former_master_keys), _keys(self.former_search_keys)


def _keys(secret: SecretStr) -> tuple[bytes, ...]:
    """The keys in a setting; the error never repeats the value."""
    try:
        keys = tuple(base64.b64decode(key, validate=True) for key in secret.get_secret_value().split(",") if key)
    except (binascii.Error, ValueError):
        keys = (b"",)
    if any(len(key) != KEY_BYTES for key in keys):
        raise ValueError(f"must be {KEY_BYTES} bytes in base64")
    return keys
