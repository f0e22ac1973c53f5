"""What people read: the catalogue of sentences, the frame of a page, numbers and dates."""
