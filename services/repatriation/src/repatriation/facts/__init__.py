"""What rules look at: the facts of a case, and what the actor may know of it."""
