"""An example of an agency's own system: a case list of an NGO that refers persons and hears of its cases."""
