"""What people read from the Fund: claims with what can be done now, the ledger, statements and the year's figures."""
