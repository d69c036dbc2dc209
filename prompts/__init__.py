"""Text for models, as versioned data. A released version never changes; its hash goes into the record of each call."""
