import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Row } from "@/fields/kind";
import type { Collection, FieldDef } from "@/lib/collections";
import { grouped } from "@/lib/number";
import { problem } from "@/lib/pb";
import { canGroup, valuesQuery } from "@/lib/values";
import { Button } from "@/parts/button";
import { CellValue } from "@/parts/grid/cell";

/** Records that stand together because they have the same value of a field. */
export interface Group {
  field: FieldDef;
  value: unknown;
  count: number;
}

/** How high the line above a group is, in pixels. */
export const groupHeight = 32;

const signed = (sort: string, name: string) => sort.split(",").find((s) => s.replace(/^[+-]/, "") === name);

/** A sorting that has the records of each group beside each other: by the field first, the way it is sorted by it. */
export function groupSort(sort: string, name: string): string {
  const by = signed(sort, name) ?? name;
  return [by, ...sort.split(",").filter((s) => s && s !== by)].join(",");
}

/**
 * The field by which the records of a collection stand in groups, and the groups by the place of their first record. They
 * are counted on the server: rows that nobody has seen yet have their place as well.
 */
export function useGroups(c: Collection, name: string | undefined, filter: string, sort: string) {
  const field = c.type === "view" ? undefined : c.fields.find((f) => f.name === name && canGroup(f));
  const { data, error } = useQuery({ ...valuesQuery(c.name, field?.name ?? "", filter, true), enabled: !!field });
  const down = !!field && !!signed(sort, field.name)?.startsWith("-");
  const starts = useMemo(() => {
    const at = new Map<number, Group>();
    if (!field || !data?.groups) return at;
    let row = 0;
    for (const g of down ? data.groups.toReversed() : data.groups) {
      at.set(row, { field, ...g });
      row += g.count;
    }
    return at;
  }, [field, data, down]);
  return { field, starts, error };
}

/** The line above a group: the value that its records have, and how many they are. */
export function GroupHead({ group, row }: { group: Group; row?: Row }) {
  // A record of the group brings along what its relation is called.
  const shown = row && JSON.stringify(row[group.field.name]) === JSON.stringify(group.value) ? row : ({ [group.field.name]: group.value } as Row);
  return (
    <span className="sticky left-0 inline-flex h-full max-w-full items-center gap-2 px-3 font-medium">
      <span className="text-muted">{group.field.name}</span>
      <span className="min-w-0 truncate"><CellValue field={group.field} row={shown} /></span>
      <span className="tabular text-muted">{grouped(group.count)}</span>
    </span>
  );
}

/** Says by what the records are grouped, or why they are not, and ends it. */
export function GroupBar({ field, error, onEnd }: { field: FieldDef; error: unknown; onEnd: () => void }) {
  return (
    <div className="flex flex-wrap items-center gap-2 border-b px-4 py-1 text-grid">
      {error ? <span role="alert" className="text-danger">{problem(error).fields["field"]?.message ?? problem(error).message}</span> : <span>Grouped by <b>{field.name}</b></span>}
      <Button look="quiet" onClick={onEnd}>Stop grouping</Button>
    </div>
  );
}
