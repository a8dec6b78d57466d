"""What a scenario says, and the numbers drawn from it.

    loader         YAML → a checked scenario, or one error that lists every mistake
    model          every key a scenario may have; `schema` is the same for editors
    distributions  what is left to chance; arrivals, when orders leave; recorded, replayed logs

Everything here treats a scenario as data from a stranger: bounded, and never executed.
"""
