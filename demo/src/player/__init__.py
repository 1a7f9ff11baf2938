"""Plays a caseload through the running platform: every step an HTTP call by the person who would make it."""
