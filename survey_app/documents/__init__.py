"""What is printed: cards, questionnaires on paper, letters to guardians. Knows neither the screens nor the database."""
