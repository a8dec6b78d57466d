"""What a person sees of a run.

style     whether and how to colour; the signs, and what stands in for them
text      cut and padded by what it occupies on the screen
terminal  the stream that log lines and the progress line share
tables    aligned columns
layout    sections fitted into a number of lines

log_lines     a log line an event, held back where there are too many to read
log_wording   how each kind of event is called, and what is said of it
run_progress  one line that says how far the run is
summary       the whole run on one page
verdict_word  the one word for how it ended

set_progress  a log line a finished replication, and the progress line
set_summary   a set of replications on one page
estimates     a mean and how far it may be off, in the figure's own unit
"""
