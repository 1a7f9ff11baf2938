"""What the shelter service shows its readers of care by a consent is what the exchange lets out (ID-12)."""

from typing import get_args

import pytest
from exchange.domain.care import purposes_of as let_out
from shelter.domain.care import purposes_of as shown
from shelter.domain.codes import AssistanceKind, Service


@pytest.mark.parametrize("kind", sorted({*get_args(AssistanceKind), *get_args(Service)}))
def test_a_kind_of_care_has_the_same_purposes_in_both_services(kind: str) -> None:
    """ID-12: a purpose more on one side would show by one way what the other one hides."""
    assert let_out(kind) == shown(kind)
