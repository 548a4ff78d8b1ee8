import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import clsx from "clsx";
import { useEffect, useImperativeHandle, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactNode, type Ref } from "react";
import { kindOf } from "@/fields";
import type { Row } from "@/fields/kind";
import type { FieldDef } from "@/lib/collections";
import { rowHeight, usePrefs } from "@/lib/prefs";
import type { Values } from "@/lib/writes";
import { Boundary } from "@/parts/boundary";
import type { Way } from "@/parts/grid/celleditor";
import type { Column } from "@/parts/grid/columns";
import { GroupHead, groupHeight, type Group } from "@/parts/grid/groups";
import { HeadRow, type HeadActs } from "@/parts/grid/headrow";
import { usePins, widthOf } from "@/parts/grid/pins";
import { boxWidth, GridRow, type RowActs } from "@/parts/grid/gridrow";
import { cellsBetween, type Cells, type Place } from "@/parts/grid/range";

export interface GridHandle {
  focusRow: (row: number) => void;
  /** The cells that are chosen, or the one where the focus is or was; not of a layout without cells. */
  cells?: () => Cells;
  /** Takes one more row of cells. */
  extend?: () => void;
  /** Gives the focus to the cell that had it last. */
  focus: () => void;
}

interface Props {
  label: string;
  columns: Column[];
  count: number;
  row: (i: number) => Row | undefined;
  /** What is shown is from before: other rows are on their way. */
  busy?: boolean;
  /** Told when other rows come into view. */
  onRange: (first: number, last: number) => void;
  sort: string;
  selected: Set<string>;
  onSelect: (ids: Set<string>) => void;
  canEdit: (f: FieldDef) => boolean;
  onSave: (row: Row, field: FieldDef, value: unknown) => Promise<void>;
  /** What was seen in the fields of a record that are changed and not saved. */
  seen?: (id: string) => Values | undefined;
  onOpen: (row: Row) => void;
  openId?: string;
  head: HeadActs;
  header: (c: Column) => ReactNode;
  /** The groups in which rows stand, by the place of their first one, and what stands above it. */
  groups?: Map<number, Group>;
  cellMenu: (row: Row, c: Column) => ReactNode;
  /** Told when several cells are chosen, and when they are no more. */
  onCells?: (cells: Cells | undefined) => void;
  onKey?: (e: KeyboardEvent, row: Row | undefined, c: Column | undefined) => void;
  ref?: Ref<GridHandle>;
}

export const DataGrid = (p: Props) => <Boundary what="The grid"><Grid {...p} /></Boundary>;

/**
 * A grid of any number of rows of which those in view alone are there. It follows the ARIA grid pattern: one tab stop,
 * arrows move, with Shift they choose cells, Enter or F2 edits, Space selects.
 */
