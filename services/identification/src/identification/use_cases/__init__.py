"""One function per thing people do. None commits; the entry point owns the transaction."""
