"""More training photos where there are too few, and an honest answer to whether they helped."""
