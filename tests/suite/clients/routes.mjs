// Serves route handlers as Next.js does: a folder is a path, a function is a method. Arguments: the folder, and the port.
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, port] = process.argv.slice(2);

async function answer(incoming) {
  const url = new URL(incoming.url, `http://localhost:${port}`);
  const file = resolve(folder, `.${url.pathname}`, "route.js");
  if (!existsSync(file)) return new Response(null, { status: 404 });
  const handler = (await import(pathToFileURL(file)))[incoming.method];
  if (handler === undefined) return new Response(null, { status: 405 });
  const chunks = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const body = chunks.length === 0 ? undefined : Buffer.concat(chunks);
  return handler(new Request(url, { method: incoming.method, headers: Object.entries(incoming.headers), body }));
}

createServer(async (incoming, outgoing) => {
  try {
    const response = await answer(incoming);
    outgoing.statusCode = response.status;
    for (const [name, value] of response.headers) outgoing.appendHeader(name, value);
    outgoing.end(Buffer.from(await response.arrayBuffer()));
  } catch (error) {
    console.error(error);
    outgoing.writeHead(500).end();
  }
}).listen(Number(port), "localhost");
