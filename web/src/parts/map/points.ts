import { keepPreviousData, useQueries, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Row } from "@/fields/kind";
import { isPlace } from "@/fields/point";
import { presentable } from "@/lib/collections";
import { pb } from "@/lib/pb";
import type { Ask } from "@/lib/rows";
import type { Editing } from "@/lib/staged";
import type { Write } from "@/lib/writes";
import type { Placed } from "@/parts/map/joined";
import { toPoint, toWorld, type Box } from "@/parts/map/mercator";

/** As many points as a map shows at once; they come in pages. */
export const most = 5000;
const perPage = 1000;

/** The clause that finds the records without a place. */
export const unplaced = (field: string): string => `${field}.lon = 0 && ${field}.lat = 0`;

/** So many records get a first place before they are saved: a filter is not to be longer than the server reads. */
const mostNew = 50;

const getsPlace = ({ id, values, seen }: Write, field: string) => id && isPlace(values[field]) && !isPlace(seen?.[field]);

/** The filter of the records that have a place, within a part of the world where one is said, or get their first. */
function placed(filter: string, field: string, staged: Write[], box?: Box): string {
  const all = [`(${field}.lon != 0 || ${field}.lat != 0)`];
  if (box) {
    const [a, b] = [toPoint(box.from), toPoint(box.to)];
    all.push(`${field}.lon >= ${a.lon} && ${field}.lon <= ${b.lon} && ${field}.lat >= ${b.lat} && ${field}.lat <= ${a.lat}`);
  }
  const fresh = staged.filter((w) => getsPlace(w, field)).slice(0, mostNew).map(({ id }) => pb.filter("id = {:id}", { id }));
  const any = [`(${all.join(" && ")})`, ...fresh].join(" || ");
  return filter ? `(${filter}) && (${any})` : any;
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
    // Those of another filter are not kept: since then, other records may have got a place.
    gcTime: 0,
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
function usePages(ask: Ask, filter: string, field: string, { as, seen }: Editing, enabled: boolean) {
  const { data: first, isLoading, error, refetch } = useQuery({ ...pageQuery(ask, filter, field, 1), enabled });
  const pages = Math.ceil(Math.min(most, first?.totalItems ?? 0) / perPage);
  const rest = useQueries({ queries: Array.from({ length: Math.max(0, pages - 1) }, (_, i) => ({ ...pageQuery(ask, filter, field, i + 2), enabled })), combine: merged });
  const stored = useMemo(() => [...(first?.items ?? []), ...rest.rows], [first, rest.rows]);
  const places = useMemo(() => {
    const place = (row: Row): Placed[] => (isPlace(row[field]) ? [{ row, at: toWorld(row[field]), unsaved: Object.hasOwn(seen(row.id) ?? {}, field) }] : []);
    return stored.map(as).flatMap(place);
  }, [stored, field, as, seen]);
  const total = first && first.totalItems - (stored.length - places.length);
  return { places, total, loading: isLoading || rest.loading, error: error ?? rest.error, retry: () => void (error ? refetch() : rest.retry()) };
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
 * as soon as somebody looks at a part. What waits to be saved is where it will be.
 */
export function usePoints(ask: Ask, field: string, part: Box | undefined, editing: Editing): Points {
  const { staged } = editing;
  const all = usePages(ask, placed(ask.filter, field, staged), field, editing, true);
  const some = usePages(ask, placed(ask.filter, field, staged, part), field, editing, !!part && (all.total ?? 0) > most);
  return { ...(part && some.total !== undefined ? some : all), all: all.total };
}
