"""The staff pages of every service: what they show, their words and their look."""
