"""Whatever stands in a token that the realm signed: an actor with plain names, or 401."""

import re
from collections.abc import Iterator

import pytest
from chassis.testing import ServiceUnderTest
from chassis.tokens import TokenVerifier, Unauthenticated
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .small_realm import Realm, serving

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.sampled_from(["", " ", "\n", "a\nb", "a\0", "ə", "x" * 10_000, "nan", 10**400, -1, 1e308]),
    st.lists(st.one_of(st.text(), st.integers(), st.none()), max_size=3),
    st.lists(st.sampled_from(["caseworker"]), min_size=101, max_size=120),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)
PLAIN = re.compile(r"[!-~]{1,128}")


@pytest.fixture(scope="module")
def realm() -> Iterator[Realm]:
    made = Realm()
    with serving(made):
        yield made


@pytest.mark.parametrize("claim", ["sub", "agency", "roles", "azp", "exp", "nbf", "iat", "aud", "iss", "jti"])
async def test_an_odd_claim_is_an_actor_or_401(board: ServiceUnderTest, realm: Realm, claim: str) -> None:
    verifier = TokenVerifier(board.settings.model_copy(update={"issuer": realm.issuer}))
    tokens: list[str] = []

    @settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(ODD)
    def signed(value: object) -> None:
        tokens.append(realm.token(**{claim: value}))

    signed()
    for token in tokens:
        try:
            actor = await verifier.verify(token)
        except Unauthenticated:  # 401
            continue
        assert all(PLAIN.fullmatch(name) for name in (actor.sub, actor.agency, *actor.roles))
        assert actor.client == "" or PLAIN.fullmatch(actor.client)
        assert len(actor.roles) <= 100


async def test_a_time_that_is_no_number_never_lets_anybody_in(board: ServiceUnderTest, realm: Realm) -> None:
    verifier = TokenVerifier(board.settings.model_copy(update={"issuer": realm.issuer}))
    for never in (float("nan"), float("inf"), "4000000000", True, [4_000_000_000], None):
        with pytest.raises(Unauthenticated):
            await verifier.verify(realm.token(exp=never))
