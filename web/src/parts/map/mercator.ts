import type { Point } from "@/fields/point";

/** A place on the flat world, which is a square: 0, 0 is its north-west corner, 1, 1 its south-east one. */
export interface World {
  x: number;
  y: number;
}

/** What of the world is looked at: what is in the middle, and how large. At zoom 0 the world is 256 px wide, each step doubles it. */
export interface View extends World {
  zoom: number;
}

export interface Size {
  width: number;
  height: number;
}

/** A part of the world, from its north-west corner to its south-east one. */
export interface Box {
  from: World;
  to: World;
}

/** As far as it can be zoomed in: a pixel is two metres then. */
export const deepest = 16;

/** As far as it zooms in by itself: closer, there is no coast around a place to know it by. */
const near = 6;

/** Beyond this latitude the square ends: Mercator's poles are infinitely far. */
const pole = 85.0511287798;

const clamp = (n: number, least: number, most: number) => Math.max(least, Math.min(most, n));

export function toWorld({ lat, lon }: Point): World {
  const sin = Math.sin((clamp(lat, -pole, pole) * Math.PI) / 180);
  return { x: lon / 360 + 0.5, y: 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI) };
}

export const toPoint = ({ x, y }: World): Point => ({ lat: (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI, lon: (x - 0.5) * 360 });

/** The pixels across which the world lies. */
export const scaleOf = (zoom: number): number => 256 * 2 ** zoom;

/** A point of the world as it is meant by who points at a pixel: no more digits than the pixel tells apart. */
export function pointed(w: World, zoom: number): Point {
  const digits = Math.max(0, Math.ceil(Math.log10(scaleOf(zoom) / 360)));
  const { lat, lon } = toPoint(w);
  return { lat: Number(lat.toFixed(digits)), lon: Number(lon.toFixed(digits)) };
}

/** A view as a text: latitude, longitude and zoom, no finer than is seen. */
export function viewText(v: View): string {
  const zoom = Number(v.zoom.toFixed(2));
  const { lat, lon } = pointed(v, zoom);
  return [lat, lon, zoom].join("_");
}

/** What such a text says; undefined when it says nothing. */
export function viewOf(text = ""): View | undefined {
  const numbers = text.split("_").map(Number);
  const [lat, lon, zoom] = numbers as [number, number, number];
  return numbers.length === 3 && numbers.every(Number.isFinite) ? { ...toWorld({ lat, lon }), zoom: clamp(zoom, -2, deepest) } : undefined;
}

/** Where a place is on the screen, in pixels from the middle of the map. */
export function onScreen(w: World, view: View): World {
  const scale = scaleOf(view.zoom);
  return { x: (w.x - view.x) * scale, y: (w.y - view.y) * scale };
}

/** The place that is so many pixels from the middle of the map. */
export function atPixel(px: World, view: View): World {
  const scale = scaleOf(view.zoom);
  return { x: view.x + px.x / scale, y: view.y + px.y / scale };
}

/** What is in view, and so many pixels around it. */
export function boxOf(view: View, size: Size, around = 0): Box {
  const half = { x: size.width / 2 + around, y: size.height / 2 + around };
  return { from: atPixel({ x: -half.x, y: -half.y }, view), to: atPixel(half, view) };
}

export const inside = (w: World, { from, to }: Box): boolean => w.x >= from.x && w.x <= to.x && w.y >= from.y && w.y <= to.y;

/** A part of the world that has a box in it and stays the same while the box moves a little. */
export function tiled({ from, to }: Box): Box {
  const tile = 2 ** Math.ceil(Math.log2(Math.max(to.x - from.x, to.y - from.y)) - 1);
  const [down, up] = [(n: number) => Math.max(0, Math.floor(n / tile) * tile), (n: number) => Math.min(1, Math.ceil(n / tile) * tile)];
  return { from: { x: down(from.x), y: down(from.y) }, to: { x: up(to.x), y: up(to.y) } };
}

/** The nearest view in which the map is not left, and not zoomed beyond its limits. */
export function kept(view: View, size: Size): View {
  const zoom = clamp(view.zoom, leastZoom(size), deepest);
  const along = (at: number, pixels: number) => {
    const half = pixels / scaleOf(zoom) / 2;
    return half >= 0.5 ? 0.5 : clamp(at, half, 1 - half);
  };
  return { x: along(view.x, size.width), y: along(view.y, size.height), zoom };
}

/** The zoom at which the whole world is in view. */
const leastZoom = (size: Size) => Math.log2(Math.max(64, Math.min(size.width, size.height)) / 256);

/** Moves the view by so many pixels. */
export const panned = (view: View, x: number, y: number): View => ({ ...atPixel({ x, y }, view), zoom: view.zoom });

/** Zooms by so many steps; what is at a pixel stays there. */
export function zoomed(view: View, by: number, at: World = { x: 0, y: 0 }): View {
  const zoom = clamp(view.zoom + by, -2, deepest);
  const there = atPixel(at, view);
  const scale = scaleOf(zoom);
  return { x: there.x - at.x / scale, y: there.y - at.y / scale, zoom };
}

/** Where people live. */
const everywhere = [toWorld({ lat: 76, lon: -178 }), toWorld({ lat: -56, lon: 180 })];

/** The view that shows all of some places as large as they can be; without one, the world. */
export function fit(places: readonly World[], size: Size, most = near): View {
  const all = places.length ? places : everywhere;
  let [from, to] = [{ ...all[0]! }, { ...all[0]! }];
  for (const w of all) {
    from = { x: Math.min(from.x, w.x), y: Math.min(from.y, w.y) };
    to = { x: Math.max(to.x, w.x), y: Math.max(to.y, w.y) };
  }
  const edge = 32;
  const room = (pixels: number, extent: number) => Math.log2(Math.max(64, pixels - 2 * edge) / 256 / extent);
  const zoom = Math.min(most, room(size.width, to.x - from.x), room(size.height, to.y - from.y));
  return kept({ x: (from.x + to.x) / 2, y: (from.y + to.y) / 2, zoom }, size);
}
