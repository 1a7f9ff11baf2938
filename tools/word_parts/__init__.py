"""What tools/words.py is made of: the keys that the code needs, and the checks of the texts."""
