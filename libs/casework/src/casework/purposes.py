"""Purposes and classes of data of a consent: closed lists (ID-12). What a purpose lets a recipient read and do is in
the rights tables, as `by_consent(purpose)`."""

from typing import Literal, get_args

Purpose = Literal[
    "referral",
    "assistance",
    "shelter",
    "medical",
    "legal_aid",
    "psychological",
    "reintegration",
    "removal_bar",
    "residence_permit",
    "return",
    "joint_assessment",
]
DataClass = Literal["case_reference", "identity", "contact", "needs", "documents"]
PURPOSES: tuple[str, ...] = get_args(Purpose)
DATA_CLASSES: tuple[str, ...] = get_args(DataClass)
