"""Reading of submissions: notebooks and scripts, cut down to what the graded functions need."""
