"""An example of an agency's own system: an NGO's case list that refers persons and receives events of its cases."""
