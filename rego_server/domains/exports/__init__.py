"""Boards as files: one consistent state, read page by page, in Rego's own format, as a table or as a document."""
