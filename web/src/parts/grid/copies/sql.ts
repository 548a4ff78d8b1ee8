import type { Row } from "@/fields/kind";
import { bootstrapQuery, type Bootstrap, type Collection, type FieldDef } from "@/lib/collections";
import { queries } from "@/lib/query";

type Engine = Bootstrap["engine"];

/** Statements that put records into a database of the engine that this server has. Passwords and keys of tokens are not among them. */
export async function insertsOf(c: Collection, rows: Row[]): Promise<string> {
  const { engine } = await queries.fetchQuery(bootstrapQuery);
  return inserts(c, rows, engine);
}

export function inserts(c: Collection, rows: Row[], engine: Engine): string {
  const fields = c.fields.filter((f) => f.type !== "password" && f.name !== "tokenKey");
  const into = `INSERT INTO ${name(c.name)} (${fields.map((f) => name(f.name)).join(", ")}) VALUES`;
  return rows.map((row) => `${into} (${fields.map((f) => literal(f, row[f.name], engine)).join(", ")});\n`).join("");
}

const name = (s: string) => `"${s.replaceAll('"', '""')}"`;

/** A value as its column has it: lists, points and JSON are kept as text. */
function literal(f: FieldDef, value: unknown, engine: Engine): string {
  if (value === null || value === undefined) return "NULL";
  if (f.type === "json" || typeof value === "object") return quoted(JSON.stringify(value), engine);
  return typeof value === "string" ? quoted(value, engine) : String(value).toUpperCase();
}

/**
 * A text in quotes. A backslash means itself to SQLite, and to PostgreSQL too unless a setting says otherwise, so that it is
 * written there in the way that no setting changes. A character 0 would end the statement for SQLite; PostgreSQL has none.
 */
function quoted(text: string, engine: Engine): string {
  const doubled = text.replaceAll("'", "''");
  if (engine === "postgres") return doubled.includes("\\") ? `E'${doubled.replaceAll("\\", "\\\\")}'` : `'${doubled}'`;
  return doubled.split("\0").map((part) => `'${part}'`).join(" || char(0) || ");
}
