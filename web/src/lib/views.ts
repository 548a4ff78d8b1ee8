import { queryOptions } from "@tanstack/react-query";
import { get, send } from "@/lib/pb";
import type { Drawn, LayoutName } from "@/lib/layouts";
import type { Prefs } from "@/lib/prefs";
import { queries } from "@/lib/query";

/** What a view remembers: filter, sorting, columns, height of the rows, layout. */
export interface Look extends Drawn {
  q: string;
  s: string;
  widths: Record<string, number>;
  hidden: string[];
  order: string[];
  pinned?: string[];
  group?: string;
  density: Prefs["density"];
  layout: LayoutName;
}

/** A saved way to look at the records of a collection. */
export interface View {
  id: string;
  name: string;
  owner: string;
  shared: boolean;
  default: boolean;
  options: Partial<Look>;
}

/** A view among those of all collections. */
export interface NamedView {
  id: string;
  name: string;
  /** The id of its collection. */
  collection: string;
}

const path = (collection: string, id = "") => `api/dashboard/views/${encodeURIComponent(collection)}${id && `/${id}`}`;

/** The views of a collection that this person sees: the own ones and the shared ones. */
export const viewsQuery = (collection: string) =>
  queryOptions({ queryKey: ["views", collection], queryFn: async () => (await get<{ views: View[] }>(path(collection))).views, staleTime: 60_000 });

/** Those of all collections, as they are at the moment. */
export const allViewsQuery = queryOptions({ queryKey: ["all-views"], queryFn: async () => (await get<{ views: NamedView[] }>("api/dashboard/views")).views, staleTime: 0 });

const told = async <T>(collection: string, work: Promise<T>): Promise<T> => {
  const done = await work;
  await Promise.all([queries.invalidateQueries({ queryKey: ["views", collection] }), queries.invalidateQueries({ queryKey: ["bootstrap"] })]);
  return done;
};

export const makeView = (collection: string, v: Pick<View, "name" | "shared" | "options">) => told(collection, send<View>("POST", path(collection), v));
export const changeView = (collection: string, id: string, v: Partial<View>) => told(collection, send<View>("PATCH", path(collection, id), v));
export const dropView = (collection: string, id: string) => told(collection, send<void>("DELETE", path(collection, id)));

/** The same look as text, whatever the order of what is in it. */
export const lookText = (l: Partial<Look>): string =>
  JSON.stringify([
    l.q ?? "",
    l.s ?? "",
    Object.entries(l.widths ?? {}).toSorted(([a], [b]) => a.localeCompare(b)),
    (l.hidden ?? []).toSorted(),
    l.order ?? [],
    l.pinned ?? null,
    l.group ?? "",
    l.density ?? "normal",
    l.layout ?? "table",
    l.picture ?? "",
    l.size ?? "medium",
    l.place ?? "",
  ]);

/** What the address of a view says, of all records without one. The layout is always said: an address that has nothing but a view asks for it to be shown. */
export const addressOf = (v: View | undefined) => ({ v: v?.id, q: v?.options.q || undefined, s: v?.options.s || undefined, layout: v && (v.options.layout ?? "table") });
