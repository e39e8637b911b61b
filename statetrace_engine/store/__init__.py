"""What StateTrace keeps: the journal is the truth, the store is derived from it, the audit is chained.

Nothing here decides. SQLAlchemy is imported by the modules that open the store, never by importing this package.
"""
