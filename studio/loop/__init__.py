"""One turn of the whole circle, by the public HTTP API alone, on real data.

Knows nothing of the studio's insides: what it can do, any client program can do.
"""
