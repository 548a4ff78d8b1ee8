import { Filter } from "lucide-react";
import { useState, type ComponentProps } from "react";
import { kindOf } from "@/fields";
import { listOf, type Row } from "@/fields/kind";
import type { FieldDef } from "@/lib/collections";
import { pb } from "@/lib/pb";
import { Menu, MenuItem, MenuLine } from "@/parts/menu";
import { copy } from "@/parts/small";

/** The clause that finds the records with the same value. */
export function sameValue(f: FieldDef, value: unknown, op = "="): string {
  if (f.type === "geoPoint" || f.type === "json") return "";
  const v = Array.isArray(value) ? listOf(value)[0] : value;
  const many = Number(f["maxSelect"] ?? 1) > 1;
  return pb.filter(`${f.name} ${many && op === "=" ? "?=" : op} {:v}`, { v: v ?? "" });
}

const and = (q: string, clause: string) => (q.trim() && /[=<>~]/.test(q) ? `${/\|\|/.test(q) ? `(${q})` : q} && ${clause}` : clause);

/** What there is to do with a cell, behind a funnel. The menu is made when it is first asked for: a grid has hundreds of cells. */
export function CellMenu(p: Props) {
  const [asked, setAsked] = useState(false);
  return asked ? <Things {...p} /> : <Funnel field={p.field} aria-haspopup="menu" onClick={() => setAsked(true)} />;
}

interface Props {
  row: Row;
  field: FieldDef;
  filter: string;
  onFilter: (q: string) => void;
  onOpen: () => void;
}

function Funnel({ field, ...rest }: { field: FieldDef } & ComponentProps<"button">) {
  return (
    <button type="button" tabIndex={-1} aria-label={`Cell ${field.name}`} className={`absolute top-1/2 ${kindOf(field).right ? "left-0.5" : "right-0.5"} hidden size-6 -translate-y-1/2 items-center justify-center rounded-sm border bg-bg group-hover/cell:flex group-focus/cell:flex data-[state=open]:flex`} onDoubleClick={(e) => e.stopPropagation()} {...rest}>
      <Filter size={12} strokeWidth={1.5} aria-hidden />
    </button>
  );
}

function Things({ row, field, filter, onFilter, onOpen }: Props) {
  const value = row[field.name];
  const by = (op: string) => onFilter(and(filter, sameValue(field, value, op)));
  const can = sameValue(field, value) !== "";
  return (
    <Menu defaultOpen trigger={<Funnel field={field} />}>
      {can && <MenuItem onSelect={() => by("=")}>Show this value alone</MenuItem>}
      {can && <MenuItem onSelect={() => by("!=")}>Leave this value out</MenuItem>}
      {can && (field.type === "number" || field.type === "date" || field.type === "autodate") && <MenuItem onSelect={() => by(">")}>Show what is greater</MenuItem>}
      {can && (field.type === "number" || field.type === "date" || field.type === "autodate") && <MenuItem onSelect={() => by("<")}>Show what is less</MenuItem>}
      {can && <MenuLine />}
      <MenuItem onSelect={() => void copy(kindOf(field).text(value, field))}>Copy the value</MenuItem>
      <MenuItem onSelect={() => void copy(row.id)}>Copy the id</MenuItem>
      <MenuItem keys="o" onSelect={onOpen}>Open the record</MenuItem>
    </Menu>
  );
}
