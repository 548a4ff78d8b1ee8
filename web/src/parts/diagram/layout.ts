import type { Box, Edge, Graph } from "@/parts/diagram/model";

/** The measures of a box, in pixels. */
export const width = 220;
export const headHeight = 32;
export const lineHeight = 20;
const between = { x: 96, y: 28 };

export interface Placed {
  box: Box;
  x: number;
  y: number;
  height: number;
}

export interface Plan {
  placed: Map<string, Placed>;
  width: number;
  height: number;
}

const heightOf = (b: Box) => headHeight + b.lines.length * lineHeight + 6;

/**
 * Puts what belongs together side by side: what is pointed to stands left of what points to it, in columns that are no
 * taller than the whole is wide. Collections without relations come last.
 */
export function layOut(g: Graph): Plan {
  const placed = new Map<string, Placed>();
  const area = g.boxes.reduce((sum, b) => sum + (width + between.x) * (heightOf(b) + between.y), 0);
  const tall = Math.max(600, Math.sqrt(area / 1.6));
  let [x, y, row, wide] = [0, 0, 0, 0];
  for (const group of groups(g)) {
    const part = columns(group, g.edges, tall);
    if (x > 0 && x + part.width > tall * 1.6) [x, y, row] = [0, y + row + between.y * 2, 0];
    for (const p of part.placed) placed.set(p.box.id, { ...p, x: p.x + x, y: p.y + y });
    wide = Math.max(wide, x + part.width);
    row = Math.max(row, part.height);
    x += part.width + between.x;
  }
  return { placed, width: wide, height: y + row };
}

/** What hangs together, the largest first; all that is alone is one group at the end. */
function groups(g: Graph): Box[][] {
  const leader = new Map(g.boxes.map((b) => [b.id, b.id]));
  const lead = (id: string): string => {
    const to = leader.get(id)!;
    if (to === id) return id;
    const top = lead(to);
    leader.set(id, top);
    return top;
  };
  for (const e of g.edges) leader.set(lead(e.from), lead(e.to));
  const byLeader = new Map<string, Box[]>();
  for (const b of g.boxes) byLeader.set(lead(b.id), [...(byLeader.get(lead(b.id)) ?? []), b]);
  const all = [...byLeader.values()];
  const alone = all.filter((list) => list.length === 1).flat();
  return [...all.filter((list) => list.length > 1).toSorted((a, b) => b.length - a.length), ...(alone.length ? [alone] : [])];
}

/** One group in columns. */
function columns(group: Box[], edges: Edge[], tall: number): { placed: Placed[]; width: number; height: number } {
  const ranks = rank(group, edges);
  const layers: Box[][] = [];
  for (const b of group) (layers[ranks.get(b.id)!] ??= []).push(b);
  const ordered = order(layers.filter(Boolean), edges);
  const stacks = ordered.flatMap((layer) => split(layer, tall));
  const heights = stacks.map((s) => s.reduce((sum, b) => sum + heightOf(b) + between.y, -between.y));
  const height = Math.max(...heights);
  const placed = stacks.flatMap((stack, i) => {
    let y = (height - heights[i]!) / 2;
    return stack.map((box): Placed => {
      const p = { box, x: i * (width + between.x), y: Math.round(y), height: heightOf(box) };
      y += p.height + between.y;
      return p;
    });
  });
  return { placed, width: stacks.length * (width + between.x) - between.x, height };
}

/** How far each is from what points to nothing; a circle is cut where it is met again. */
function rank(group: Box[], edges: Edge[]): Map<string, number> {
  const targets = new Map(group.map((b) => [b.id, edges.filter((e) => e.from === b.id && e.to !== b.id).map((e) => e.to)]));
  const ranks = new Map<string, number>();
  const open = new Set<string>();
  const visit = (id: string): number => {
    const known = ranks.get(id);
    if (known !== undefined) return known;
    open.add(id);
    const below = targets.get(id)!.filter((t) => !open.has(t)).map((t) => visit(t) + 1);
    open.delete(id);
    ranks.set(id, Math.max(0, ...below));
    return ranks.get(id)!;
  };
  for (const b of group) visit(b.id);
  return ranks;
}

/** Brings each near the middle of those it is tied to, a few times to and fro: fewer lines cross. */
function order(layers: Box[][], edges: Edge[]): Box[][] {
  const tied = new Map<string, string[]>();
  for (const e of edges) {
    tied.set(e.from, [...(tied.get(e.from) ?? []), e.to]);
    tied.set(e.to, [...(tied.get(e.to) ?? []), e.from]);
  }
  const place = new Map<string, number>();
  const note = (layer: Box[]) => layer.forEach((b, i) => place.set(b.id, i / Math.max(1, layer.length - 1)));
  layers.forEach(note);
  const middle = (b: Box) => {
    const near = (tied.get(b.id) ?? []).filter((id) => id !== b.id && place.has(id)).map((id) => place.get(id)!);
    return near.length ? near.reduce((a, n) => a + n, 0) / near.length : place.get(b.id)!;
  };
  let now = layers;
  for (let round = 0; round < 6; round++) {
    const forward = round % 2 === 0;
    now = (forward ? now : now.toReversed()).map((layer) => {
      const by = new Map(layer.map((b) => [b.id, middle(b)]));
      const next = layer.toSorted((a, b) => by.get(a.id)! - by.get(b.id)!);
      note(next);
      return next;
    });
    if (!forward) now = now.toReversed();
  }
  return now;
}

/** A layer as columns of a certain height at most. */
function split(layer: Box[], tall: number): Box[][] {
  const out: Box[][] = [[]];
  let height = 0;
  for (const b of layer) {
    if (out.at(-1)!.length && height + heightOf(b) > tall) {
      out.push([]);
      height = 0;
    }
    out.at(-1)!.push(b);
    height += heightOf(b) + between.y;
  }
  return out;
}

/** The way of a relation, and where its two ends are. */
export interface Way {
  path: string;
  start: { x: number; y: number; out: 1 | -1 };
  end: { x: number; y: number; out: 1 | -1 };
}

/** From the line of its field to the head of the box it points to, out of the sides that face each other. */
export function wayOf(e: Edge, plan: Plan): Way {
  const from = plan.placed.get(e.from)!;
  const to = plan.placed.get(e.to)!;
  const y1 = from.y + headHeight + (from.box.lines.findIndex((l) => l.name === e.field) + 0.5) * lineHeight;
  const y2 = to.y + headHeight / 2;
  const out1 = from.x > to.x ? -1 : 1;
  const out2 = from.x < to.x ? -1 : 1;
  const x1 = out1 > 0 ? from.x + width : from.x;
  const x2 = out2 > 0 ? to.x + width : to.x;
  const bend = from.x === to.x ? 56 : Math.max(48, Math.min(160, Math.abs(x2 - x1) / 2));
  return {
    path: `M${x1} ${y1}C${x1 + out1 * bend} ${y1} ${x2 + out2 * bend} ${y2} ${x2} ${y2}`,
    start: { x: x1, y: y1, out: out1 },
    end: { x: x2, y: y2, out: out2 },
  };
}
