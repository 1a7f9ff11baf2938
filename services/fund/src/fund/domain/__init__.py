"""Rules of the Fund: claims, the ledger and the public statement. Pure: no database, bus or clock."""
