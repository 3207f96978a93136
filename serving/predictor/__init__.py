"""The predictor: a process of its own that answers published endpoints.

It loads no torch and knows nothing of pages or people: a key opens one endpoint, and that is all.
"""
