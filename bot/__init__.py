"""Dẫn Lối: one citizen's message travels down this river.

    message arrives                                                                     message leaves
       │                                                                                      ▲
    channels ─► receive ─► [store] ─► turn ───────────────────────────► [store] ─► outbox ─► channels
     Inbound     masks,              ├ understanding   Heard, Meaning     state, replies,     Sent
                 inserts             ├ dialogue        Move               case, timers:
                                     ├ replies         Reply              one transaction
                                     └ desk            Case, handoff

Read `turn.py` first: it tells the story of one message. `receive.py` tells the story of one arrival, `outbox/deliver.py` that of
one reply on its way out, `app.py` how the parts are put together. `model/` holds the words they all share.
"""
