import { Filter } from "lucide-react";
import { useEffect, useRef, useState, type ComponentProps, type MouseEvent } from "react";
import { kindOf } from "@/fields";
import { listOf, type Row } from "@/fields/kind";
import type { FieldDef } from "@/lib/collections";
import { pb } from "@/lib/pb";
import { enterTimes } from "@/lib/times";
import { Menu, MenuItem, MenuLine } from "@/parts/menu";
import { copy } from "@/parts/small";

/** The clause that finds the records with the same value. */
export function sameValue(f: FieldDef, value: unknown, op = "="): string {
  if (f.type === "geoPoint" || f.type === "json") return "";
  const v = Array.isArray(value) ? listOf(value)[0] : value;
  const many = Number(f["maxSelect"] ?? 1) > 1;
  return pb.filter(`${f.name} ${many && op === "=" ? "?=" : op} {:v}`, { v: v ?? "" });
}

/** A filter, and a clause beside it. */
export const and = (filter: string, clause: string) => (filter ? `${filter.includes("||") ? `(${filter})` : filter} && ${clause}` : clause);

/**
 * The funnel of a cell: pressed, it shows the records with the same value; right-clicked, or by the key ".", it has the
 * rest of what there is to do with the cell. The menu is made when it is asked for: a grid has hundreds of cells.
 */
export function CellMenu(p: Props) {
  const [asked, setAsked] = useState<"key" | "pointer">();
  if (asked) return <Things {...p} by={asked} onClose={() => setAsked(undefined)} />;
  const clause = sameValue(p.field, p.row[p.field.name]);
  const more = (e: MouseEvent) => (e.preventDefault(), setAsked(e.isTrusted ? "pointer" : "key"));
  if (!clause) return <Funnel aria-label={`Cell ${p.field.name}`} field={p.field} aria-haspopup="menu" onClick={more} onContextMenu={more} />;
  return <Funnel aria-label={`Show this ${p.field.name} alone`} title="Show this value alone; right-click or . for more" field={p.field} onClick={() => p.onFilter(and(p.filter, clause))} onContextMenu={more} />;
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
    <button type="button" tabIndex={-1} data-funnel className={`absolute top-1/2 ${kindOf(field).right ? "left-0.5" : "right-0.5"} hidden size-6 -translate-y-1/2 items-center justify-center rounded-sm border bg-bg group-hover/cell:flex group-focus/cell:flex data-[state=open]:flex`} onDoubleClick={(e) => e.stopPropagation()} {...rest}>
      <Filter size={12} strokeWidth={1.5} aria-hidden />
    </button>
  );
}

function Things({ row, field, filter, by: asker, onFilter, onOpen, onClose }: Props & { by: "key" | "pointer"; onClose: () => void }) {
  const trigger = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    // Opened as its button is by a key: the first of the things has the focus then.
    if (asker === "key") trigger.current?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
  }, [asker]);
  const value = row[field.name];
  const by = (op: string) => onFilter(and(filter, sameValue(field, value, op)));
  const can = sameValue(field, value) !== "";
  const isTime = field.type === "date" || field.type === "autodate";
  const close = () => {
    trigger.current?.closest<HTMLElement>("[role=gridcell]")?.focus();
    onClose();
  };
  // Keys in the menu are not keys of the grid, which would hear them as well.
  return (
    <span className="contents" onKeyDown={(e) => e.stopPropagation()}>
      <Menu defaultOpen={asker === "pointer"} onClose={close} trigger={<Funnel ref={trigger} aria-label={`Cell ${field.name}`} field={field} />}>
        {can && <MenuItem onSelect={() => by("=")}>Show this value alone</MenuItem>}
        {can && <MenuItem onSelect={() => by("!=")}>Leave this value out</MenuItem>}
        {can && (field.type === "number" || isTime) && <MenuItem onSelect={() => by(">")}>Show what is greater</MenuItem>}
        {can && (field.type === "number" || isTime) && <MenuItem onSelect={() => by("<")}>Show what is less</MenuItem>}
        {can && <MenuLine />}
        {isTime && !!value && <MenuItem onSelect={() => enterTimes(document.activeElement)}>Show this time in all ways</MenuItem>}
        <MenuItem onSelect={() => void copy(kindOf(field).text(value, field))}>Copy the value</MenuItem>
        <MenuItem onSelect={() => void copy(row.id)}>Copy the id</MenuItem>
        <MenuItem action="open-of-cell" onSelect={onOpen}>Open the record</MenuItem>
      </Menu>
    </span>
  );
}
