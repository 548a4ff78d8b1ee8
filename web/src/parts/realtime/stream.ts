import { useEffect, useRef, useState } from "react";
import { pb } from "@/lib/pb";

/** An event as it came. A gap stands where the stream was lost. */
export interface Heard {
  n: number;
  at: number;
  collection: string;
  action: string;
  id: string;
  /** The record as JSON; that of old events goes when all of them together grow large. */
  text?: string;
}

/** How many events are kept. */
export const kept = 5000;

/** How many characters of their records are kept. */
const keptText = 4_000_000;

/** The latest events, as far as there is room for them. */
function latest(all: Heard[]): Heard[] {
  const list = all.slice(-kept);
  let room = keptText;
  for (const e of list.toReversed()) {
    room -= e.text?.length ?? 0;
    if (room < 0) e.text = undefined;
  }
  return list;
}

/**
 * Listens to collections as any client does, through the SDK, and keeps the latest events. While paused nothing is
 * shown; what comes meanwhile is counted and kept.
 */
export function useStream(collections: string[], paused: boolean): { events: Heard[]; waiting: number; failed: string; clear: () => void } {
  const all = useRef<Heard[]>([]);
  const next = useRef(0);
  const [events, setEvents] = useState<Heard[]>([]);
  const [waiting, setWaiting] = useState(0);
  const [failed, setFailed] = useState("");
  const hold = useRef(paused);
  hold.current = paused;
  const frame = useRef(0);
  const seen = useRef(0); // the last one that was shown
  const show = () => {
    if (hold.current) return setWaiting(next.current - seen.current);
    seen.current = next.current;
    setWaiting(0);
    setEvents(all.current.toReversed());
  };
  const clear = () => {
    all.current = [];
    seen.current = next.current;
    setWaiting(0);
    setEvents([]);
  };
  const note = (e: Omit<Heard, "n" | "at">) => {
    all.current.push({ ...e, n: ++next.current, at: Date.now() });
    frame.current ||= window.setTimeout(() => {
      frame.current = 0;
      all.current = latest(all.current);
      show();
    }, 100);
  };
  const key = collections.join();
  useEffect(() => {
    let over = false;
    const offs: (() => Promise<void>)[] = [];
    setFailed("");
    const lost = () => note({ collection: "", action: "gap", id: "" });
    pb.realtime.onDisconnect = (topics) => topics.length > 0 && lost();
    for (const c of key ? key.split(",") : [])
      pb.collection(c)
        .subscribe("*", (e) => note({ collection: c, action: e.action, id: e.record.id, text: JSON.stringify(e.record) }))
        .then((off) => (over ? void off() : offs.push(off)))
        .catch((err: unknown) => setFailed(err instanceof Error ? err.message : String(err)));
    return () => {
      over = true;
      pb.realtime.onDisconnect = undefined;
      for (const off of offs) void off().catch(() => {});
    };
    // eslint-disable-next-line -- note speaks to refs alone
  }, [key]);
  // eslint-disable-next-line -- show speaks to refs alone
  useEffect(() => show(), [paused]);
  useEffect(() => () => clearTimeout(frame.current), []);
  return { events, waiting, failed, clear };
}
