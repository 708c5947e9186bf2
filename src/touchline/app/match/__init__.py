"""What the page *Match* computes: events of the catalog compared, told over time and exported."""
