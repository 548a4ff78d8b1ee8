import { describe, expect, test } from "vitest";
import type { Row } from "@/fields/kind";
import { apart, join, type Placed } from "@/parts/map/joined";
import { land, ringsOf } from "@/parts/map/land";
import { atPixel, boxOf, deepest, fit, inside, kept, onScreen, panned, pointed, scaleOf, toPoint, toWorld, viewOf, viewText, zoomed } from "@/parts/map/mercator";

const size = { width: 800, height: 600 };
const budapest = { lat: 47.4979, lon: 19.0402 };

describe("the flat world", () => {
  test("its corners and its middle", () => {
    expect(toWorld({ lat: 0, lon: 0 })).toEqual({ x: 0.5, y: 0.5 });
    expect(toWorld({ lat: 90, lon: -180 }).x).toBe(0);
    expect(toWorld({ lat: 90, lon: -180 }).y).toBeCloseTo(0, 9);
    expect(toWorld({ lat: -90, lon: 180 }).y).toBeCloseTo(1, 9);
  });
  test("a known place: the tile of Budapest at zoom 10", () => {
    const { x, y } = toWorld(budapest);
    expect([Math.floor(x * 1024), Math.floor(y * 1024)]).toEqual([566, 358]);
  });
  test("there and back", () => {
    for (const p of [budapest, { lat: -33.8688, lon: 151.2093 }, { lat: 64.1, lon: -21.9 }, { lat: -85, lon: 179.9 }]) {
      const back = toPoint(toWorld(p));
      expect(back.lat).toBeCloseTo(p.lat, 9);
      expect(back.lon).toBeCloseTo(p.lon, 9);
    }
  });
  test("a pixel tells so many digits apart", () => {
    expect(pointed(toWorld({ lat: 47.497912345, lon: 19.040212345 }), 2)).toEqual({ lat: 47.5, lon: 19 });
    expect(pointed(toWorld({ lat: 47.497912345, lon: 19.040212345 }), deepest)).toEqual({ lat: 47.49791, lon: 19.04021 });
  });
});

describe("what is looked at", () => {
  const view = { ...toWorld(budapest), zoom: 6 };
  test("zooming keeps what is under the pointer there", () => {
    const at = { x: 120, y: -80 };
    const there = atPixel(at, view);
    const after = onScreen(there, zoomed(view, 1.5, at));
    expect(after.x).toBeCloseTo(at.x, 6);
    expect(after.y).toBeCloseTo(at.y, 6);
  });
  test("panning moves it by pixels", () => expect(onScreen(view, panned(view, 48, 0)).x).toBeCloseTo(-48, 6));
  test("it is a text, as fine as is seen, and read back", () => {
    const texts = [-2, 0.5, 6, 9.996, deepest].map((zoom) => viewText({ ...toWorld({ lat: 47.497912345, lon: -19.040212345 }), zoom }));
    expect(texts).toEqual(["47_-19_-2", "47.5_-19_0.5", "47.5_-19.04_6", "47.498_-19.04_10", "47.49791_-19.04021_16"]);
    for (const text of texts) expect(viewText(viewOf(text)!)).toBe(text);
    expect(viewOf("47.5_19_99")!.zoom).toBe(deepest);
    for (const junk of ["", "1_2", "1_2_x", "1_2_3_4", "NaN_0_0", "1_2_Infinity"]) expect(viewOf(junk)).toBeUndefined();
  });
  test("neither the world nor the limits of the zoom are left", () => {
    expect(kept({ x: -3, y: 9, zoom: 99 }, size)).toEqual({ x: 400 / scaleOf(deepest), y: 1 - 300 / scaleOf(deepest), zoom: deepest });
    expect(kept({ x: 0.1, y: 0.1, zoom: -9 }, size)).toMatchObject({ x: 0.5, y: 0.5 });
  });
  test("all of some places fit, one is looked at from afar, none is the world", () => {
    const places = [budapest, { lat: 60, lon: 25 }, { lat: 36, lon: -6 }].map(toWorld);
    const whole = fit(places, size);
    expect(places.every((w) => inside(w, boxOf(whole, size)))).toBe(true);
    expect(places.every((w) => inside(w, boxOf(zoomed(whole, 0.5), size)))).toBe(false);
    expect(fit([toWorld(budapest)], size)).toEqual({ ...toWorld(budapest), zoom: 6 });
    const world = boxOf(fit([], size), size);
    expect(world.to.x - world.from.x).toBeGreaterThan(0.99);
  });
});

