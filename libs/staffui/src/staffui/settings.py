"""The staff pages of a service as its setting `NRM_PAGES` has them: one JSON object. Without it there are none."""

import base64
import binascii
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretBytes, SecretStr

KEY_BYTES = 32


def _key(value: object) -> object:
    try:
        return base64.b64decode(value, validate=True) if isinstance(value, str) else value
    except binascii.Error:
        raise ValueError("must be base64") from None


def _of_key_length(value: SecretBytes) -> SecretBytes:
    if len(value.get_secret_value()) != KEY_BYTES:
        raise ValueError(f"must be {KEY_BYTES} bytes in base64")
    return value


def _origin(value: str) -> str:
    if not value.startswith(("https://", "http://127.0.0.1:", "http://localhost:")) or value.endswith("/"):
        raise ValueError("must be https://host without a slash at its end; http is for this machine alone")
    return value


class PagesSettings(BaseModel):
    """`address` is where people's browsers find the pages; `client_id` is the pages' own client of the realm."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    address: Annotated[str, AfterValidator(_origin)]
    client_id: str
    client_secret: SecretStr
    key: Annotated[SecretBytes, BeforeValidator(_key), AfterValidator(_of_key_length)] = Field(
        description="Seals what sessions hold (32 bytes in base64)"
    )
    services: dict[str, str] = Field(default_factory=dict, description="Address of the pages of each service")
    demo: bool = Field(default=False, description="Says on each page that no case here is real")

    @property
    def is_secure(self) -> bool:
        return self.address.startswith("https://")
