"""The law on removal bars, residence permits and voluntary return, as pure functions (RP-1 … RP-6)."""
