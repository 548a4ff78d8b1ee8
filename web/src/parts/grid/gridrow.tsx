import type { VirtualItem } from "@tanstack/react-virtual";
import clsx from "clsx";
import { memo, useState, type KeyboardEvent, type ReactNode, type RefObject } from "react";
import { kindOf } from "@/fields";
import type { Row } from "@/fields/kind";
import type { FieldDef } from "@/lib/collections";
import { isKeyOf } from "@/lib/keys";
import type { Values } from "@/lib/writes";
import { CellValue } from "@/parts/grid/cell";
import { CellEditor, type Way } from "@/parts/grid/celleditor";
import type { Column } from "@/parts/grid/columns";
import type { Cells, Place } from "@/parts/grid/range";
import { Unsaved } from "@/parts/grid/unsaved";

/** What the cells of a row ask of their grid. */
export interface RowActs {
  focus: (to: Place) => void;
  /** A cell was pressed: it alone is chosen, or all up to it. */
  press: (to: Place, more: boolean) => void;
  toggle: (row: number, range: boolean) => void;
  begin: (place: Place, text?: string) => void;
  save: (place: Place, row: Row, field: FieldDef, value: unknown, way: Way) => void;
}

interface Props {
  index: number;
  top: number;
  height: number;
  /** Undefined while it is on its way. */
  row?: Row;
  columns: Column[];
  inView: VirtualItem[];
  /** How many columns stay at the left edge. */
  pins: number;
  look: "plain" | "open" | "selected";
  /** The column that has the focus, when it is in this row. */
  focus?: number;
  /** The cells that are chosen, when some of them are in this row. */
  cells?: Cells;
  edit?: { place: Place; first?: string };
  fault?: { field: string; text: string };
  /** What was seen in the fields that are changed and not saved. */
  seen?: Values;
  canEdit: (f: FieldDef) => boolean;
  menu: (row: Row, c: Column) => ReactNode;
  acts: RefObject<RowActs>;
}

/** The width of the box that selects, in pixels. */
export const boxWidth = 36;

const looks = { plain: "bg-bg hover:bg-panel", open: "bg-hover", selected: "bg-selected" };

/** A row of the grid. It is drawn again only when something of its own has changed: scrolling draws new rows alone. */
export const GridRow = memo(function GridRow(p: Props) {
  const { index, row, acts } = p;
  return (
    <div role="row" aria-rowindex={index + 2} aria-selected={p.look === "selected"} className={clsx("group/row absolute left-0 flex w-full border-b", looks[p.look])} style={{ top: p.top, height: p.height }}>
      <div role="gridcell" aria-colindex={1} className="sticky left-0 z-[1] flex h-full shrink-0 items-center justify-center bg-inherit" style={{ width: boxWidth }}>
        <input
          type="checkbox"
          aria-label={`Select ${row?.id ?? "row"}`}
          data-cell={`${index}:0`}
          tabIndex={p.focus === 0 ? 0 : -1}
          className="size-4 accent-accent"
          checked={p.look === "selected"}
          onFocus={() => acts.current.focus({ row: index, col: 0 })}
          onChange={() => {}}
          onClick={(e) => acts.current.toggle(index, e.shiftKey)}
        />
      </div>
      {p.inView.map((v) => <Cell key={p.columns[v.index]!.field.id} p={p} c={p.columns[v.index]!} col={v.index + 1} left={v.start} sticky={v.index < p.pins} />)}
    </div>
  );
});

function Cell({ p, c, col, left, sticky }: { p: Props; c: Column; col: number; left: number; sticky: boolean }) {
  const { row, acts } = p;
  // Its menu is made when it is near: a screen has hundreds of cells, of which one is pointed at.
  const [near, setNear] = useState(false);
  const here = { row: p.index, col };
  const editing = p.edit?.place.col === col;
  const chosen = p.cells && col >= p.cells.left && col <= p.cells.right;
  const fault = p.fault?.field === c.field.name ? p.fault.text : undefined;
  const onKeyDown = (e: KeyboardEvent<HTMLElement>) => {
    // Beside an open panel they walk on and close it, also from the cell to which walking has led.
    if (p.look === "open" && isKeyOf(e.key, "next", "previous", "close-panel")) return;
    if (e.key === "." && e.target === e.currentTarget) {
      e.preventDefault();
      return void e.currentTarget.querySelector("[data-funnel]")?.dispatchEvent(new MouseEvent("contextmenu", { bubbles: true, cancelable: true }));
    }
    const typed = e.key.length === 1 && !e.ctrlKey && !e.metaKey && !e.altKey && e.key !== " ";
    if (!typed || editing || e.target !== e.currentTarget || kindOf(c.field).inline !== "text" || isKeyOf(e.key, "open-of-cell", "menu-of-cell", "filter", "sheet", "rail") || !p.canEdit(c.field)) return;
    e.preventDefault();
    e.stopPropagation();
    acts.current.begin(here, e.key);
  };
  return (
    <div
      role="gridcell"
      aria-colindex={col + 1}
      aria-readonly={!p.canEdit(c.field)}
      aria-selected={p.cells && !!chosen}
      aria-invalid={fault ? true : undefined}
      data-cell={`${here.row}:${here.col}`}
      tabIndex={p.focus === col ? 0 : -1}
      className={clsx(
        "group/cell flex h-full items-center border-l px-2 -outline-offset-2!",
        sticky ? "sticky shrink-0" : "absolute top-0",
        chosen ? "bg-selected" : sticky && "bg-inherit",
        col === p.pins && "border-r",
        editing || fault ? (sticky ? "z-[4]" : "z-[3]") : sticky && "z-[1]",
        kindOf(c.field).right && "justify-end", chosen && p.focus !== col && "outline-1 outline-accent", fault && "outline-2 outline-danger",
      )}
      style={{ left, width: c.width }}
      onPointerEnter={() => setNear(true)}
      onMouseDown={(e) => {
        if (editing) return;
        // The browser would select the text between as well.
        if (e.shiftKey) e.preventDefault();
        acts.current.press(here, e.shiftKey);
      }}
      onFocus={(e) => e.target === e.currentTarget && acts.current.focus(here)}
      onDoubleClick={() => acts.current.begin(here)}
      onKeyDown={onKeyDown}
    >
      {editing && row ? (
        <CellEditor field={c.field} row={row} first={p.edit?.first} onDone={(value, way) => acts.current.save(here, row, c.field, value, way)} />
      ) : row ? (
        <>
          <span className="min-w-0 truncate">
            <CellValue field={c.field} row={row} />
          </span>
          {p.seen && <Unsaved seen={p.seen} fields={[c.field]} />}
          {(near || p.focus === col) && p.menu(row, c)}
        </>
      ) : (
        <span className="late h-2 w-2/3 rounded-sm bg-hover" />
      )}
      {fault && <span role="alert" className="absolute top-full left-0 z-20 max-w-80 rounded-sm border border-danger bg-bg px-2 text-danger shadow-layer">{fault}</span>}
    </div>
  );
}
