import { useRef, useState, type KeyboardEvent } from "react";
import type { Row } from "@/fields/kind";

interface Props {
  count: number;
  row: (i: number) => Row | undefined;
  /** How many stand side by side. */
  columns: number;
  /** How many are in view. */
  page: () => number;
  /** Brings one into view, and the focus to all of them. */
  show: (index: number) => void;
  selected: Set<string>;
  onSelect: (ids: Set<string>) => void;
  onOpen: (row: Row) => void;
  onKey?: (e: KeyboardEvent, row: Row | undefined) => void;
}

/**
 * Walks by key among records that stand in lines, of which one is meant: arrows move, Space selects, with Shift all from
 * the last one, Enter or "o" opens.
 */
export function useWalk(p: Props) {
  const [place, setAt] = useState(0);
  // Records may have gone since.
  const at = Math.max(0, Math.min(place, p.count - 1));
  const anchor = useRef(0);

  const move = (to: number) => {
    const next = Math.max(0, Math.min(p.count - 1, to));
    setAt(next);
    p.show(next);
  };

  const toggle = (index: number, range: boolean) => {
    const target = p.row(index);
    if (!target) return;
    const next = new Set(p.selected);
    if (range) {
      for (let i = Math.min(anchor.current, index); i <= Math.max(anchor.current, index); i++) {
        const r = p.row(i);
        if (r) next.add(r.id);
      }
    } else if (!next.delete(target.id)) next.add(target.id);
    anchor.current = index;
    setAt(index);
    p.onSelect(next);
  };

  const open = (index: number) => {
    const row = p.row(index);
    setAt(index);
    if (row) p.onOpen(row);
  };

  const onKeyDown = (e: KeyboardEvent) => {
    const mod = e.ctrlKey || e.metaKey;
    const { columns } = p;
    const first = at - (at % columns);
    const steps: Record<string, number> = {
      ArrowDown: mod ? p.count - 1 : Math.max(at, Math.min(at + columns, p.count - 1)),
      ArrowUp: mod ? 0 : at < columns ? at : at - columns,
      ArrowRight: at + 1,
      ArrowLeft: at - 1,
      Home: mod ? 0 : first,
      End: mod ? p.count - 1 : first + columns - 1,
      PageDown: at + p.page(),
      PageUp: at - p.page(),
    };
    const to = steps[e.key];
    const plain = !mod && !e.altKey;
    if (to !== undefined && !e.altKey) move(to);
    else if (e.key === " " && plain) toggle(at, e.shiftKey);
    else if ((e.key === "Enter" || e.key === "o") && plain) open(at);
    else if (mod && e.key === "a") p.onSelect(new Set(Array.from({ length: p.count }, (_, i) => p.row(i)?.id).filter((id): id is string => !!id)));
    else return p.onKey?.(e, p.row(at));
    e.preventDefault();
  };
  return { at, move, toggle, open, onKeyDown };
}
