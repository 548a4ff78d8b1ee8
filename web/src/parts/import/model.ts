import Papa from "papaparse";
import { kindOf } from "@/fields";
import { isMany } from "@/fields/kind";
import type { Collection, FieldDef } from "@/lib/collections";
import { pb } from "@/lib/pb";

/** Records from outside: the names of their columns, and rows of raw values with the line they came from. */
export interface Source {
  form: "CSV" | "TSV" | "JSON" | "NDJSON";
  columns: string[];
  rows: { line: number; values: Record<string, unknown> }[];
}

/** Reads a file or a pasted text by what it looks like. Fault: an Error that names the line. */
export function readSource(text: string): Source {
  const t = text.replace(/^\uFEFF/, "").trimStart();
  if (t.startsWith("[")) return ofObjects("JSON", (JSON.parse(t) as Record<string, unknown>[]).map((values, i) => ({ line: i + 1, values })));
  if (t.startsWith("{"))
    return ofObjects("NDJSON", t.split("\n").filter((l) => l.trim()).map((l, i) => {
      try {
        return { line: i + 1, values: JSON.parse(l) as Record<string, unknown> };
      } catch {
        throw new Error(`Line ${i + 1} is not JSON.`);
      }
    }));
  const parsed = Papa.parse<Record<string, string>>(t, { header: true, skipEmptyLines: "greedy", transformHeader: (h) => h.trim() });
  const fault = parsed.errors.find((e) => e.type === "Quotes");
  if (fault) throw new Error(`Line ${(fault.row ?? 0) + 2}: ${fault.message}.`);
  return { form: parsed.meta.delimiter === "\t" ? "TSV" : "CSV", columns: parsed.meta.fields ?? [], rows: parsed.data.map((values, i) => ({ line: i + 2, values })) };
}

function ofObjects(form: "JSON" | "NDJSON", rows: Source["rows"]): Source {
  const columns = [...new Set(rows.flatMap((r) => Object.keys(r.values)))].filter((c) => !["collectionId", "collectionName", "expand"].includes(c));
  return { form, columns, rows };
}

/** Which column goes into which field; "" goes nowhere. For relations, the field of the other record that is named. */
export type Mapping = Record<string, { field: string; by?: string }>;

const plain = (s: string) => s.toLowerCase().replace(/[^a-z0-9]/g, "");

export const fieldsOf = (c: Collection): FieldDef[] => c.fields.filter((f) => f.type !== "file" && f.name !== "tokenKey");

/** The mapping that the names suggest. */
export function guess(c: Collection, columns: string[]): Mapping {
  const fields = fieldsOf(c);
  return Object.fromEntries(columns.map((col) => [col, { field: fields.find((f) => plain(f.name) === plain(col))?.name ?? "" }]));
}

/** A value that cannot be imported: line, column, the value, and why. */
export interface Refusal {
  line: number;
  column: string;
  value: string;
  why: string;
}

export interface Wish {
  line: number;
  body: Record<string, unknown>;
}

/** Turns raw rows into bodies of records; what cannot be read is refused with its place. */
export async function prepare(c: Collection, source: Source, mapping: Mapping): Promise<{ wishes: Wish[]; refused: Refusal[] }> {
  const used = Object.entries(mapping).filter(([, m]) => m.field);
  const lookups = new Map<string, Map<string, string>>();
  for (const [col, m] of used) if (m.by) lookups.set(col, await lookup(c, m.field, m.by));
  const wishes: Wish[] = [];
  const refused: Refusal[] = [];
  for (const { line, values } of source.rows) {
    const body: Record<string, unknown> = {};
    let good = true;
    for (const [col, m] of used) {
      const field = c.fields.find((f) => f.name === m.field)!;
      const read = readValue(field, values[col], lookups.get(col));
      if (read === undefined) {
        good = false;
        refused.push({ line, column: col, value: String(values[col]), why: m.by ? `no record has this ${m.by}` : `this is no ${kindOf(field).word.toLowerCase()}` });
      } else body[m.field] = read;
    }
    if (good) wishes.push({ line, body: c.type === "auth" && body["password"] ? { ...body, passwordConfirm: body["password"] } : body });
  }
  return { wishes, refused };
}

async function lookup(c: Collection, field: string, by: string): Promise<Map<string, string>> {
  const target = String(c.fields.find((f) => f.name === field)?.["collectionId"]);
  const all = await pb.collection(target).getFullList({ fields: `id,${by}`, batch: 1000 });
  return new Map(all.map((r) => [String(r[by]).toLowerCase(), r.id]));
}

function readValue(f: FieldDef, raw: unknown, ids?: Map<string, string>): unknown {
  if (typeof raw !== "string") return raw ?? kindOf(f).zero(f);
  const text = raw.trim();
  if (text === "") return kindOf(f).zero(f);
  if (f.type === "relation") {
    const parts = isMany(f) ? text.split(/\s*[,;|]\s*/) : [text];
    const found = ids ? parts.map((p) => ids.get(p.toLowerCase())) : parts;
    if (found.some((id) => id === undefined)) return undefined;
    return isMany(f) ? found : found[0];
  }
  if (f.type === "number") return kindOf(f).parse(text.replace(/[\s\u00a0]/g, "").replace(/,(?=\d{3}(\D|$))/g, ""), f);
  if (f.type === "password") return text;
  return kindOf(f).parse(raw, f);
}
