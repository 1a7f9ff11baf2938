"""Rules SH-1 … SH-9 as frozen values, machines and pure functions; only the standard library and errors below them."""
