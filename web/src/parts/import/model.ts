import { kindOf } from "@/fields";
import { isMany } from "@/fields/kind";
import type { Collection, FieldDef } from "@/lib/collections";
import { pb } from "@/lib/pb";
import type { Source } from "@/parts/import/source";

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

/** How long the page may stand still, in ms. */
const breath = 12;

/** Turns raw rows into bodies of records; what cannot be read is refused with its place. The page is let draw meanwhile. */
export async function prepare(c: Collection, source: Source, mapping: Mapping): Promise<{ wishes: Wish[]; refused: Refusal[] }> {
  const used = Object.entries(mapping).filter(([, m]) => m.field);
  const lookups = new Map<string, Map<string, string>>();
  for (const [col, m] of used) if (m.by) lookups.set(col, await lookup(c, m.field, m.by));
  const wishes: Wish[] = [];
  const refused: Refusal[] = [];
  const fields = new Map(c.fields.map((f) => [f.name, f]));
  let since = performance.now();
  for (const { line, values } of source.rows) {
    if (performance.now() - since > breath) {
      await new Promise((go) => setTimeout(go));
      since = performance.now();
    }
    const body: Record<string, unknown> = {};
    let good = true;
    for (const [col, m] of used) {
      const field = fields.get(m.field)!;
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
