"""Shapes over HTTP: what is asked (`bodies`) and what is answered (`shapes`). Codes only."""
