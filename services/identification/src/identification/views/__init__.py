"""What people are shown: each basis shows its parts and no more."""
