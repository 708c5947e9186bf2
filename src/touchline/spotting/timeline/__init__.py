"""What a match analyst looks at: the events of one video as a page, and burnt into the picture."""
