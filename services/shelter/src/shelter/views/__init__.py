"""Reads for people. Every list, count and part of an answer is shown by the rights table (docs/adr/0021)."""
