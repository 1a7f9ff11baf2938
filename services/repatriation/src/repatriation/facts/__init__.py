"""What rules look at, read from the tables: the facts of a case, and what the actor may know of it."""
