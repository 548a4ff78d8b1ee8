import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useImperativeHandle, useLayoutEffect, useRef, type KeyboardEvent, type Ref } from "react";
import type { Row } from "@/fields/kind";
import { presentable, type Collection } from "@/lib/collections";
import { useAction } from "@/lib/keys";
import { chosen, pictureFields, type Drawn } from "@/lib/layouts";
import { enterTimes } from "@/lib/times";
import type { Values } from "@/lib/writes";
import { Boundary } from "@/parts/boundary";
import { gap, pad, useTiles } from "@/parts/gallery/tiles";
import { Tile, tileId, type TileActs } from "@/parts/gallery/tile";
import type { Column } from "@/parts/grid/columns";
import type { GridHandle } from "@/parts/grid/datagrid";
import { useWalk } from "@/parts/walk";

interface Props {
  label: string;
  collection: Collection;
  /** Those that are shown in the table: the first two are shown here. */
  columns: Column[];
  drawn: Drawn;
  count: number;
  row: (i: number) => Row | undefined;
  /** What was seen in the fields of a record that are changed and not saved. */
  seen: (id: string) => Values | undefined;
  /** Told when other records come into view. */
  onRange: (first: number, last: number) => void;
  selected: Set<string>;
  onSelect: (ids: Set<string>) => void;
  onOpen: (row: Row) => void;
  openId?: string;
  onKey?: (e: KeyboardEvent, row: Row | undefined) => void;
  ref?: Ref<GridHandle>;
}

export const Gallery = (p: Props) => <Boundary what="The gallery"><Tiles {...p} /></Boundary>;

/**
 * Any number of records as pictures, of which those in view alone are there. It follows the ARIA grid pattern: one tab
 * stop, arrows move, Space selects, Enter or "o" opens, "." shows a time in all ways. The focus stays with the whole, which names the tile it means:
 * so it is not lost when that one is scrolled out of view.
 */
function Tiles(p: Props) {
  const { collection: c, drawn, onRange } = p;
  const picture = chosen(pictureFields(c), drawn.picture)!;
  const named = presentable(c);
  const fields = p.columns.map((col) => col.field).filter((f) => f.name !== "id" && f.name !== picture.name && !named.includes(f.name)).slice(0, 2);
  const scroll = useRef<HTMLDivElement>(null);
  const tiles = useTiles(scroll, drawn.size ?? "medium", fields.length, p.count);
  const rowsOf = Math.ceil(p.count / tiles.columns);
  const rows = useVirtualizer({ count: rowsOf, getScrollElement: () => scroll.current, estimateSize: () => tiles.row, overscan: 2, paddingStart: pad, scrollPaddingStart: gap, scrollPaddingEnd: gap });
  const shown = rows.getVirtualItems();
  const first = (shown[0]?.index ?? 0) * tiles.columns;
  const last = Math.min(p.count, ((shown.at(-1)?.index ?? 0) + 1) * tiles.columns) - 1;
  useEffect(() => onRange(first, Math.max(first, last)), [onRange, first, last]);

  // What was on top stays there when tiles become larger or smaller.
  const top = useRef(0);
  useLayoutEffect(() => {
    const was = top.current;
    rows.measure();
    if (was) rows.scrollToIndex(Math.floor(was / tiles.columns), { align: "start" });
  }, [rows, tiles.columns, tiles.row]);

  const { at, move, toggle, open, onKeyDown } = useWalk({
    ...p,
    columns: tiles.columns,
    page: () => tiles.columns * Math.max(1, Math.floor((scroll.current?.clientHeight ?? 400) / tiles.row)),
    show: (index) => {
      rows.scrollToIndex(Math.floor(index / tiles.columns));
      scroll.current?.focus({ preventScroll: true });
    },
    onKey: (e, row) => (e.key === "." ? (e.preventDefault(), times()) : p.onKey?.(e, row)),
  });
  const times = () => enterTimes(document.getElementById(tileId(at)));
  useAction({ id: "times-of-tile", name: "Show the time of a picture in all ways", group: "Records", keys: ["."], elsewhere: true, off: !fields.some((f) => f.type === "date" || f.type === "autodate"), run: times });
  useImperativeHandle(p.ref, () => ({ focusRow: move, focus: () => move(at) }));

  const acts = useRef<TileActs>(null!);
  useLayoutEffect(() => {
    acts.current = { open, toggle };
    top.current = Math.floor((scroll.current?.scrollTop ?? 0) / tiles.row) * tiles.columns;
  });
  const there = at >= first && at <= last;
  return (
    <div
      ref={scroll}
      role="grid"
      aria-label={p.label}
      aria-rowcount={rowsOf}
      aria-colcount={tiles.columns}
      aria-multiselectable
      aria-activedescendant={there ? tileId(at) : undefined}
      tabIndex={0}
      className={`group/gallery relative min-h-0 flex-1 overflow-x-hidden overflow-y-auto overscroll-contain -outline-offset-2! ${there ? "outline-none!" : ""}`}
      onKeyDown={onKeyDown}
    >
      <div role="presentation" style={{ height: rows.getTotalSize() }}>
        {shown.map((v) => (
          <div
            key={v.index}
            role="row"
            aria-rowindex={v.index + 1}
            className="absolute inset-x-0 grid items-start"
            style={{ top: v.start, paddingInline: pad, gap, gridTemplateColumns: `repeat(${tiles.columns}, minmax(0, 1fr))` }}
          >
            {Array.from({ length: Math.min(tiles.columns, p.count - v.index * tiles.columns) }, (_, column) => {
              const index = v.index * tiles.columns + column;
              const row = p.row(index);
              const look = row && p.selected.has(row.id) ? "selected" : row && row.id === p.openId ? "open" : "plain";
              return <Tile key={index} index={index} column={column} collection={c} row={row} seen={row && p.seen(row.id)} picture={picture} fields={fields} width={tiles.width} height={tiles.height} look={look} here={index === at} acts={acts} />;
            })}
          </div>
        ))}
      </div>
    </div>
  );
}
