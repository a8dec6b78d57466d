"""Where actors run: one actor base, several runtimes that keep the same laws.

actor.py      what an actor sees
base.py       what every runtime offers to those who set actors up
mailbox.py    how a message reaches a handler, and what becomes of one that raises
virtual.py    one thread, a virtual clock        virtual_mailbox.py, collecting.py
threads.py    a thread an actor, the wall clock  thread_mailbox.py
pool.py       many actors on a few threads       pool_lead.py, pool_crew.py, pool_mailbox.py
wall.py       what the last two share            timers.py
future.py     the answer to Pykka's `ask`, on all
"""
