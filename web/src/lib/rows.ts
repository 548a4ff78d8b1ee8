import { keepPreviousData, useQueries, useQuery, type QueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import type { Row } from "@/fields/kind";
import type { Collection } from "@/lib/collections";
import { early, pb } from "@/lib/pb";

/** Rows of one request. */
export const pageSize = 100;

/** A question to one collection. */
export interface Ask {
  collection: Collection;
  filter: string;
  sort: string;
}

const pageKey = (a: Ask, page: number) => ["rows", a.collection.name, a.filter, a.sort, page] as const;

/** The relations that rows bring along, so that they can be shown by name. */
const expandOf = (c: Collection) => c.fields.filter((f) => f.type === "relation").map((f) => f.name).join(",");

export function pageQuery(a: Ask, page: number) {
  return {
    queryKey: pageKey(a, page),
    queryFn: async () =>
      (page === 1 && !a.filter && !a.sort ? await early<{ items: Row[] }>(`rows ${encodeURIComponent(a.collection.name)}`) : undefined) ??
      pb.collection(a.collection.name).getList<Row>(page, pageSize, {
        skipTotal: true,
        expand: expandOf(a.collection) || undefined,
        filter: a.filter || undefined,
        sort: a.sort || undefined,
      }),
    gcTime: 20_000,
    staleTime: 30_000,
  };
}

/** How many records match; it is asked when the rows are there, which do not wait for it. */
export function useCount(a: Ask, rowsAreHere: boolean) {
  return useQuery({
    enabled: rowsAreHere,
    queryKey: ["count", a.collection.name, a.filter],
    queryFn: async () => (await pb.collection(a.collection.name).getList(1, 1, { fields: "id", filter: a.filter || undefined })).totalItems,
    placeholderData: keepPreviousData,
  });
}

/**
 * The rows from first to last as far as they are here, and what failed. While another question is on its way, the rows of
 * the one before are shown: they are stale.
 */
export function useRows(a: Ask, first: number, last: number) {
  const from = Math.floor(first / pageSize) + 1;
  const to = Math.floor(Math.max(first, last) / pageSize) + 1;
  const pages = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  const results = useQueries({ queries: pages.map((p) => pageQuery(a, p)) });
  const kept = useRef(new Map<number, Row[]>());
  const error = results.find((r) => r.error)?.error ?? null;
  const here = new Map(pages.flatMap((p, i) => (results[i]!.data ? [[p, results[i]!.data.items] as const] : [])));
  if (here.size || error) kept.current = here;
  const stale = !here.size && kept.current.size > 0;
  return {
    row: (i: number): Row | undefined => kept.current.get(Math.floor(i / pageSize) + 1)?.[i % pageSize],
    /** Rows that are known to be there, when nobody has counted them yet. */
    seen: (from - 1) * pageSize + [...kept.current.values()].reduce((n, list) => n + list.length, 0),
    stale,
    error,
    loading: results.some((r) => r.isPending),
    fetching: results.some((r) => r.isFetching),
    retry: () => results.forEach((r) => r.error && void r.refetch()),
  };
}

/** Changes a row wherever it is shown, without asking the server. */
export function patchRow(client: QueryClient, collection: string, id: string, change: (row: Row) => Row): void {
  client.setQueriesData<{ items: Row[] }>({ queryKey: ["rows", collection] }, (page) => {
    if (!page?.items.some((r) => r.id === id)) return page;
    return { ...page, items: page.items.map((r) => (r.id === id ? change(r) : r)) };
  });
  client.setQueryData<Row>(["record", collection, id], (r) => r && change(r));
}

/** Asks again for everything that is shown of a collection. */
export function refreshRows(client: QueryClient, collection: string): void {
  void client.invalidateQueries({ queryKey: ["rows", collection] });
  void client.invalidateQueries({ queryKey: ["count", collection] });
}

/** Takes over rows as the server has answered them, wherever they are shown. */
export function takeRows(client: QueryClient, collection: string, rows: Row[]): void {
  const byId = new Map(rows.map((r) => [r.id, r]));
  client.setQueriesData<{ items: Row[] }>({ queryKey: ["rows", collection] }, (page) => {
    if (!page?.items.some((r) => byId.has(r.id))) return page;
    return { ...page, items: page.items.map((r) => (byId.has(r.id) ? { ...r, ...byId.get(r.id), expand: r.expand } : r)) };
  });
  for (const r of rows) client.setQueryData<Row>(["record", collection, r.id], (old) => old && { ...old, ...r, expand: old.expand });
}

/** The rows from first to last, also those that are not in view; pages that are here are not asked for again. */
export async function readRows(client: QueryClient, a: Ask, first: number, last: number): Promise<Row[]> {
  const pages: number[] = [];
  for (let p = Math.floor(first / pageSize) + 1; p <= Math.floor(last / pageSize) + 1; p++) pages.push(p);
  const found: Row[] = [];
  for (let i = 0; i < pages.length; i += 4) {
    const part = await Promise.all(pages.slice(i, i + 4).map((p) => client.fetchQuery(pageQuery(a, p))));
    found.push(...part.flatMap((p) => p.items));
  }
  const from = (pages[0]! - 1) * pageSize;
  return found.slice(first - from, last - from + 1);
}
