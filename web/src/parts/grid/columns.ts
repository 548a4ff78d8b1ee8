import { useMemo, useState } from "react";
import { kindOf } from "@/fields";
import type { Collection, FieldDef } from "@/lib/collections";
import type { Drawn } from "@/lib/layouts";

/** How the columns of a collection are laid out in this browser, and its other layouts drawn. */
export interface Layout extends Drawn {
  widths: Record<string, number>;
  hidden: string[];
  order: string[];
}

export interface Column {
  field: FieldDef;
  width: number;
}

const key = (id: string) => `holdall_columns_${id}`;
const empty: Layout = { widths: {}, hidden: [], order: [] };

function load(id: string): Layout {
  try {
    return { ...empty, ...JSON.parse(localStorage.getItem(key(id)) ?? "{}") };
  } catch {
    return empty;
  }
}

/** Keeps a layout in this browser, whole: what a look does not say is as it is at first. */
export const keepLayout = (id: string, look: Partial<Layout>) => localStorage.setItem(key(id), JSON.stringify(layoutOf(look)));

/** The part of a look that lays out columns, and draws. */
export const layoutOf = ({ widths = {}, hidden = [], order = [], picture, size, place }: Partial<Layout>): Layout => ({ widths, hidden, order, picture, size, place });

/** The columns of a collection in their order, and how to change them. */
export function useColumns(c: Collection) {
  const [state, setState] = useState(() => ({ id: c.id, layout: load(c.id) }));
  const layout = state.id === c.id ? state.layout : load(c.id);
  const set = (change: Partial<Layout>) => {
    const next = { ...layout, ...change };
    localStorage.setItem(key(c.id), JSON.stringify(next));
    setState({ id: c.id, layout: next });
  };
  const all = useMemo(() => sorted(c, layout), [c, layout]);
  return {
    all,
    layout,
    set,
    shown: all.filter((col) => !layout.hidden.includes(col.field.name)),
    resize: (name: string, width: number) => set({ widths: { ...layout.widths, [name]: Math.max(48, Math.min(900, Math.round(width))) } }),
    toggle: (name: string) => set({ hidden: layout.hidden.includes(name) ? layout.hidden.filter((h) => h !== name) : [...layout.hidden, name] }),
    /** Moves a column by some places. */
    move: (name: string, by: number) => {
      const names = all.map((col) => col.field.name);
      const at = names.indexOf(name);
      const to = Math.max(0, Math.min(names.length - 1, at + by));
      names.splice(to, 0, ...names.splice(at, 1));
      set({ order: names });
    },
  };
}

function sorted(c: Collection, layout: Layout): Column[] {
  const shown = c.fields.filter((f) => f.type !== "password" && f.name !== "tokenKey");
  const place = (f: FieldDef) => {
    const at = layout.order.indexOf(f.name);
    return at < 0 ? 1000 + c.fields.indexOf(f) : at;
  };
  return shown.toSorted((a, b) => place(a) - place(b)).map((field) => ({ field, width: layout.widths[field.name] ?? kindOf(field).width }));
}
