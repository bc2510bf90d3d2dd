"""The compiled classifier: from pixels to an answer, with OpenVINO, NumPy and OpenCV only."""
