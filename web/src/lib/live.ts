import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { Row } from "@/fields/kind";
import { pb } from "@/lib/pb";
import { usePrefs } from "@/lib/prefs";
import { patchRow, refreshRows } from "@/lib/rows";

const visible = () => document.visibilityState === "visible";

/**
 * Keeps the rows of a collection as they are on the server while this tab is looked at. Changed rows change where they
 * are; it returns how many new ones wait to be shown, and what shows them.
 */
export function useLive(collection: string): { fresh: number; show: () => void } {
  const client = useQueryClient();
  const { live } = usePrefs();
  const [fresh, setFresh] = useState(0);
  const [shown, setShown] = useState(visible);
  useEffect(() => {
    const look = () => setShown(visible());
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, []);
  useEffect(() => setFresh(0), [collection]);
  useEffect(() => {
    if (!live || !shown) return;
    let stop: (() => Promise<void>) | undefined;
    let over = false;
    const told = ({ action, record }: { action: string; record: Row }) => {
      if (action === "create") {
        const known = client.getQueriesData<{ items: Row[] }>({ queryKey: ["rows", collection] }).some(([, p]) => p?.items.some((r) => r.id === record.id));
        if (!known) setFresh((n) => n + 1);
      } else if (action === "update") patchRow(client, collection, record.id, (r) => ({ ...r, ...record, expand: r.expand }));
      else refreshRows(client, collection);
    };
    pb.collection(collection)
      .subscribe<Row>("*", told)
      .then((off) => (over ? void off() : (stop = off)))
      .catch(() => {});
    return () => {
      over = true;
      void stop?.().catch(() => {});
    };
  }, [client, collection, live, shown]);
  return { fresh, show: () => (setFresh(0), refreshRows(client, collection)) };
}
