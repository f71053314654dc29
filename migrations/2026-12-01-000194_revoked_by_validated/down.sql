-- Nothing: the constraint is the same whether it is validated or not.
SELECT 1;
