import { kindOf } from "@/fields";
import { isMany } from "@/fields/kind";
import type { FieldDef } from "@/lib/collections";
import type { Sign } from "@/lib/modifiers";

/** A way to change one field of many records. */
export interface BulkKind {
  name: string;
  verb: string;
  /** What was done to the field, as in "views of 3 records was set". */
  done: string;
  label: string;
  help?: string;
  fits: (f: FieldDef) => boolean;
  start: (f: FieldDef) => unknown;
  /** The value is added to what each record has, or taken from it; without it, it stands in its place. */
  sign?: Sign;
}

const open = (f: FieldDef) => !f["primaryKey"] && !["autodate", "password", "file"].includes(f.type) && f.name !== "tokenKey";
const list = (f: FieldDef) => (f.type === "select" || f.type === "relation") && isMany(f);

export const setField: BulkKind = { name: "Set a field", verb: "Set", done: "set", label: "Value", fits: open, start: (f) => kindOf(f).zero(f) };

/** The other ways, in the order of their menu. */
export const otherKinds: BulkKind[] = [
  { name: "Add to a list", verb: "Add", done: "extended", label: "Values to add", fits: list, start: () => [], sign: "+" },
  { name: "Take from a list", verb: "Take", done: "reduced", label: "Values to take", fits: list, start: () => [], sign: "-" },
  { name: "Increase a number", verb: "Increase", done: "increased", label: "By", help: "Less than 0 decreases it.", fits: (f) => f.type === "number", start: () => 1, sign: "+" },
];
