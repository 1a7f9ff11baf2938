"""What people, events and the bank do in the Fund: one verb-named function each. None commits."""
