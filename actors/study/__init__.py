"""Studies: many runs of one scenario, and what they say together.

replications  a set of independent replications, from the first to the last
job           what is sent to a worker, and how it plays one replication
executors     where they are played: `local` processes, or a `dask_cluster`
kept          finished replications in a folder, for a set that goes on later
figures       the figures of a run, each with its name
estimate      mean and 95 % interval of a figure; `student` has the quantile
together      results of all replications → the document of the set
"""
