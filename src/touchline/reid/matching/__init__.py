"""Queries beside what they look most like: ranked, with how sure that is, in files and a page."""