describe("places that lie close together are joined", () => {
  const placed = (lat: number, lon: number, i: number): Placed => ({ row: { id: String(i), collectionId: "c", collectionName: "c" } as Row, at: toWorld({ lat, lon }) });
  const dense = Array.from({ length: 1000 }, (_, i) => placed(((i * 37) % 1700) / 10 - 85, ((i * 61) % 3600) / 10 - 180, i));
  test("each place is in one mark, within its reach, and marks keep apart", () => {
    for (const zoom of [0, 3, 8]) {
      const marks = join(dense, zoom);
      expect(marks.flatMap((m) => m.places.map((p) => p.row.id)).toSorted()).toEqual(dense.map((p) => p.row.id).toSorted());
      const far = (a: Placed["at"], b: Placed["at"]) => Math.hypot(a.x - b.x, a.y - b.y) * scaleOf(zoom);
      expect(marks.every((m) => m.places.every((p) => far(m.at, p.at) < apart))).toBe(true);
      if (zoom === 3) expect(marks.every((m, i) => marks.slice(i + 1).every((n) => far(m.at, n.at) >= apart))).toBe(true);
    }
  });
  test("closer, they part", () => {
    const two = [placed(47.5, 19.04, 1), placed(47.51, 19.05, 2)];
    expect(join(two, 5)).toHaveLength(1);
    expect(join(two, 13)).toHaveLength(2);
    expect(join([two[0]!, two[0]!], deepest)).toHaveLength(1);
  });
});

describe("the outline of the land", () => {
  const topology = (lines: [number, number][][], ring: number[]) => ({ transform: { scale: [1, 1] as [number, number], translate: [-180, -90] as [number, number] }, arcs: lines, objects: { land: { geometries: [{ arcs: [[ring]] }] } } });
  const xs = (ring: { x: number }[]) => ring.map(({ x }) => Number(x.toFixed(3)));
  test("arcs are ways from place to place, also backwards", () => {
    const [ring] = ringsOf(topology([[[180, 90], [18, 0], [18, 0]], [[180, 90], [0, 18], [36, -18]]], [0, ~1]));
    expect(xs(ring!)).toEqual([0.5, 0.55, 0.6, 0.6, 0.5, 0.5]);
  });
  test("a ring over the edge goes on beyond it; one around the pole has it within", () => {
    const [over] = ringsOf(topology([[[342, 90], [-324, 0], [0, 18], [324, 0], [0, -18]]], [0]));
    expect(xs(over!)).toEqual([0.95, 1.05, 1.05, 0.95, 0.95]);
    const [around] = ringsOf(topology([[[0, 20], [120, 0], [120, 0], [-240, 0]]], [0]));
    expect(xs(around!)).toEqual([0, 0.333, 0.667, 1, 1, 0]);
    expect(around!.slice(-2).every(({ y }) => y === 1)).toBe(true);
  });
  test("no line goes across the world", () => {
    for (const ring of land.split("M").slice(1)) {
      const x = ring.match(/(-?[\d.]+) -?[\d.]+/g)!.map((p) => Number(p.split(" ")[0]));
      const jumps = x.filter((v, i) => i && Math.abs(v - x[i - 1]!) > 0.1).length;
      // Around the south pole, one is at the edge of the world that is not seen.
      expect(jumps).toBeLessThanOrEqual(1);
    }
  });
});
