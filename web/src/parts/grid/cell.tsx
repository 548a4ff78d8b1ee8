import { memo } from "react";
import { kindOf } from "@/fields";
import type { Row } from "@/fields/kind";
import type { FieldDef } from "@/lib/collections";

/** Longer texts are cut: what does not fit a line is read in the panel. */
const cut = 256;

/** What a cell shows: a faint dash for nothing, so that "", null and 0 can be told apart. */
export const CellValue = memo(function CellValue({ field, row }: { field: FieldDef; row: Row }) {
  const value = row[field.name];
  if (value === null) return <span className="font-mono text-faint">null</span>;
  if (value === "" || value === undefined || (Array.isArray(value) && !value.length)) return <span className="text-faint" aria-label="empty">–</span>;
  const kind = kindOf(field);
  return <kind.Cell field={field} row={row} value={typeof value === "string" && value.length > cut ? value.slice(0, cut) + "…" : value} />;
});
