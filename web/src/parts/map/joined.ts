import type { Row } from "@/fields/kind";
import { scaleOf, type World } from "@/parts/map/mercator";

/** A record that has a place. */
export interface Placed {
  row: Row;
  at: World;
  /** It is to be there once what waits is saved. */
  unsaved?: boolean;
}

/** Records that lie so close together that one mark stands for all of them; it stands where the first one is. */
export interface Joined {
  at: World;
  places: Placed[];
}

/** Marks are at least so many pixels apart. */
export const apart = 44;

/** Joins what lies close together at a zoom: the marks do not overlap, and moving the map joins nothing anew. */
export function join(places: readonly Placed[], zoom: number): Joined[] {
  const cell = apart / scaleOf(zoom);
  const cells = new Map<number, Joined[]>();
  // Numbers as keys: columns are fewer than 2²⁰ at the deepest zoom.
  const keyOf = (x: number, y: number) => x * 2 ** 21 + y;
  const all: Joined[] = [];
  for (const place of places) {
    const { at } = place;
    const [x, y] = [Math.floor(at.x / cell), Math.floor(at.y / cell)];
    const near = around(x, y).flatMap(([cx, cy]) => cells.get(keyOf(cx, cy)) ?? []);
    const mark = near.find((m) => Math.hypot(m.at.x - at.x, m.at.y - at.y) < cell);
    if (mark) {
      mark.places.push(place);
      continue;
    }
    const made = { at, places: [place] };
    all.push(made);
    const here = cells.get(keyOf(x, y));
    if (here) here.push(made);
    else cells.set(keyOf(x, y), [made]);
  }
  return all;
}

const around = (x: number, y: number): [number, number][] => [-1, 0, 1].flatMap((dx) => [-1, 0, 1].map((dy): [number, number] => [x + dx, y + dy]));
