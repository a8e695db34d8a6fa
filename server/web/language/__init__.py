"""What pages, workbooks and errors are written in: catalogues, formats, the product's words, sentences."""
