"""What notify does, one verb-named function each. They never commit and await nothing remote."""
