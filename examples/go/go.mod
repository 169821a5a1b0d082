module motcua/examples/desk

go 1.19
