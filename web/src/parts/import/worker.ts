import { readSource, type Source } from "@/parts/import/source";

/** What this worker says: some of the rows, then what they are rows of; or why they cannot be read. */
export type Said = { rows: Source["rows"] } | { form: Source["form"]; columns: string[] } | { fault: string };

const say = (said: Said) => postMessage(said);
const heard = () => new Promise<MessageEvent<Blob | string>>((go) => addEventListener("message", go, { once: true }));

// Rows go a few at a time, and on demand: taking over all at once would keep the page from drawing.
const part = 2000;

/** Reads what it is given; after each part of the rows, anything that it is sent asks for more. */
async function work(): Promise<void> {
  const { data } = await heard();
  const { form, columns, rows } = readSource(typeof data === "string" ? data : await data.text());
  for (let at = 0; at < rows.length; at += part) {
    say({ rows: rows.slice(at, at + part) });
    await heard();
  }
  say({ form, columns });
}

work().catch((err: unknown) => say({ fault: err instanceof Error ? err.message : String(err) }));
