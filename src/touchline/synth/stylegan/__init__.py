"""A class-conditional StyleGAN2 with adaptive discriminator augmentation, from its papers.

Karras et al., "Analyzing and Improving the Image Quality of StyleGAN" (arXiv 1912.04958) and
"Training Generative Adversarial Networks with Limited Data" (arXiv 2006.06676).
"""
