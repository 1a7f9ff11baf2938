"""The repository's own lints and figures: what ruff and mypy cannot know of it."""
