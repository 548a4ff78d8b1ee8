import { listOf, type Row } from "@/fields/kind";
import type { FieldDef } from "@/lib/collections";
import { joined, type Sign } from "@/lib/modifiers";
import { same } from "@/lib/same";
import type { BulkKind } from "@/parts/grid/bulk/kinds";
import { emptyPlan, type Plan } from "@/parts/grid/paste";

/** What a change does to the records. Of a list, it says no more than what differs. */
export function planBulk(kind: BulkKind, field: FieldDef, rows: Row[], value: unknown): Plan {
  const plan = emptyPlan();
  for (const [at, row] of rows.entries()) {
    const before = row[field.name];
    const to = kind.sign ? joined(before, kind.sign, value) : value;
    if (same(before, to)) plan.unchanged++;
    else plan.changes.push({ row, at, field, to, ...(kind.sign && { part: { sign: kind.sign, value: typeof value === "number" ? value : apart(before, to, kind.sign) } }) });
  }
  return plan;
}

/** The values of a list that were added to it, or taken from it. */
function apart(before: unknown, to: unknown, sign: Sign): string[] {
  const [more, less] = sign === "+" ? [listOf(to), listOf(before)] : [listOf(before), listOf(to)];
  return more.filter((v) => !less.includes(v));
}
