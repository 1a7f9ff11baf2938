"""A service of one table, small enough to show what the chassis does for every service.

It runs under the name of notify, because databases, roles, topics and clients belong to a service by its name.
"""
