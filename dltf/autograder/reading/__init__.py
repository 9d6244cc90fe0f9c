"""Reading of submissions: notebooks and scripts, reduced to the code that grading needs."""
