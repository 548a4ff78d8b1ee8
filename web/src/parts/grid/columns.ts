import { useMemo, useState } from "react";
import { kindOf } from "@/fields";
import { presentable, type Collection, type FieldDef } from "@/lib/collections";
import type { Drawn } from "@/lib/layouts";

/** How the columns of a collection are laid out in this browser, and its other layouts drawn. */
export interface Layout extends Drawn {
  widths: Record<string, number>;
  hidden: string[];
  order: string[];
  /** Which stay at the left edge, in their order; the id and what names a record when nobody has said. */
  pinned?: string[];
  /** The column by whose values the rows stand in groups. */
  group?: string;
}

export interface Column {
  field: FieldDef;
  width: number;
  /** It stays at the left edge. Pinned columns stand before all others. */
  pinned?: boolean;
}

const key = (id: string) => `holdall_columns_${id}`;
const empty: Layout = { widths: {}, hidden: [], order: [] };

/** The narrowest and the widest that a column can be, in pixels. */
export const narrowest = 48;
export const widest = 900;

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
export const layoutOf = ({ widths = {}, hidden = [], order = [], pinned, group, picture, size, place }: Partial<Layout>): Layout => ({ widths, hidden, order, pinned, group, picture, size, place });

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
  const shown = all.filter((col) => !layout.hidden.includes(col.field.name));
  const pins = all.filter((col) => col.pinned).map((col) => col.field.name);
  return {
    all,
    layout,
    set,
    shown,
    resize: (name: string, width: number) => set({ widths: { ...layout.widths, [name]: Math.max(narrowest, Math.min(widest, Math.round(width))) } }),
    toggle: (name: string) => set({ hidden: layout.hidden.includes(name) ? layout.hidden.filter((h) => h !== name) : [...layout.hidden, name] }),
    pin: (name: string) => set({ pinned: pins.includes(name) ? pins.filter((n) => n !== name) : [...pins, name] }),
    group: (name: string | undefined) => set({ group: name }),
    /** Moves a column beside another one that is shown. */
    place: (name: string, target: string) => set(placed(all, name, target)),
    /** Moves a column by some places among those that are shown. */
    move: (name: string, by: number) => {
      const at = shown.findIndex((col) => col.field.name === name);
      const target = shown[Math.max(0, Math.min(shown.length - 1, at + by))];
      if (at >= 0 && target && target.field.name !== name) set(placed(all, name, target.field.name));
    },
  };
}

/** The layout in which a column has taken the place of another one, also whether it is pinned. */
export function placed(all: Column[], name: string, target: string): Pick<Layout, "order" | "pinned"> {
  const names = all.map((col) => col.field.name);
  const to = names.indexOf(target);
  names.splice(names.indexOf(name), 1);
  names.splice(to, 0, name);
  const pinned = all.find((col) => col.field.name === target)?.pinned;
  return { order: names, pinned: names.filter((n) => (n === name ? pinned : all.find((col) => col.field.name === n)?.pinned)) };
}

function sorted(c: Collection, layout: Layout): Column[] {
  const shown = c.fields.filter((f) => f.type !== "password" && f.name !== "tokenKey");
  const pins = layout.pinned ?? ["id", presentable(c)[0]!];
  const place = (f: FieldDef) => {
    const pin = pins.indexOf(f.name);
    if (pin >= 0) return pin - pins.length;
    const at = layout.order.indexOf(f.name);
    return at < 0 ? 1000 + c.fields.indexOf(f) : at;
  };
  const widths = new Map(Object.entries(layout.widths)); // a field may be called "constructor"
  return shown.toSorted((a, b) => place(a) - place(b)).map((field) => ({ field, width: widths.get(field.name) ?? kindOf(field).width, pinned: pins.includes(field.name) }));
}
