"""A service of one table, small enough to show what casework does for every service.

It runs under the name of fund, because databases, roles, topics and clients belong to a service by its name. Fund
publishes no event that opens a case, so here every access row comes from events, as in most services.
"""
