"""The workspace of one person: header and tabs, one file each."""
