"""Where actors run: one actor base, several runtimes that keep the same laws.

`actor.py` is what actors see, `base.py` what every runtime offers, `mailbox.py` how a message
reaches a handler; `threads.py` and `virtual.py` decide when.
"""
