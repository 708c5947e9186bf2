"""How good generated photos are: scores that hold for sets of a few hundred and fewer."""
