// Runs a script, which has no imports any more, in an edge runtime. Argument: its path.
import { readFile } from "node:fs/promises";
import { EdgeRuntime } from "edge-runtime";

const runtime = new EdgeRuntime({
  initialCode: await readFile(process.argv[2], "utf8"),
  // Hosts of edge functions give them their variables in this way.
  extend: (context) => Object.assign(context, { process: { env: { ...process.env } } }),
});
await runtime.evaluate("story");
