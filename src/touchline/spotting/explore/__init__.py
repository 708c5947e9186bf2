"""A look at annotated matches before anything is learnt from them."""
