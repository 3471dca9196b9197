"""Background work: the queue (procrastinate), the dirty table and the sweeper.

Knows no area; handlers are registered by `portal.app`.
"""
