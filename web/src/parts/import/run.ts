import type { Collection } from "@/lib/collections";
import { pb, problem } from "@/lib/pb";
import type { Refusal, Wish } from "@/parts/import/model";

/** How rows find the records they are about. */
export type Mode = "insert" | "update" | "upsert";

export interface Report {
  created: number;
  updated: number;
  refused: Refusal[];
  /** Ids of what was created, for taking it back. */
  ids: string[];
}

const size = 50;

/**
 * Writes the wishes, a few at a time, each for itself, so that each refusal has its line.
 * told hears how many rows are done; the signal ends it after the batch that is on its way.
 */
export async function runImport(c: Collection, wishes: Wish[], mode: Mode, key: string, told: (done: number) => void, signal: AbortSignal): Promise<Report> {
  const report: Report = { created: 0, updated: 0, refused: [], ids: [] };
  for (let at = 0; at < wishes.length && !signal.aborted; at += size) {
    const part = wishes.slice(at, at + size);
    const known = mode === "insert" ? new Map<string, string>() : await existing(c, part, key);
    const queue = [...part];
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        for (let w = queue.shift(); w; w = queue.shift()) await one(c, w, mode, key, known, report);
      }),
    );
    told(Math.min(at + size, wishes.length));
  }
  report.refused.sort((a, b) => a.line - b.line);
  return report;
}

async function one(c: Collection, w: Wish, mode: Mode, key: string, known: Map<string, string>, report: Report): Promise<void> {
  const id = known.get(String(w.body[key]));
  try {
    if (id) {
      await pb.collection(c.name).update(id, w.body);
      report.updated++;
    } else if (mode === "update") {
      report.refused.push({ line: w.line, column: key, value: String(w.body[key]), why: "there is no such record" });
    } else {
      report.ids.push((await pb.collection(c.name).create(w.body)).id);
      report.created++;
    }
  } catch (err) {
    const p = problem(err);
    const faults = Object.entries(p.fields);
    if (!faults.length) report.refused.push({ line: w.line, column: "", value: "", why: p.message });
    const sent = new Map(Object.entries(w.body));
    for (const [field, f] of faults) report.refused.push({ line: w.line, column: field, value: JSON.stringify(sent.get(field) ?? ""), why: `${f.message} (${f.code})` });
  }
}

/** The ids of the records that some rows are about, by the value of the key. */
async function existing(c: Collection, part: Wish[], key: string): Promise<Map<string, string>> {
  const values = [...new Set(part.map((w) => w.body[key]).filter((v) => v !== undefined && v !== ""))];
  if (!values.length) return new Map();
  const filter = values.map((v) => pb.filter(`${key} = {:v}`, { v })).join(" || ");
  const rows = await pb.collection(c.name).getFullList({ filter, fields: `id,${key}`, batch: 1000 });
  return new Map(rows.map((r) => [String(r[key]), r.id]));
}
