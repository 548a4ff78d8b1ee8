import { kinds } from "@/fields";
import type { Collection, FieldDef } from "@/lib/collections";

/** A field as it is edited: key names it while its name changes; was is what is stored. */
export interface Draft {
  key: string;
  def: FieldDef;
  was?: FieldDef;
  dropped?: boolean;
}

export interface SchemaDraft {
  name: string;
  type: Collection["type"];
  fields: Draft[];
  indexes: string[];
  viewQuery: string;
}

let made = 0;
const newKey = () => `new-${++made}`;

export function draftOf(c: Collection): SchemaDraft {
  return { name: c.name, type: c.type, indexes: c.indexes, viewQuery: c.viewQuery ?? "", fields: c.fields.map((f) => ({ key: f.id, def: f, was: f })) };
}

export const emptyDraft = (type: Collection["type"] = "base"): SchemaDraft => ({ name: "", type, fields: [], indexes: [], viewQuery: "" });

/** A field of a type with what a new one has set. */
export function newField(name: string, type: string, more: Partial<FieldDef> = {}): Draft {
  const def: FieldDef = { ...starts[type], ...more, id: "", name, type };
  return { key: newKey(), def };
}

const starts: Record<string, Partial<FieldDef>> = {
  autodate: { onCreate: true, onUpdate: true },
  select: { maxSelect: 1, values: ["one", "two"] },
  file: { maxSelect: 1 },
  relation: { maxSelect: 1 },
};

const words = new Map(kinds.flatMap((k) => [[k.type.toLowerCase(), k.type], [k.word.toLowerCase().replace(/[ -]/g, ""), k.type]] as const));
for (const [word, type] of [["string", "text"], ["int", "number"], ["float", "number"], ["boolean", "bool"], ["html", "editor"], ["datetime", "date"], ["enum", "select"], ["geo", "geoPoint"]] as const) words.set(word, type);

/**
 * Reads a line such as "title text!", "due date", "author users", "tags select(go, js)": a name, a type or the name of a
 * collection, "!" for required, and the values of a select.
 */
