"""What is measured, a module a part, each with the same four names.

Found                   what a measurement finds, kept as JSON
measure(sizes)          measure it: in fresh processes, in rounds
show(found)             as Markdown
judge(found)            its targets, and whether they are met
"""
