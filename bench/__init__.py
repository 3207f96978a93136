"""What performance claims are measured with. Each runs by itself: `python -m bench.<name>`."""
