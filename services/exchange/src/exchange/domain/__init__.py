"""What an agency may receive, without a database."""
