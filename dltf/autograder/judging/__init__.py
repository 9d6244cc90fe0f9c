"""Judging: observations as plain data, and judges that compare them."""
