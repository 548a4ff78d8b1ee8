import { useVirtualizer } from "@tanstack/react-virtual";
import { Link } from "@tanstack/react-router";
import { useRef } from "react";
import { shownTime } from "@/lib/time";
import { usePrefs } from "@/lib/prefs";
import { Tag } from "@/parts/small";
import type { Heard } from "@/parts/realtime/stream";

const hues = { create: "success", update: "info", delete: "danger" } as const;

/** Events, the latest first. What is in them shows only when it was asked for. */
export function Events({ events, payload }: { events: Heard[]; payload: boolean }) {
  const box = useRef<HTMLDivElement>(null);
  const { zone } = usePrefs();
  const rows = useVirtualizer({ count: events.length, getScrollElement: () => box.current, estimateSize: () => 32, overscan: 12, getItemKey: (i) => events[i]!.n });
  return (
    <div ref={box} className="h-[46vh] min-h-60 overflow-auto rounded-md border" tabIndex={0} role="region" aria-label="Events">
      <ol className="relative text-grid" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map((v) => {
          const e = events[v.index]!;
          return (
            <li key={e.n} className="absolute inset-x-0 flex h-8 items-center gap-3 border-b px-2" style={{ transform: `translateY(${v.start}px)` }}>
              <time className="tabular shrink-0 text-muted">{shownTime(new Date(e.at), zone)}</time>
              {e.action === "gap" ? (
                <span className="text-warning">The stream was lost here; events may be missing.</span>
              ) : (
                <>
                  <Tag hue={hues[e.action as keyof typeof hues]}>{e.action}</Tag>
                  <Link to="/c/$name" params={{ name: e.collection }} search={{ r: e.id }} className="shrink-0 font-mono text-accent underline">{e.collection}/{e.id}</Link>
                  {payload && <code className="truncate font-mono">{JSON.stringify(e.record)}</code>}
                </>
              )}
            </li>
          );
        })}
      </ol>
    </div>
  );
}
