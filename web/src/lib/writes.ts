import { ClientResponseError } from "pocketbase";
import type { Row } from "@/fields/kind";
import { problem, send, theirs } from "@/lib/pb";

export type Values = Record<string, unknown>;

/**
 * A change of a record, with what was seen in the fields; without an id, a new record. A name that ends in "+" or "-"
 * adds to what the field has by then, or takes from it.
 */
export interface Write {
  id?: string;
  values: Values;
  seen?: Values;
}

/** A write that was not done, and why. theirs is the record as somebody else has made it meanwhile. */
export interface Refusal {
  write: Write;
  why: string;
  theirs?: Row;
}

/** What became of many writes. left were not tried: it was stopped, or the server went away. */
export interface Outcome {
  written: { write: Write; row: Row }[];
  refused: Refusal[];
  left: Write[];
}

/** Writes that go to the server at once. */
export const batchSize = 100;

/** Writes that are done together, or not at all. */
export const mostTogether = 10_000;

// As many requests as a browser has connections.
const abreast = 6;

const path = (collection: string, id?: string) => `/api/collections/${encodeURIComponent(collection)}/records${id ? `/${encodeURIComponent(id)}` : ""}`;

/** The body of a write. What is added to a field overwrites nothing, whatever the field has. */
function bodyOf({ id, values, seen }: Write): Values {
  if (!id || !seen) return values;
  return { ...values, "@expect": Object.fromEntries(Object.entries(seen).filter(([name]) => Object.hasOwn(values, name))) };
}

/** How many writes are done. */
export interface Ways {
  /** Hears of each hundred. */
  told?: (done: number, rows: Row[]) => void;
  /** Ends it after what is on its way. */
  signal?: AbortSignal;
  /** Nothing is written: the outcome is what it would be. */
  dry?: boolean;
}

/** The request of a batch that failed all of it, by its place, and what it was answered; undefined when it is something else. */
export function failedItem(err: unknown): { index: number; error: ClientResponseError } | undefined {
  if (!(err instanceof ClientResponseError)) return undefined;
  const [index, item] = Object.entries((err.response["data"]?.requests ?? {}) as Record<string, { response?: Values }>)[0] ?? [];
  if (index === undefined || !item?.response) return undefined;
  return { index: Number(index), error: new ClientResponseError({ status: item.response["status"], response: item.response }) };
}

/** Does all of the writes in one transaction, or none. Items of the answer stand as the writes do. */
export async function writeTogether(collection: string, writes: Write[], dry = false): Promise<Row[]> {
  const requests = writes.map((w) => ({ method: w.id ? "PATCH" : "POST", url: path(collection, w.id), body: bodyOf(w) }));
  return (await send<{ body: Row }[]>("POST", `api/dashboard/batch${dry ? "?dryRun=1" : ""}`, { requests })).map((r) => r.body);
}

/** Deletes records in one transaction. */
export const deleteTogether = (collection: string, ids: string[]): Promise<unknown> =>
  send("POST", "api/dashboard/batch", { requests: ids.map((id) => ({ method: "DELETE", url: path(collection, id) })) });

/** The reason of a refusal in words: of its fields, or as a whole. */
export function whyOf(err: unknown): string {
  const p = problem(err);
  const faults = Object.entries(p.fields).map(([name, f]) => `${name}: ${f.message}`);
  return faults.length && p.status !== 409 ? faults.join(" ") : p.message;
}

/** Does many writes, a hundred at a time, so that one that is refused holds up no other. */
export async function writeMany(collection: string, writes: Write[], ways: Ways = {}): Promise<Outcome> {
  const out: Outcome = { written: [], refused: [], left: [] };
  let at = 0;
  for (; at < writes.length && !ways.signal?.aborted; at += batchSize) {
    const part = writes.slice(at, at + batchSize);
    const before = out.written.length;
    const alive = await writePart(collection, part, out, ways.dry);
    ways.told?.(Math.min(at + batchSize, writes.length), out.written.slice(before).map((w) => w.row));
    if (!alive) return { ...out, left: writes.slice(at + batchSize) };
  }
  out.left = writes.slice(at);
  return out;
}

/** Does some of the writes; false when the server does not answer, and the rest need not be tried. */
async function writePart(collection: string, part: Write[], out: Outcome, dry?: boolean): Promise<boolean> {
  try {
    const rows = await writeTogether(collection, part, dry);
    part.forEach((write, i) => out.written.push({ write, row: rows[i]! }));
    return true;
  } catch (err) {
    const { status } = problem(err);
    // One of them is refused, or all are too much at once: each is tried for itself.
    if (failedItem(err) || status === 413) return writeEach(collection, part, out, dry);
    for (const write of part) out.refused.push({ write, why: whyOf(err) });
    return status === 400;
  }
}

async function writeEach(collection: string, part: Write[], out: Outcome, dry?: boolean): Promise<boolean> {
  const queue = [...part];
  let alive = true;
  const work = async () => {
    for (let write = queue.shift(); write; write = queue.shift()) {
      try {
        const [row] = await writeTogether(collection, [write], dry);
        out.written.push({ write, row: row! });
      } catch (failure) {
        const err = failedItem(failure)?.error ?? failure;
        alive &&= problem(err).status > 0;
        out.refused.push({ write, why: whyOf(err), theirs: theirs<Row>(err) });
      }
    }
  };
  await Promise.all(Array.from({ length: abreast }, work));
  // They ended as they liked; they are told of as they were asked for.
  out.refused.sort((a, b) => part.indexOf(a.write) - part.indexOf(b.write));
  return alive;
}
