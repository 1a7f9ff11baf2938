"""Reads for people: rows to answers, each query filtered by what the actor's agency may know of (ID-7)."""
