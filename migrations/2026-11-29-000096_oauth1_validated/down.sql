-- Nothing: the constraints are the same whether they are validated or not.
SELECT 1;
