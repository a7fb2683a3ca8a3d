"""What Sluice says to a person: codes with parameters below, sentences at the edge."""
