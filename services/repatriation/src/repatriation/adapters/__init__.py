"""What stands between the service and the world outside: the wording of papers."""
