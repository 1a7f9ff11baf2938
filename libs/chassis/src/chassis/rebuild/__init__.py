"""A projection is made anew from the topics while the old rows serve (docs/chassis/rebuild.md)."""
