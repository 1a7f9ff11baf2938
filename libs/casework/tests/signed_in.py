"""Stands for the realm: whoever calls is this actor, whose roles and agency a test changes."""

from chassis.actor import Actor


class SignedIn:
    def __init__(self, actor: Actor) -> None:
        self.actor = actor

    async def verify(self, token: str) -> Actor:
        return self.actor

    def remembers(self, token: str) -> bool:
        return True
