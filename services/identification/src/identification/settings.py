"""Settings of identification: those of every service, and the keys of the vault."""

from chassis.settings import Settings
from pydantic import Field, SecretStr


class IdentificationSettings(Settings):
    master_key: SecretStr = Field(description="32 bytes, base64: wraps the key of each person")
    search_key: SecretStr = Field(description="32 bytes, base64: makes the digests that names are found by")
