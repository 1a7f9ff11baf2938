"""What time alone makes happen: clocks of the law warn and run out, queued messages are sent."""
