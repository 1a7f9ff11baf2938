"""The staff pages of a service as its setting `NRM_PAGES` has them: one JSON object. Without it there are none."""

import base64
import binascii
from typing import Annotated

from chassis.settings import Settings, WrongSetting
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretBytes,
    SecretStr,
    ValidationError,
)

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


Origin = Annotated[str, AfterValidator(_origin)]


class PagesSettings(BaseModel):
    """`address` is where people's browsers find the pages; `client_id` is the pages' own client of the realm."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    address: Origin
    client_id: str = Field(min_length=1)
    client_secret: SecretStr
    key: Annotated[SecretBytes, BeforeValidator(_key), AfterValidator(_of_key_length)] = Field(
        description="Seals what sessions hold (32 bytes in base64)"
    )
    services: dict[str, Origin] = Field(default_factory=dict, description="Address of the pages of each service")
    demo: bool = Field(
        default=False, description="No case here is real: each page says so, and /patterns shows every component"
    )

    @classmethod
    def of(cls, settings: Settings) -> "PagesSettings | None":
        """What `NRM_PAGES` has; None where there are no pages. WrongSetting names what cannot be."""
        try:
            return cls.model_validate_json(settings.pages.get_secret_value()) if settings.pages else None
        except ValidationError as error:
            raise WrongSetting.of("NRM_PAGES", error) from None

    @property
    def is_secure(self) -> bool:
        return self.address.startswith("https://")
