"""Real data to try the studio with: fetched on demand, checked, shown with their licence."""
