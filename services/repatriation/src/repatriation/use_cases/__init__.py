"""What people, events and the clock do here: one verb-named function each. None commits."""
