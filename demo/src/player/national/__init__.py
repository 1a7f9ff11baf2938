"""A national year: thousands of referrals by agencies' own systems, each decided in two steps, as in Britain."""
