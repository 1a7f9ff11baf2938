"""What the rules of notify read: terms, who may see what, since when a child is known."""
