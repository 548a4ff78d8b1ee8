import { useVirtualizer } from "@tanstack/react-virtual";
import { Link } from "@tanstack/react-router";
import { useRef } from "react";
import { Moment, Tag } from "@/parts/small";
import type { Heard } from "@/parts/realtime/stream";

const hues = { create: "success", update: "info", delete: "danger" } as const;

/** As much of a record as is worth scrolling to; the link leads to all of it. */
const brief = (json: string) => (json.length > 2000 ? `${json.slice(0, 2000)}…` : json);

/** Events, the latest first. What is in them shows only when it was asked for. */
export function Events({ events, payload }: { events: Heard[]; payload: boolean }) {
  const box = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({ count: events.length, getScrollElement: () => box.current, estimateSize: () => 32, overscan: 12, getItemKey: (i) => events[i]!.n });
  return (
    <div ref={box} className="h-[46vh] min-h-60 overflow-auto rounded-md border" tabIndex={0} role="region" aria-label="Event list">
      <ol className="relative text-grid" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map((v) => {
          const e = events[v.index]!;
          return (
            <li key={e.n} className="absolute left-0 flex h-8 w-max min-w-full items-center gap-3 border-b px-2" style={{ transform: `translateY(${v.start}px)` }}>
              <span className="shrink-0 text-muted"><Moment value={e.at} /></span>
              {e.action === "gap" ? (
                <span className="text-warning">The stream was lost here; events may be missing.</span>
              ) : (
                <>
                  <span className="shrink-0"><Tag hue={hues[e.action as keyof typeof hues]}>{e.action}</Tag></span>
                  <Link to="/c/$name" params={{ name: e.collection }} search={{ r: e.id }} className="shrink-0 font-mono text-accent underline">{e.collection}/{e.id}</Link>
                  {payload && <code className="font-mono whitespace-nowrap">{e.text === undefined ? "no more kept" : brief(e.text)}</code>}
                </>
              )}
            </li>
          );
        })}
      </ol>
    </div>
  );
}
