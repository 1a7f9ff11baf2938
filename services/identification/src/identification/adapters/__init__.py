"""What use cases reach outside the database: the vault, and the lists that come with the service."""
