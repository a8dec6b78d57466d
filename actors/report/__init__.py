"""What a person sees of a run.

style     whether and how to colour; the signs, and what stands in for them
text      cut and padded by what it occupies on the screen
terminal  the stream that log lines and the progress line share
console   a log line an event, held back where there are too many to read
progress  one line that says how far the run is
tables    aligned columns
layout    sections fitted into a number of lines
sections  the parts of the summary
summary   the whole run on one page
estimates     a mean and how far it may be off, in the figure's own unit
replications  a set of replications on one page
set_progress  a log line a finished replication, and the progress line
"""
