"""Reads for people."""
