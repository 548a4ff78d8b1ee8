import type { VirtualItem } from "@tanstack/react-virtual";
import clsx from "clsx";
import { useState, type KeyboardEvent, type ReactNode } from "react";
import { narrowest, widest, type Column } from "@/parts/grid/columns";
import { widthToFit } from "@/parts/grid/fit";
import { boxWidth } from "@/parts/grid/gridrow";
import type { Place } from "@/parts/grid/range";

/** What the names of columns ask of whoever lays them out. */
export interface HeadActs {
  resize: (name: string, width: number) => void;
  /** Moves a column to where another one is. */
  place: (name: string, target: string) => void;
  move: (name: string, by: number) => void;
  /** Sorts by a column, or also by it. */
  sort: (name: string, add: boolean) => void;
}

interface Props {
  height: number;
  columns: Column[];
  inView: VirtualItem[];
  /** How many columns stay at the left edge. */
  pins: number;
  sort: string;
  at: Place;
  /** Every row is selected. */
  all: boolean;
  onAll: () => void;
  header: (c: Column) => ReactNode;
  acts: HeadActs;
}

/**
 * The names of the columns. By key: Enter or Space sorts, with Shift it adds to the sorting, Shift and the arrows change the width,
 * Alt and the arrows the place, "." opens the menu. By mouse: an edge is dragged, or clicked twice to fit, a name is dragged.
 */
export function HeadRow(p: Props) {
  const [over, setOver] = useState<string>();
  const [moving, setMoving] = useState<string>();
  const onKeyDown = (e: KeyboardEvent<HTMLElement>, c: Column) => {
    if (e.target !== e.currentTarget) return;
    const step = { ArrowLeft: -1, ArrowRight: 1 }[e.key];
    const name = c.field.name;
    if ((e.key === "Enter" || e.key === " ") && !e.ctrlKey && !e.metaKey && !e.altKey) p.acts.sort(name, e.shiftKey);
    else if (e.key === ".") e.currentTarget.querySelector<HTMLElement>("[data-menu]")?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
    else if (step && e.shiftKey && !e.altKey) p.acts.resize(name, c.width + 16 * step);
    else if (step && e.altKey && !e.shiftKey) p.acts.move(name, step);
    else return;
    e.preventDefault();
    e.stopPropagation();
  };
  return (
    <div role="row" aria-rowindex={1} className="relative flex border-b" style={{ height: p.height }}>
      <div role="columnheader" aria-colindex={1} className="sticky left-0 z-10 flex h-full shrink-0 items-center justify-center bg-panel" style={{ width: boxWidth }}>
        <input type="checkbox" aria-label="Select all that are loaded" className="size-4 accent-accent" data-cell="-1:0" tabIndex={p.at.row === -1 && p.at.col === 0 ? 0 : -1} checked={p.all} onChange={p.onAll} />
      </div>
      {p.inView.map((v) => {
        const c = p.columns[v.index]!;
        const name = c.field.name;
        const by = p.sort.split(",").find((s) => s.replace(/^[+-]/, "") === name);
        const sticky = v.index < p.pins;
        return (
          <div
            key={c.field.id}
            role="columnheader"
            aria-colindex={v.index + 2}
            aria-sort={by ? (by.startsWith("-") ? "descending" : "ascending") : "none"}
            data-cell={`-1:${v.index + 1}`}
            tabIndex={p.at.row === -1 && p.at.col === v.index + 1 ? 0 : -1}
            className={clsx("group flex h-full items-center border-l bg-panel pl-2 -outline-offset-2!", sticky ? "sticky z-10 shrink-0" : "absolute top-0", v.index === p.pins - 1 && "border-r", over === name && moving && moving !== name && "bg-selected")}
            style={{ left: v.start, width: c.width }}
            onKeyDown={(e) => onKeyDown(e, c)}
            draggable
            onDragStart={(e) => (setMoving(name), e.dataTransfer.setData("text/plain", name), (e.dataTransfer.effectAllowed = "move"))}
            onDragEnd={() => (setMoving(undefined), setOver(undefined))}
            onDragOver={(e) => moving && (e.preventDefault(), setOver(name))}
            onDrop={(e) => {
              e.preventDefault();
              if (moving && moving !== name) p.acts.place(moving, name);
              setMoving(undefined);
            }}
          >
            {p.header(c)}
            <Edge name={name} width={c.width} onResize={p.acts.resize} />
          </div>
        );
      })}
    </div>
  );
}

/** The edge of a column: it is dragged, and clicked twice it fits what is in the column. */
function Edge({ name, width, onResize }: { name: string; width: number; onResize: (name: string, width: number) => void }) {
  return (
    <span
      role="separator"
      aria-orientation="vertical"
      aria-label={`Width of ${name}`}
      aria-valuenow={width}
      aria-valuemin={narrowest}
      aria-valuemax={widest}
      tabIndex={-1}
      className="absolute inset-y-0 right-0 w-1.5 cursor-col-resize hover:bg-accent"
      onDoubleClick={(e) => onResize(name, widthToFit(e.currentTarget))}
      draggable
      onDragStart={(e) => (e.preventDefault(), e.stopPropagation())}
      onPointerDown={(e) => {
        const from = e.clientX;
        const to = (m: PointerEvent) => onResize(name, width + m.clientX - from);
        const end = () => (removeEventListener("pointermove", to), removeEventListener("pointerup", end), removeEventListener("pointercancel", end));
        addEventListener("pointermove", to);
        addEventListener("pointerup", end);
        addEventListener("pointercancel", end);
        e.preventDefault();
      }}
    />
  );
}
