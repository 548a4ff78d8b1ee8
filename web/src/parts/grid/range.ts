import type { Row } from "@/fields/kind";
import type { Column } from "@/parts/grid/columns";

/** Where something is in the grid: row -1 is the header, column 0 the box that selects. */
export interface Place {
  row: number;
  col: number;
}

/** Cells that are chosen together: all between two corners, both included. */
export interface Cells {
  top: number;
  left: number;
  bottom: number;
  right: number;
}

/** The cells between two corners; the header and the box that selects are none. */
export const cellsBetween = (a: Place, b: Place): Cells => ({
  top: Math.max(0, Math.min(a.row, b.row)),
  left: Math.max(1, Math.min(a.col, b.col)),
  bottom: Math.max(0, a.row, b.row),
  right: Math.max(1, a.col, b.col),
});

export const heightOf = (c: Cells): number => c.bottom - c.top + 1;
export const sizeOf = (c: Cells): number => heightOf(c) * (c.right - c.left + 1);

/** Cells that are copied and pasted at once. */
export const mostCells = 10_000;

export interface Sum {
  count: number;
  sum: number;
}

/** How many numbers there are among the cells, and their sum; undefined when not all of the rows are here, or none is a number. */
export function sumOf(c: Cells, columns: Column[], row: (i: number) => Row | undefined): Sum | undefined {
  const names = columns.slice(c.left - 1, c.right).filter((col) => col.field.type === "number").map((col) => col.field.name);
  const out = { count: 0, sum: 0 };
  for (let i = c.top; i <= c.bottom && names.length; i++) {
    const r = row(i);
    if (!r) return undefined;
    for (const n of names.map((name) => r[name]).filter((v) => typeof v === "number")) {
      out.sum += n;
      out.count++;
    }
  }
  return out.count ? out : undefined;
}