export function readLine(line: string, collections: { id: string; name: string }[]): Draft | undefined {
  const m = /^\s*["']?([A-Za-z_]\w*)["']?\s*[:\s]?\s*([A-Za-z_]\w*)?\s*(\([^)]*\))?\s*(!)?\s*,?\s*$/.exec(line);
  if (!m) return undefined;
  const [, name = "", word = "text", values, required] = m;
  const more: Partial<FieldDef> = { ...(required && { required: true }) };
  const type = words.get(word.toLowerCase());
  if (type) {
    if (values && type === "select") more["values"] = values.slice(1, -1).split(",").map((v) => v.trim()).filter(Boolean);
    return newField(name, type, more);
  }
  const target = collections.find((c) => c.name.toLowerCase() === word.toLowerCase());
  return target ? newField(name, "relation", { ...more, collectionId: target.id }) : undefined;
}

/** Reads several lines, or a JSON list of fields. Lines that say nothing are left out. */
export function readLines(text: string, collections: { id: string; name: string }[]): Draft[] {
  const t = text.trim();
  if (/^[[{]/.test(t)) {
    try {
      const parsed = JSON.parse(t) as FieldDef | FieldDef[] | { fields: FieldDef[] };
      const list = Array.isArray(parsed) ? parsed : "fields" in parsed && Array.isArray(parsed["fields"]) ? (parsed["fields"] as FieldDef[]) : [parsed as FieldDef];
      return list.filter((f) => f.name && f.type && !f.system).map((f) => newField(f.name, f.type, f));
    } catch {
      return [];
    }
  }
  return t.split("\n").map((l) => readLine(l, collections)).filter((d): d is Draft => !!d);
}

/** What a draft changes. */
export interface Changes {
  renamed: [from: string, to: string][];
  added: string[];
  dropped: FieldDef[];
  retyped: { from: FieldDef; to: FieldDef }[];
  changed: string[];
  any: boolean;
}

export function changesOf(c: Collection, d: SchemaDraft): Changes {
  const live = d.fields.filter((f) => !f.dropped);
  const ch: Changes = { renamed: [], added: [], dropped: d.fields.filter((f) => f.dropped && f.was).map((f) => f.was!), retyped: [], changed: [], any: false };
  for (const { def, was } of live) {
    if (!was) ch.added.push(def.name);
    else if (was.type !== def.type) ch.retyped.push({ from: was, to: def });
    else if (was.name !== def.name) ch.renamed.push([was.name, def.name]);
    if (was && JSON.stringify({ ...was, name: "" }) !== JSON.stringify({ ...def, name: "" }) && was.type === def.type) ch.changed.push(def.name);
  }
  const order = live.map((f) => f.key).join() !== c.fields.map((f) => f.id).join();
  ch.any = order || ch.changed.length > 0 || ch.renamed.length > 0 || ch.retyped.length > 0 || d.name !== c.name || JSON.stringify(d.indexes) !== JSON.stringify(c.indexes) || d.viewQuery !== (c.viewQuery ?? "");
  return ch;
}

const ruleNames = ["listRule", "viewRule", "createRule", "updateRule", "deleteRule", "authRule", "manageRule"] as const;

/** A rule in which a field's new name stands for the old one; names within quotes and of other tables stay. */
export function renameInRule(rule: string, from: string, to: string): string {
  return rule.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|@?[A-Za-z_][\w.:]*/g, (t) => {
    if (/^["'@]/.test(t)) return t.startsWith("@request.body.") ? t.replace(new RegExp(`^(@request\\.body\\.)${from}(?=$|[.:])`), `$1${to}`) : t;
    return t.replace(new RegExp(`^${from}(?=$|[.:])`), to);
  });
}

/** What is sent to the server. Renames are carried on into the indexes and, when wanted, into the collection's own rules. */
export function bodyOf(c: Collection | undefined, d: SchemaDraft, rewriteRules: boolean): Record<string, unknown> {
  const live = d.fields.filter((f) => !f.dropped);
  const body: Record<string, unknown> = { name: d.name };
  if (!c) body["type"] = d.type;
  if (d.type === "view") return { ...body, viewQuery: d.viewQuery };
  const renamed = live.filter((f) => f.was && f.was.name !== f.def.name).map((f) => [f.was!.name, f.def.name] as const);
  const gone = d.fields.filter((f) => f.dropped && f.was).map((f) => f.was!.name);
  let indexes = d.indexes;
  for (const [from, to] of renamed) indexes = indexes.map((i) => i.replaceAll(`\`${from}\``, `\`${to}\``));
  if (c) indexes = indexes.filter((i) => !gone.some((g) => i.includes(`\`${g}\``))).map((i) => i.replace(`ON \`${c.name}\``, `ON \`${d.name}\``));
  body["indexes"] = indexes;
  body["fields"] = live.map(({ def: { id, ...def } }) => (id ? { id, ...def } : def));
  if (c && rewriteRules)
    for (const name of ruleNames) {
      const rule = c[name];
      if (typeof rule !== "string" || !rule) continue;
      const next = renamed.reduce((r, [from, to]) => renameInRule(r, from, to), rule);
      if (next !== rule) body[name] = next;
    }
  return body;
}

/** Rules of the collection that mention a field. */
export function rulesWith(c: Collection, field: string): string[] {
  return ruleNames.filter((n) => typeof c[n] === "string" && renameInRule(c[n] as string, field, `${field}_`) !== c[n]);
}

/** The columns of an index, and whether it is unique. */
export function readIndex(sql: string): { unique: boolean; columns: string[]; where: string } {
  const m = /^\s*CREATE\s+(UNIQUE\s+)?INDEX\s+[\s\S]*?\(([\s\S]*?)\)\s*(?:WHERE\s+([\s\S]*))?$/i.exec(sql);
  return { unique: !!m?.[1], columns: (m?.[2] ?? "").split(",").map((p) => p.replace(/[`"[\]]/g, "").trim()).filter(Boolean), where: m?.[3]?.trim() ?? "" };
}

/** Whether an index keeps the values of one field apart. */
export function isUnique(sql: string, field: string): boolean {
  const i = readIndex(sql);
  return i.unique && i.columns.length === 1 && i.columns[0] === field;
}

/** An index of a name that nobody else uses. */
export function makeIndex(collection: string, columns: string[], unique: boolean, where = ""): string {
  const id = Array.from(crypto.getRandomValues(new Uint8Array(10)), (b) => "abcdefghijklmnopqrstuvwxyz0123456789"[b % 36]).join("");
  return `CREATE ${unique ? "UNIQUE " : ""}INDEX \`idx_${id}\` ON \`${collection}\` (${columns.map((c) => `\`${c}\``).join(", ")})${where ? ` WHERE ${where}` : ""}`;
}
