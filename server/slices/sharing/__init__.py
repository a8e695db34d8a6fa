"""How lessons and weeks go elsewhere: a card as a picture, a page inside another page, a text to paste."""
