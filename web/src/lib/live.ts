import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { Row } from "@/fields/kind";
import { pb } from "@/lib/pb";
import { usePrefs } from "@/lib/prefs";
import { patchRow, refreshRows } from "@/lib/rows";

const visible = () => document.visibilityState === "visible";

/** How long the rows are left as they are after one was deleted, in milliseconds: many may be, one after the other. */
const gathering = 250;

/**
 * Keeps the rows of a collection as they are on the server while this tab is looked at. Changed rows change where they
 * are; it returns how many new ones wait to be shown, and what shows them. Where a stream was lost, or nobody looked, the
 * rows are asked for again: nobody knows what happened meanwhile.
 */
export function useLive(collection: string): { fresh: number; show: () => void } {
  const client = useQueryClient();
  const { live } = usePrefs();
  const [fresh, setFresh] = useState(0);
  const [shown, setShown] = useState(visible);
  const heard = useRef(false); // there was a stream before
  useEffect(() => {
    const look = () => setShown(visible());
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, []);
  useEffect(() => setFresh(0), [collection]);
  useEffect(() => {
    if (!live || !shown) return;
    let over = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const refresh = () => (timer ??= setTimeout(() => ((timer = undefined), refreshRows(client, collection)), gathering));
    const told = ({ action, record }: { action: string; record: Row }) => {
      if (action === "create") {
        const known = client.getQueriesData<{ items: Row[] }>({ queryKey: ["rows", collection] }).some(([, p]) => p?.items.some((r) => r.id === record.id));
        if (!known) setFresh((n) => n + 1);
      } else if (action === "update") patchRow(client, collection, record.id, (r) => ({ ...r, ...record, expand: r.expand }));
      else refresh();
    };
    heard.current ||= pb.realtime.isConnected;
    const connected = () => (heard.current ? void refresh() : void (heard.current = true));
    const stops = [pb.collection(collection).subscribe<Row>("*", told), pb.realtime.subscribe("PB_CONNECT", () => !over && connected())];
    // Without a stream the rows are as they were: nobody is to be told.
    for (const stop of stops) stop.catch(() => {});
    return () => {
      over = true;
      clearTimeout(timer);
      for (const stop of stops) stop.then((off) => off()).catch(() => {});
    };
  }, [client, collection, live, shown]);
  return { fresh, show: () => (setFresh(0), refreshRows(client, collection)) };
}