function Grid(p: Props) {
  const { density } = usePrefs();
  const height = rowHeight[density];
  const scroll = useRef<HTMLDivElement>(null);
  const [place, setAt] = useState<Place>({ row: 0, col: 1 });
  // Rows and columns may have gone since.
  const at: Place = { row: Math.min(place.row, p.count - 1), col: Math.min(place.col, p.columns.length) };
  const [corner, setCorner] = useState<Place>();
  const cells = useMemo(() => (corner ? cellsBetween(corner, { row: at.row, col: at.col }) : undefined), [corner, at.row, at.col]);
  const [edit, setEdit] = useState<{ place: Place; first?: string; seen: Row }>();
  const [faults, setFaults] = useState<{ id: string; field: string; text: string }>();
  const anchor = useRef(0);
  const wantsFocus = useRef(false);
  const moving = useRef(false);
  const rows = useVirtualizer({ count: p.count, getScrollElement: () => scroll.current, estimateSize: (i) => height + (p.groups?.has(i) ? groupHeight : 0), overscan: 4, scrollPaddingStart: height });
  const pins = usePins(p.columns, scroll);
  const cols = useVirtualizer({
    count: p.columns.length,
    horizontal: true,
    getScrollElement: () => scroll.current,
    estimateSize: (i) => p.columns[i]!.width,
    overscan: 1,
    paddingStart: boxWidth,
    scrollPaddingStart: boxWidth + widthOf(p.columns.slice(0, pins)),
    rangeExtractor: (range) => [...new Set([...Array(pins).keys(), ...defaultRangeExtractor(range)])],
  });
  const widths = p.columns.map((c) => c.width).join();
  useLayoutEffect(() => rows.measure(), [rows, height, p.groups]);
  useLayoutEffect(() => cols.measure(), [cols, widths]);

  const shown = rows.getVirtualItems();
  const first = shown[0]?.index ?? 0;
  const last = shown.at(-1)?.index ?? 0;
  const { onRange } = p;
  useEffect(() => onRange(first, last), [onRange, first, last]);

  useLayoutEffect(() => {
    if (!wantsFocus.current) return;
    const cell = scroll.current?.querySelector<HTMLElement>(`[data-cell="${at.row}:${at.col}"]`);
    if (!cell) return;
    wantsFocus.current = false;
    moving.current = true;
    cell.focus({ preventScroll: true });
    moving.current = false;
  });

  const { onCells } = p;
  useEffect(() => {
    onCells?.(cells);
    return () => onCells?.(undefined);
  }, [onCells, cells]);

  const move = (to: Place, extend = false) => {
    const row = Math.max(-1, Math.min(p.count - 1, to.row));
    const col = Math.max(0, Math.min(p.columns.length, to.col));
    wantsFocus.current = true;
    setCorner(extend ? (corner ?? { row: Math.max(0, at.row), col: Math.max(1, at.col) }) : undefined);
    setAt(extend ? { row: Math.max(0, row), col: Math.max(1, col) } : { row, col });
    if (row >= 0) rows.scrollToIndex(row);
    if (col > pins) cols.scrollToIndex(col - 1);
  };
  /** The focus has come to a cell by itself. */
  const come = (to: Place) => {
    if (moving.current || (at.row === to.row && at.col === to.col)) return;
    setCorner(undefined);
    setAt(to);
  };
  useImperativeHandle(p.ref, () => ({
    focusRow: (row) => move({ row, col: Math.max(1, at.col) }),
    focus: () => move(at),
    // At the box that selects, they are those of its row.
    cells: () => cells ?? cellsBetween(at, at.col ? at : { row: at.row, col: p.columns.length }),
    extend: () => move({ row: at.row + 1, col: at.col }, true),
  }));

  const toggle = (row: number, range: boolean) => {
    const next = new Set(p.selected);
    const target = p.row(row);
    if (!target) return;
    if (range) {
      for (let i = Math.min(anchor.current, row); i <= Math.max(anchor.current, row); i++) {
        const r = p.row(i);
        if (r) next.add(r.id);
      }
    } else {
      anchor.current = row;
      if (!next.delete(target.id)) next.add(target.id);
    }
    p.onSelect(next);
  };

  const begin = (place: Place, text?: string) => {
    const c = p.columns[place.col - 1];
    const row = p.row(place.row);
    if (!c || !row || !p.canEdit(c.field)) return;
    setFaults(undefined);
    const kind = kindOf(c.field);
    if (kind.inline === "toggle") return void save(place, row, c.field, !row[c.field.name], "stay");
    if (kind.inline === "panel") return p.onOpen(row);
    setEdit({ place, first: text, seen: row });
  };

  const save = async (place: Place, row: Row, f: FieldDef, value: unknown, way: Way) => {
    // What was seen when the edit began: the row may have changed since.
    const seen = edit?.seen.id === row.id ? edit.seen : row;
    setEdit(undefined);
    move({ row: place.row + (way === "down" ? 1 : 0), col: place.col + (way === "right" ? 1 : way === "left" ? -1 : 0) });
    if (value === undefined || JSON.stringify(value) === JSON.stringify(seen[f.name])) return;
    try {
      await p.onSave(seen, f, value);
    } catch (err) {
      setFaults({ id: row.id, field: f.name, text: err instanceof Error ? err.message : String(err) });
      move(place);
    }
  };

  const onKeyDown = (e: KeyboardEvent) => {
    if (edit) return;
    const page = Math.max(1, Math.floor((scroll.current?.clientHeight ?? 400) / height) - 2);
    const mod = e.ctrlKey || e.metaKey;
    const steps: Record<string, Place> = {
      ArrowDown: { row: mod ? p.count - 1 : at.row + 1, col: at.col },
      ArrowUp: { row: mod ? 0 : at.row - 1, col: at.col },
      ArrowRight: { row: at.row, col: at.col + 1 },
      ArrowLeft: { row: at.row, col: at.col - 1 },
      Home: { row: mod ? 0 : at.row, col: mod ? at.col : 0 },
      End: { row: mod ? p.count - 1 : at.row, col: mod ? at.col : p.columns.length },
      PageDown: { row: at.row + page, col: at.col },
      PageUp: { row: Math.max(0, at.row - page), col: at.col },
    };
    const to = steps[e.key];
    const row = p.row(at.row);
    if (to && !e.altKey) {
      e.preventDefault();
      move(to, e.shiftKey && at.row >= 0 && at.col > 0);
    } else if (e.key === "Escape" && corner) {
      e.preventDefault();
      setCorner(undefined);
    } else if (at.row >= 0 && e.key === " " && (e.shiftKey || at.col === 0)) {
      e.preventDefault();
      toggle(at.row, false);
    } else if (at.row >= 0 && ((e.key === "Enter" && e.shiftKey) || (e.key === "o" && !mod && !e.altKey)) && row) {
      e.preventDefault();
      p.onOpen(row);
    } else if (at.row >= 0 && (e.key === "Enter" || e.key === "F2") && at.col > 0 && !mod && !e.altKey) {
      e.preventDefault();
      begin(at);
    } else if (mod && e.key === "a") {
      e.preventDefault();
      p.onSelect(new Set(Array.from({ length: p.count }, (_, i) => p.row(i)?.id).filter((id): id is string => !!id)));
    } else p.onKey?.(e, row, p.columns[at.col - 1]);
  };

  const acts = useRef<RowActs>(null!);
  useLayoutEffect(() => {
    acts.current = { focus: come, press: (to, more) => (more ? move(to, true) : (setCorner(undefined), come(to))), toggle, begin, save: (place, row, f, value, way) => void save(place, row, f, value, way) };
  });
  const inView = cols.getVirtualItems();
  return (
    <div
      ref={scroll}
      role="grid"
      aria-label={p.label}
      aria-rowcount={p.count + 1}
      aria-colcount={p.columns.length + 1}
      aria-multiselectable
      aria-busy={p.busy}
      className="relative min-h-0 flex-1 overflow-auto overscroll-contain text-grid"
      onKeyDown={onKeyDown}
    >
      <div role="rowgroup" className="sticky top-0 z-10 bg-panel" style={{ width: cols.getTotalSize(), minWidth: "100%" }}>
        <HeadRow
          height={height}
          columns={p.columns}
          inView={inView}
          pins={pins}
          sort={p.sort}
          at={at}
          all={p.selected.size > 0 && p.selected.size >= p.count}
          onAll={() => p.onSelect(p.selected.size ? new Set() : new Set(Array.from({ length: p.count }, (_, i) => p.row(i)?.id).filter((id): id is string => !!id)))}
          header={p.header}
          acts={p.head}
        />
      </div>
      <div role="rowgroup" className={clsx("relative", p.busy && "stale")} style={{ height: rows.getTotalSize(), width: cols.getTotalSize(), minWidth: "100%" }}>
        {/* One flat list: within lists of their own, rows would be made anew whenever the first one in view is another. */}
        {shown.flatMap((v) => {
          const row = p.row(v.index);
          const group = p.groups?.get(v.index);
          const line = group && (
            <div role="row" key={`group ${v.index}`} className="absolute left-0 w-full border-b bg-panel" style={{ top: v.start, height: groupHeight }}>
              <div role="gridcell" aria-colindex={1} aria-colspan={p.columns.length + 1} className="h-full"><GroupHead group={group} row={row} /></div>
            </div>
          );
          return [
            line,
            <GridRow
              key={v.index}
              index={v.index}
              top={v.start + (group ? groupHeight : 0)}
              height={height}
              row={row}
              columns={p.columns}
              inView={inView}
              pins={pins}
              look={row && p.selected.has(row.id) ? "selected" : row && row.id === p.openId ? "open" : "plain"}
              focus={at.row === v.index ? at.col : undefined}
              cells={cells && v.index >= cells.top && v.index <= cells.bottom ? cells : undefined}
              edit={edit?.place.row === v.index ? edit : undefined}
              fault={row && faults?.id === row.id ? faults : undefined}
              seen={row && p.seen?.(row.id)}
              canEdit={p.canEdit}
              menu={p.cellMenu}
              acts={acts}
            />,
          ];
        })}
      </div>
    </div>
  );
}
