import { Bowline } from "bowline-client";

// A variable of the server. `next build` loads these files without it, so it is read when a request comes.
export function variable(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}

let client: Bowline | undefined;

// Bowline, with one client for the whole process.
export function bowline(): Bowline {
  client ??= new Bowline({ url: variable("BOWLINE_URL"), apiKey: variable("BOWLINE_API_KEY") });
  return client;
}
