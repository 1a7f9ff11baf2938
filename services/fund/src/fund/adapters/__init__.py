"""What the Fund reaches outside its own database."""
