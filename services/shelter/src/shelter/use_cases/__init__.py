"""One function per thing that people, events and clocks do. None commits; the entry point owns the transaction."""
