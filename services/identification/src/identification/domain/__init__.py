"""The rules of identification: pure functions over frozen values."""
