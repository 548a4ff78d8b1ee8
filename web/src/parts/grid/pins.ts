import { useLayoutEffect, useState, type RefObject } from "react";
import type { Column } from "@/parts/grid/columns";
import { boxWidth } from "@/parts/grid/gridrow";

export const widthOf = (columns: Column[]) => columns.reduce((sum, c) => sum + c.width, 0);

/** How many of the pinned columns stay: together they leave at least two fifths of the grid to what scrolls. */
export function usePins(columns: Column[], scroll: RefObject<HTMLDivElement | null>): number {
  const [room, setRoom] = useState(Infinity);
  useLayoutEffect(() => {
    const seen = new ResizeObserver(([e]) => setRoom(e!.contentRect.width));
    seen.observe(scroll.current!);
    return () => seen.disconnect();
  }, [scroll]);
  let pins = 0;
  while (columns[pins]?.pinned && boxWidth + widthOf(columns.slice(0, pins + 1)) <= room * 0.6) pins++;
  return pins;
}
