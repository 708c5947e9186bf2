"""Re-identification: crops of players in, who in a gallery each of them is out."""
