import { queryOptions } from "@tanstack/react-query";
import type { FieldDef } from "@/lib/collections";
import { get } from "@/lib/pb";

/** A value and how many records have it. */
export interface Tally {
  value: unknown;
  count: number;
}

/** What is told of one field of the records that match a filter. */
export interface Values {
  records: number;
  empty: number;
  distinct: number;
  min: unknown;
  max: unknown;
  top: Tally[];
  /** All values, as records are sorted by them. */
  groups?: Tally[];
  /** All records were read in the time that there is for it. */
  whole: boolean;
}

/** Asks for the values of a field; with groups for all of them. It is told anew when the records are counted anew. */
export const valuesQuery = (collection: string, field: string, filter: string, groups = false) =>
  queryOptions({
    queryKey: ["count", collection, filter, "values", field, groups],
    queryFn: () => get<Values>(`api/dashboard/values/${encodeURIComponent(collection)}/${encodeURIComponent(field)}`, { filter: filter || undefined, groups: groups ? 1 : undefined }),
    retry: false,
  });

/** Whether records can stand in groups by a field: it has one short value. */
export const canGroup = (f: FieldDef): boolean => ["text", "number", "bool", "email", "url", "date", "select", "relation"].includes(f.type) && Number(f["maxSelect"] ?? 1) <= 1 && !f["primaryKey"];
