"""Reads for rules. Nothing here is shown to anybody as it is."""
