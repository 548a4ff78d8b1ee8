import { kindOf } from "@/fields";
import type { Row } from "@/fields/kind";
import type { FieldDef } from "@/lib/collections";
import type { Sign } from "@/lib/modifiers";
import { same } from "@/lib/same";
import type { Values, Write } from "@/lib/writes";
import type { Column } from "@/parts/grid/columns";
import { heightOf, type Cells } from "@/parts/grid/range";

/** A cell that would change. */
export interface CellChange {
  row: Row;
  /** The place of the record in the grid, from 0. */
  at: number;
  field: FieldDef;
  to: unknown;
  /** What is added to the value, or taken from it, when that is what was asked for. */
  part?: { sign: Sign; value: unknown };
}

/** A text that no cell takes, and why. */
export interface CellRefusal {
  at: number;
  field: FieldDef;
  text: string;
  why: string;
}

/** What putting texts into cells would do. */
export interface Plan {
  changes: CellChange[];
  refused: CellRefusal[];
  /** Cells that have the value already. */
  unchanged: number;
  /** Rows beyond the last record: the values that a new one would get. */
  beyond: Values[];
  /** Columns beyond the last one, which are dropped. */
  wide: number;
}

export const emptyPlan = (): Plan => ({ changes: [], refused: [], unchanged: 0, beyond: [], wide: 0 });

/** Why a field is not pasted into; undefined when it is. */
export function closed(f: FieldDef): string | undefined {
  if (f["primaryKey"]) return "The id of a record stays.";
  if (f.type === "autodate") return "The server sets it.";
  if (f.type === "password" || f.type === "file") return "It is set in the panel.";
  if (f.hidden) return "It is hidden from the API, and is set one by one.";
  return undefined;
}

/** A text as a value of a field, or why it is none. */
export function readCell(f: FieldDef, text: string): { value: unknown } | { why: string } {
  const why = closed(f);
  if (why) return { why };
  const value = kindOf(f).parse(text, f);
  if (value !== undefined) return { value };
  return { why: f.type === "select" ? "It is none of the values." : `It is no ${kindOf(f).word.toLowerCase()}.` };
}

/** The rows and columns that texts go to: over chosen cells again and again where that comes out even, else as they are. */
export function areaOf(texts: string[][], target: Cells): { rows: number; cols: number } {
  const rows = texts.length;
  const cols = Math.max(...texts.map((r) => r.length));
  const across = target.right - target.left + 1;
  const even = heightOf(target) % rows === 0 && across % cols === 0;
  return even ? { rows: heightOf(target), cols: across } : { rows, cols };
}

/** What putting texts at cells does to the rows that begin there; rows holds those that there are. */
export function planPaste(texts: string[][], target: Cells, columns: Column[], rows: Row[]): Plan {
  const area = areaOf(texts, target);
  const fields = columns.slice(target.left - 1, target.left - 1 + area.cols).map((c) => c.field);
  const plan: Plan = { ...emptyPlan(), wide: area.cols - fields.length };
  for (let r = 0; r < area.rows; r++) {
    const line = texts[r % texts.length]!;
    const width = Math.max(...texts.map((t) => t.length));
    const cells = fields.map((field, c) => ({ field, text: line[c % width] }));
    if (rows[r]) planRow(plan, rows[r]!, target.top + r, cells);
    else planNew(plan, target.top + r, cells);
  }
  return plan;
}

type Cell = { field: FieldDef; text: string | undefined };

function planRow(plan: Plan, row: Row, at: number, cells: Cell[]): void {
  for (const { field, text } of cells) {
    // A line that is shorter than others says nothing of the cells that it lacks.
    if (text === undefined) continue;
    const read = readCell(field, text);
    const before = row[field.name];
    if ("why" in read ? kindOf(field).text(before, field) === text : same(read.value, before)) plan.unchanged++;
    else if ("why" in read) plan.refused.push({ at, field, text, why: read.why });
    else plan.changes.push({ row, at, field, to: read.value });
  }
}

function planNew(plan: Plan, at: number, cells: Cell[]): void {
  const values: [string, unknown][] = [];
  for (const { field, text } of cells) {
    if (!text) continue;
    const read = readCell(field, text);
    if ("value" in read) values.push([field.name, read.value]);
    else if (!closed(field)) plan.refused.push({ at, field, text, why: read.why });
  }
  if (values.length) plan.beyond.push(Object.fromEntries(values));
}

/** What filling down does: the first row's values in all below it. They are taken as they are, not as texts. */
export function planFill(fields: FieldDef[], rows: Row[], at: (i: number) => number): Plan {
  const plan = emptyPlan();
  for (const [i, row] of rows.entries()) {
    for (const field of i ? fields : []) {
      const value = rows[0]![field.name];
      const why = closed(field);
      if (same(value, row[field.name])) plan.unchanged++;
      else if (why) plan.refused.push({ at: at(i), field, text: kindOf(field).text(value, field), why });
      else plan.changes.push({ row, at: at(i), field, to: value });
    }
  }
  return plan;
}

/** The writes of a plan: one a record, each with what was seen in it. */
export function writesOf(changes: CellChange[], beyond: Values[] = []): Write[] {
  const byId = new Map<string, Write>();
  for (const { row, field: { name }, to, part } of changes) {
    const w = byId.get(row.id);
    const value = part ? { [name + part.sign]: part.value } : { [name]: to };
    byId.set(row.id, { id: row.id, values: { ...w?.values, ...value }, seen: { ...w?.seen, [name]: row[name] } });
  }
  return [...byId.values(), ...beyond.map((values) => ({ values }))];
}
