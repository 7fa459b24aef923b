"""Labels made better: their zero, a second opinion, mesh landmarks, tight boxes."""
