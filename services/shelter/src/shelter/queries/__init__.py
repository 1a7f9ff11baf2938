"""Reads. Every list and count is filtered by what the asker may know of."""
