import type { Row } from "@/fields/kind";
import { isMany } from "@/fields/kind";
import type { Collection, FieldDef } from "@/lib/collections";

/** Stands for a password in a body: snippets take it from their environment. */
export const secret = Symbol("password");

/** What examples of a collection are made of besides its definition. */
export interface Known {
  /** The address of the server, without a slash at its end. */
  base: string;
  /** A record that is there. */
  record?: Row;
  /** Ids of records that its relations can lead to, by field. */
  related: Record<string, string[]>;
  /** Letters that make a value differ from those that are stored. */
  letters: string;
  /** The account that asks; a guest when it is absent. */
  as?: { collection: string; identity: string };
}

const numberOf = (v: unknown): number | undefined => (typeof v === "number" ? v : undefined);
const texts = (v: unknown): string[] => (Array.isArray(v) ? v.map(String) : []);

/** Whether an index forbids the same value, or the same value beside others. */
const isUnique = (c: Collection, f: FieldDef): boolean =>
  f.name === "email" && c.type === "auth" ? true : c.indexes.some((i) => /^\s*create\s+unique/i.test(i) && new RegExp(`[(,\\s\`"\\[]${f.name}[)\\s,\`"\\]]`).test(i.slice(i.indexOf("("))));

/** What whoever asks may send when a record is made: the fields that the server does not set itself. */
export function writable(c: Collection): FieldDef[] {
  const never = ["autodate", "file", "password"];
  return c.fields.filter((f) => !f["primaryKey"] && !never.includes(f.type) && (!f.hidden || f.required) && (!f.system || f.name === "email") && !f["autogeneratePattern"]);
}

/** The fields of files that a record cannot do without. */
export const neededFiles = (c: Collection): string[] => c.fields.filter((f) => f.type === "file" && f.required).map((f) => f.name);

/** The body of a request that makes a record. */
export function bodyOfNew(c: Collection, known: Known): Record<string, unknown> {
  const body = Object.fromEntries(valuesOf(c, writable(c), known));
  return c.type === "auth" ? { ...body, password: secret, passwordConfirm: secret } : body;
}

/** The body of a request that changes a record: two of its fields at most, and none that tells records apart. */
export function bodyOfChange(c: Collection, known: Known): Record<string, unknown> {
  const fields = writable(c).filter((f) => f.name !== "email" && !isUnique(c, f));
  return Object.fromEntries(valuesOf(c, fields, known).slice(0, 2));
}

/** The values that are known for some fields, by their names. */
const valuesOf = (c: Collection, fields: FieldDef[], known: Known) => fields.map((f) => [f.name, valueOf(c, f, known)] as const).filter(([, v]) => v !== undefined);

/** A value that a field accepts; undefined when none is known. */
export function valueOf(c: Collection, f: FieldDef, known: Known): unknown {
  const apart = isUnique(c, f) ? known.letters : "";
  switch (f.type) {
    case "number":
      return Math.min(Math.max(1, numberOf(f["min"]) ?? 1), numberOf(f["max"]) ?? Infinity);
    case "bool":
      return true;
    case "email":
      return `${apart || "ada"}@${domainOf(f)}`;
    case "url":
      return `https://${domainOf(f)}/${apart}`;
    case "date":
      return dateOf(f);
    case "select":
      return isMany(f) ? texts(f["values"]).slice(0, Math.max(2, numberOf(f["minSelect"]) ?? 0)).slice(0, Number(f["maxSelect"])) : texts(f["values"])[0];
    case "relation":
      return known.related[f.name]?.length ? (isMany(f) ? known.related[f.name] : known.related[f.name]![0]) : undefined;
    case "json":
      return [1, 2];
    case "geoPoint":
      return { lon: 19.04, lat: 47.5 };
    case "editor":
      return "<p>Hello</p>";
    default:
      return textOf(f, apart, known.record);
  }
}

/** A text of the allowed length; where it has to match a pattern, one that is stored. */
function textOf(f: FieldDef, apart: string, record?: Row): unknown {
  if (f["pattern"]) return record?.[f.name] || undefined;
  const text = apart ? `${f.name} ${apart}` : `A ${f.name}`;
  const max = numberOf(f["max"]) || Infinity;
  const cut = text.length > max && apart ? apart.slice(0, max) : text.slice(0, max);
  return cut.padEnd(numberOf(f["min"]) ?? 0, ".");
}

/** A domain that addresses of a field may have. */
function domainOf(f: FieldDef): string {
  const except = texts(f["exceptDomains"]);
  return texts(f["onlyDomains"])[0] ?? ["example.com", "example.org"].find((d) => !except.includes(d)) ?? "example.net";
}

function dateOf(f: FieldDef): string {
  const some = "2026-01-02 10:00:00.000Z";
  const [min, max] = [String(f["min"] ?? ""), String(f["max"] ?? "")];
  return min && some < min ? min : max && some > max ? max : some;
}
