"""A country of ten years in every service, and what each read costs at 10 k, 100 k and 1 M cases."""
