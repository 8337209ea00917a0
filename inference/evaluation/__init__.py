"""How good a segmentation of the arteries is: measures, summaries per set, figures."""
