import type { QueryClient } from "@tanstack/react-query";
import { collectionQuery, nameOf, presentable, type CollectionMark } from "@/lib/collections";
import { pb } from "@/lib/pb";

/** A record as the palette leads to it. */
export interface Found {
  /** The name of its collection. */
  in: string;
  id: string;
  name?: string;
}

const key = "holdall_recent";
const most = 12;

/** Collections and ids of the records that were opened in this browser, the latest first: nothing of what is in them. */
function visits(): [collection: string, id: string][] {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "[]");
  } catch {
    return [];
  }
}

/** Remembers that a record was opened, by the id of its collection. */
export function visited(collection: string, id: string): void {
  const others = visits().filter((v) => v[1] !== id || v[0] !== collection);
  try {
    localStorage.setItem(key, JSON.stringify([[collection, id], ...others].slice(0, most)));
  } catch {
    // A browser without storage remembers none.
  }
}

/** The records that were opened last, as they are called by now; those that are gone are left out. */
export async function readRecent(client: QueryClient, collections: CollectionMark[]): Promise<Found[]> {
  const all = visits();
  const where = collections.filter((c) => all.some((v) => v[0] === c.id));
  const read = async (mark: CollectionMark): Promise<Found[]> => {
    const c = await client.fetchQuery(collectionQuery(mark.name));
    const filter = all.filter((v) => v[0] === c.id).map((v) => pb.filter("id = {:id}", { id: v[1] })).join(" || ");
    const { items } = await pb.collection(c.name).getList(1, most, { filter, skipTotal: true, fields: ["id", ...presentable(c)].join() });
    return items.map((r) => ({ in: c.name, id: r.id, name: nameOf(c, r) }));
  };
  const found = (await Promise.allSettled(where.map(read))).flatMap((f) => (f.status === "fulfilled" ? f.value : []));
  const place = (f: Found) => all.findIndex((v) => v[1] === f.id);
  return found.toSorted((a, b) => place(a) - place(b));
}
