DROP TABLE oauth1_tokens;
