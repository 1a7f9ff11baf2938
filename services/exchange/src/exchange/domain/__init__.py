"""Agreements with agencies, and what may be told by them. Pure."""
