"""Notices from the pages of governments into raw/: politely, completely, and never over what lies there already."""
