"""What notify reads from its environment beside the common settings."""

from chassis.settings import Settings as CommonSettings
from pydantic import Field


class Settings(CommonSettings):
    smtp: str = Field(pattern=r"^[^:\s]+:\d{1,5}$", description="host:port of the mail server")
    sms_gateway: str | None = Field(default=None, description="Base address of the SMS gateway; without it no SMS goes")
    sender: str = Field(
        default="bildiris@localhost",
        pattern=r"^[a-z0-9.-]+@[a-z0-9.-]+$",
        description="Sender of e-mail; must say nothing about whom it comes from (NO-1)",
    )
