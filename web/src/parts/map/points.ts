import { keepPreviousData, useQueries, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Row } from "@/fields/kind";
import { isPlace } from "@/fields/point";
import { presentable } from "@/lib/collections";
import { pb } from "@/lib/pb";
import type { Ask } from "@/lib/rows";
import type { Placed } from "@/parts/map/joined";
import { toPoint, toWorld, type Box } from "@/parts/map/mercator";

/** As many points as a map shows at once; they come in pages. */
export const most = 5000;
const perPage = 1000;

/** The clause that finds the records without a place. */
export const unplaced = (field: string): string => `${field}.lon = 0 && ${field}.lat = 0`;

/** The filter of the records that have a place, within a part of the world where one is said. */
function placed(filter: string, field: string, box?: Box): string {
  const all = [`(${field}.lon != 0 || ${field}.lat != 0)`];
  if (filter) all.unshift(`(${filter})`);
  if (box) {
    const [a, b] = [toPoint(box.from), toPoint(box.to)];
    all.push(`${field}.lon >= ${a.lon} && ${field}.lon <= ${b.lon} && ${field}.lat >= ${b.lat} && ${field}.lat <= ${a.lat}`);
  }
  return all.join(" && ");
}

interface Page {
  items: Row[];
  totalItems: number;
}

/** A page of what a map needs of records: their names and places. Changes of rows reach it as they reach the table's. */
function pageQuery({ collection: c, sort }: Ask, filter: string, field: string, page: number) {
  const fields = [...new Set(["id", "collectionId", "collectionName", field, ...presentable(c)])].join(",");
  return {
    queryKey: ["rows", c.name, filter, sort, `places in ${field}`, page] as const,
    queryFn: (): Promise<Page> => pb.collection(c.name).getList<Row>(page, perPage, { filter, sort: sort || undefined, fields, skipTotal: page > 1 }),
    gcTime: 20_000,
    staleTime: 30_000,
    placeholderData: keepPreviousData<Page>,
  };
}

const merged = (pages: UseQueryResult<Page>[]) => ({
  // What is no plain list is handed on as it is: else rows would be merged by assigning to the names of their fields.
  rows: new Set(pages.flatMap((p) => p.data?.items ?? [])),
  loading: pages.some((p) => p.isLoading),
  error: pages.find((p) => p.error)?.error ?? null,
  retry: () => pages.forEach((p) => p.error && void p.refetch()),
});

/** The records that match a filter, as many as are shown at once. */
function usePages(ask: Ask, filter: string, field: string, enabled: boolean) {
  const { data: first, isLoading, error, refetch } = useQuery({ ...pageQuery(ask, filter, field, 1), enabled });
  const pages = Math.ceil(Math.min(most, first?.totalItems ?? 0) / perPage);
  const rest = useQueries({ queries: Array.from({ length: Math.max(0, pages - 1) }, (_, i) => ({ ...pageQuery(ask, filter, field, i + 2), enabled })), combine: merged });
  const places = useMemo(
    () => [...(first?.items ?? []), ...rest.rows].flatMap((row): Placed[] => (isPlace(row[field]) ? [{ row, at: toWorld(row[field]) }] : [])),
    [first, rest.rows, field],
  );
  return { places, total: first?.totalItems, loading: isLoading || rest.loading, error: error ?? rest.error, retry: () => void (error ? refetch() : rest.retry()) };
}

/** The records with a place, as many as are shown at once. */
export interface Points {
  places: Placed[];
  /** How many there are, also those that are not shown; undefined until they are counted. */
  total?: number;
  /** The same, of the whole world. */
  all?: number;
  loading: boolean;
  error: Error | null;
  retry: () => void;
}

/**
 * The records with a place. When they are more than are shown at once, those of the part that is looked at are asked for
 * as soon as somebody looks at a part.
 */
export function usePoints(ask: Ask, field: string, part: Box | undefined): Points {
  const all = usePages(ask, placed(ask.filter, field), field, true);
  const some = usePages(ask, placed(ask.filter, field, part), field, !!part && (all.total ?? 0) > most);
  return { ...(part && some.total !== undefined ? some : all), all: all.total };
}
