import { useVirtualizer } from "@tanstack/react-virtual";
import clsx from "clsx";
import { memo, useImperativeHandle, useRef, type KeyboardEvent, type Ref } from "react";
import type { Row } from "@/fields/kind";
import type { Point } from "@/fields/point";
import { nameFields, nameOf, type Collection, type FieldDef } from "@/lib/collections";
import { useAction } from "@/lib/keys";
import { rowHeight, usePrefs } from "@/lib/prefs";
import type { Editing } from "@/lib/staged";
import type { GridHandle } from "@/parts/grid/datagrid";
import { Unsaved } from "@/parts/grid/unsaved";
import { useWalk } from "@/parts/walk";

interface Props {
  label: string;
  collection: Collection;
  field: FieldDef;
  rows: Row[];
  seen: Editing["seen"];
  selected: Set<string>;
  onSelect: (ids: Set<string>) => void;
  onOpen: (row: Row) => void;
  openId?: string;
  onKey?: (e: KeyboardEvent, row: Row | undefined) => void;
  ref?: Ref<GridHandle>;
}

const lineId = (i: number) => `place-${i}`;
const line = "grid grid-cols-[36px_minmax(0,1fr)_88px_88px] items-center";
/** To ten centimetres: there is no room for more. */
const short = (degrees: number): number => Number(degrees.toFixed(6));

const looks = { plain: "hover:bg-panel", open: "bg-hover", selected: "bg-selected" };

/**
 * The records that a map shows, as a table of their names and places. It follows the ARIA grid pattern as the gallery
 * does: the focus stays with the whole, which names the line it means.
 */
export const PlaceList = memo(function PlaceList(p: Props) {
  const { collection: c, rows } = p;
  const { density } = usePrefs();
  const height = rowHeight[density];
  const scroll = useRef<HTMLDivElement>(null);
  const lines = useVirtualizer({ count: rows.length, getScrollElement: () => scroll.current, estimateSize: () => height, overscan: 4, scrollPaddingStart: height });
  const { at, move, toggle, open, onKeyDown } = useWalk({
    ...p,
    count: rows.length,
    row: (i) => rows[i],
    columns: 1,
    page: () => Math.max(1, Math.floor((scroll.current?.clientHeight ?? 400) / height) - 2),
    show: (i) => {
      lines.scrollToIndex(i);
      scroll.current?.focus({ preventScroll: true });
    },
  });
  useImperativeHandle(p.ref, () => ({ focusRow: move, focus: () => move(at) }));

  const walk = (by: number) => {
    const now = rows.findIndex((r) => r.id === p.openId);
    const next = now < 0 ? at : now + by;
    if (!rows[next]) return;
    move(next);
    p.onOpen(rows[next]);
  };
  useAction({ id: "next", name: "Next record", group: "Records", keys: ["j"], off: !p.openId, run: () => walk(1) });
  useAction({ id: "previous", name: "Previous record", group: "Records", keys: ["k"], off: !p.openId, run: () => walk(-1) });

  const shown = lines.getVirtualItems();
  const there = shown.some((v) => v.index === at);
  return (
    <div
      ref={scroll}
      role="grid"
      aria-label={p.label}
      aria-rowcount={rows.length + 1}
      aria-colcount={4}
      aria-multiselectable
      aria-activedescendant={there ? lineId(at) : undefined}
      tabIndex={0}
      className="group/list relative min-h-0 flex-1 overflow-auto overscroll-contain bg-bg text-grid -outline-offset-2!"
      onKeyDown={onKeyDown}
    >
      <div role="row" aria-rowindex={1} className={clsx(line, "sticky top-0 z-10 border-b bg-panel font-medium")} style={{ height }}>
        <span role="columnheader" aria-colindex={1}><span className="sr-only">Selected</span></span>
        <span role="columnheader" aria-colindex={2} className="truncate">Name</span>
        <span role="columnheader" aria-colindex={3} className="pr-2 text-right">Latitude</span>
        <span role="columnheader" aria-colindex={4} className="pr-2 text-right">Longitude</span>
      </div>
      <div role="rowgroup" className="relative" style={{ height: lines.getTotalSize() }}>
        {shown.map(({ index, start }) => {
          const row = rows[index]!;
          const seen = p.seen(row.id);
          const { lat, lon } = row[p.field.name] as Point;
          const look = p.selected.has(row.id) ? "selected" : row.id === p.openId ? "open" : "plain";
          return (
            <div
              key={row.id}
              role="row"
              id={lineId(index)}
              aria-rowindex={index + 2}
              aria-selected={look === "selected"}
              className={clsx(line, "absolute inset-x-0 cursor-default border-b", looks[look], index === at && "group-focus-visible/list:outline-2 group-focus-visible/list:-outline-offset-2 group-focus-visible/list:outline-accent")}
              style={{ top: start, height }}
              onClick={(e) => (e.ctrlKey || e.metaKey || e.shiftKey ? toggle(index, e.shiftKey) : open(index))}
            >
              <span role="gridcell" aria-colindex={1} className="flex items-center justify-center">
                <input type="checkbox" tabIndex={-1} aria-label={`Select ${row.id}`} className="size-4 accent-accent" checked={look === "selected"} onChange={() => {}} onClick={(e) => (e.stopPropagation(), toggle(index, e.shiftKey))} />
              </span>
              <span role="gridcell" aria-colindex={2} className="relative -ml-2 flex h-full items-center pl-2"><span className="truncate">{nameOf(c, row)}</span><Unsaved seen={seen} fields={nameFields(c)} /></span>
              <span role="gridcell" aria-colindex={3} className="tabular relative flex h-full items-center justify-end pr-2" title={String(lat)}>{short(lat)}<Unsaved seen={seen} fields={[p.field]} /></span>
              <span role="gridcell" aria-colindex={4} className="tabular truncate pr-2 text-right" title={String(lon)}>{short(lon)}</span>
            </div>
          );
        })}
      </div>
    </div>
  );
});
