import { kindOf } from "@/fields";
import { isMany } from "@/fields/kind";
import type { Collection, FieldDef } from "@/lib/collections";
import { pb } from "@/lib/pb";
import type { Source } from "@/parts/import/source";

/** Into which field a column goes; "" goes nowhere. For relations, the field of the other record that is named. */
export interface Target {
  field: string;
  by?: string;
}

/** The targets of all columns, in their order. */
export type Mapping = Target[];

const plain = (s: string) => s.toLowerCase().replace(/[^a-z0-9]/g, "");

export const fieldsOf = (c: Collection): FieldDef[] => c.fields.filter((f) => f.type !== "file" && f.name !== "tokenKey");

/** What a column is called, also where its heading is empty, or is that of one before it. */
export function nameOf(columns: string[], i: number): string {
  const name = columns[i];
  if (!name) return `column ${i + 1}`;
  return columns.indexOf(name) < i ? `${name} (column ${i + 1})` : name;
}

/** The mapping that the names suggest: the same name, else one like it; each field once. */
export function guess(c: Collection, columns: string[]): Mapping {
  const mapping = columns.map((): Target => ({ field: "" }));
  const free = new Set(fieldsOf(c).map((f) => f.name));
  const alike = [(a: string, b: string) => a === b, (a: string, b: string) => plain(a) === plain(b) && plain(a) !== ""];
  for (const is of alike)
    for (const [i, target] of mapping.entries()) {
      const name = target.field ? undefined : [...free].find((field) => is(field, columns[i]!));
      if (name === undefined) continue;
      target.field = name;
      free.delete(name);
    }
  return mapping;
}

/** Why a mapping is none to import by, in words. */
export function faultOf(mapping: Mapping): string | undefined {
  const fields = mapping.map((m) => m.field).filter(Boolean);
  const twice = fields.find((field, i) => fields.indexOf(field) < i);
  if (twice !== undefined) return `Two columns go into ${twice}: skip one of them.`;
  return fields.length ? undefined : "No column goes into a field: choose one for at least one of them.";
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
  const used = [...mapping.entries()].filter(([, m]) => m.field);
  const lookups = new Map<number, Map<string, string>>();
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
    const body: [string, unknown][] = [];
    for (const [col, m] of used) {
      const field = fields.get(m.field)!;
      const read = readValue(field, values[col], lookups.get(col));
      if (read === undefined) {
        refused.push({ line, column: nameOf(source.columns, col), value: String(values[col]), why: m.by ? `no record has this ${m.by}` : `this is no ${kindOf(field).word.toLowerCase()}` });
      } else body.push([m.field, read]);
    }
    if (body.length === used.length) wishes.push({ line, body: confirmed(c, Object.fromEntries(body)) });
  }
  return { wishes, refused };
}

/** An account's password goes with its confirmation. */
const confirmed = (c: Collection, body: Wish["body"]): Wish["body"] => (c.type === "auth" && body["password"] ? { ...body, passwordConfirm: body["password"] } : body);

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
