"""The only room that imports Keras: building, fitting and exporting classifiers."""
