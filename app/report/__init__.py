"""Reports for people: figures drawn as SVG, and the HTML page that holds them."""
