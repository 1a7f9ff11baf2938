"""What reaches outside notify: providers, the safe contact of identification, the templates."""
