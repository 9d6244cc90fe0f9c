"""Judging: observations as plain data, and the judges that compare two of them."""
