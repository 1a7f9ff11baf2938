"""`himaya`: what an operator does with the bus and the agencies that are joined to it."""

import typer

app = typer.Typer(no_args_is_help=True, help=__doc__, pretty_exceptions_enable=False)


@app.callback()
def main() -> None:
    """Groups of commands are added below."""


if __name__ == "__main__":
    app()
