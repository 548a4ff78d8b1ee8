import topology from "world-atlas/land-110m.json";
import { toWorld, type World } from "@/parts/map/mercator";

/** The part of TopoJSON that the outline of the land is written in. */
interface Topology {
  transform: { scale: [number, number]; translate: [number, number] };
  /** Lines: the first place, then the way from each to the next. */
  arcs: [number, number][][];
  objects: { land: { geometries: { arcs: number[][][] }[] } };
}

/** The rings of a topology on the flat world: each is a line of arcs, those below zero backwards. */
export function ringsOf({ transform, arcs, objects }: Topology): World[][] {
  const lines = arcs.map((arc) => {
    let [x, y] = [0, 0];
    return arc.map(([dx, dy]) => {
      [x, y] = [x + dx, y + dy];
      return toWorld({ lon: x * transform.scale[0] + transform.translate[0], lat: y * transform.scale[1] + transform.translate[1] });
    });
  });
  const line = (i: number) => (i < 0 ? lines[~i]!.toReversed() : lines[i]!);
  return objects.land.geometries.flatMap((g) => g.arcs.flat()).map((ring) => unrolled(ring.flatMap(line)));
}

/** A ring that goes on where the flat world ends, rather than at its other edge; one around a pole has the pole in it. */
function unrolled(ring: World[]): World[] {
  let turns = 0;
  const line = ring.map(({ x, y }, i) => {
    turns -= i ? Math.round(x - ring[i - 1]!.x) : 0;
    return { x: x + turns, y };
  });
  const [first, last] = [line[0]!, line.at(-1)!];
  const pole = Math.round(first.y);
  return turns ? [...line, { x: last.x, y: pole }, { x: first.x, y: pole }] : line;
}

/** A ring as a path, at both edges of the world when it reaches over one. */
function path(ring: World[]): string {
  const [least, most] = [Math.min(...ring.map(({ x }) => x)), Math.max(...ring.map(({ x }) => x))];
  return [-1, 0, 1]
    .filter((by) => least + by < 1 && most + by > 0)
    .map((by) => `M${ring.map(({ x, y }) => `${(x + by).toFixed(5)} ${y.toFixed(5)}`).join("L")}Z`)
    .join("");
}

/** The land of the earth as a path, from 0, 0 to 1, 1: Natural Earth's, at 1:110 million. */
export const land = ringsOf(topology as unknown as Topology).map(path).join("");
