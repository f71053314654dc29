// Verifies a message with the official package of Standard Webhooks. Standard input is JSON: secret, headers, body. Prints the type of the
// event, or why the message is refused.
import { readFileSync } from "node:fs";
import { Webhook } from "standardwebhooks";

const { secret, headers, body } = JSON.parse(readFileSync(0, "utf8"));
try {
  console.log(new Webhook(secret).verify(body, headers).type);
} catch (error) {
  console.log(`refused: ${error.message}`);
}
