"""What all tables of identification share."""

from datetime import datetime
from typing import ClassVar

from casework.releases import figure_release
from casework.tables import casework_metadata
from pydantic import JsonValue
from sqlalchemy import DateTime, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    metadata = casework_metadata(figure_release)
    type_annotation_map: ClassVar = {
        str: Text,
        datetime: DateTime(timezone=True),
        list[str]: ARRAY(Text),
        dict[str, JsonValue]: JSONB,
        dict[str, str]: JSONB,
    }
