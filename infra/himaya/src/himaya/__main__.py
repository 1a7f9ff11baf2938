"""`himaya`: what an operator does with the bus and the agencies that are joined to it."""

import sys

import typer

from himaya import agency, bus, signin
from himaya.connection import find
from himaya.output import run

app = typer.Typer(
    no_args_is_help=True,
    help="What an operator does with the bus and the agencies on it.\n\nThe platform is found by HIMAYA_ISSUER, "
    "HIMAYA_SERVICES, HIMAYA_KAFKA, HIMAYA_BUS_SECRET and HIMAYA_PROVISIONING_SECRET, else it is the one that "
    "`make up` started in this checkout. Brokers with TLS: HIMAYA_KAFKA_SECURITY=SASL_SSL, and HIMAYA_KAFKA_CA for "
    "the authority of their certificates.",
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(bus.app, name="bus")
app.add_typer(agency.app, name="agency")


@app.command()
def login() -> None:
    """Sign in with a browser; what you do from now on carries your name in the audit.

    Example: himaya login
    """
    sys.stdout.write(f"signed in as {run(_login())}\n")


async def _login() -> str:
    connection = find()
    device = signin.begin(connection)
    sys.stdout.write(f"Open {device['verification_uri_complete']}\nand confirm the code {device['user_code']}\n")
    sys.stdout.flush()
    return await signin.finish(connection, device)


@app.command()
def logout() -> None:
    """Forget the sign-in stored on this machine.

    Example: himaya logout
    """
    signin.forget()


if __name__ == "__main__":
    app()
