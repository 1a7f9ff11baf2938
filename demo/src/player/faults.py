"""What can go wrong with the platform, for who plays."""


class Unreachable(Exception):
    """The platform did not answer for two minutes, or answered with faults of its own."""


class NeverCame(Exception):
    """The effect of an event did not come; the message names it."""


class Refused(Exception):
    """The platform refused, with its stable code; `fields` are the places that it named."""

    def __init__(self, status: int, code: str, detail: str, fields: tuple[str, ...] = ()) -> None:
        super().__init__(code)
        self.status, self.code, self.detail, self.fields = status, code, detail, fields
