"""What servers that work on one PostgreSQL share through Redis. Nothing here is loaded, or needed, where none is configured.

Redis holds only what may be lost: the log in the database is the truth, and every part has a way to go on without it.
"""
