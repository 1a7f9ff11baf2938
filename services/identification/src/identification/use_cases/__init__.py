"""One function per act. None commits; the entry point owns the transaction."""
