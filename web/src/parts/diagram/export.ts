import { headHeight, layOut, lineHeight, wayOf, width, type Plan } from "@/parts/diagram/layout";
import type { Ends, Graph } from "@/parts/diagram/model";

const left: Record<Ends, string> = { "1": "||", "0..1": "|o", "1..n": "}|", "0..n": "}o" };
const right: Record<Ends, string> = { "1": "||", "0..1": "o|", "1..n": "|{", "0..n": "o{" };

/** The diagram in the words of Mermaid. */
export function asMermaid(g: Graph): string {
  const name = new Map(g.boxes.map((b) => [b.id, b.name]));
  const boxes = g.boxes.map((b) => `  ${b.name} {\n${b.lines.map((l) => `    ${l.type} ${l.name}${l.name === "id" ? " PK" : l.to ? " FK" : ""}\n`).join("")}  }\n`);
  const edges = g.edges.map((e) => `  ${name.get(e.from)} ${left[e.many[0]]}--${right[e.many[1]]} ${name.get(e.to)} : ${e.field}\n`);
  return `erDiagram\n${boxes.join("")}${edges.join("")}`;
}

const escaped = (s: string) => s.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
const text = (x: number, y: number, s: string, more = "") => `<text x="${x}" y="${y}"${more}>${escaped(s)}</text>`;
const pad = 24;

/** The diagram as a picture that needs nothing else. */
export function asSVG(g: Graph, plan: Plan = layOut(g)): string {
  const boxes = [...plan.placed.values()].map(({ box, x, y, height }) =>
    [
      `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="6" fill="#fff" stroke="#7b8486"/>`,
      text(x + 10, y + 21, box.name, ' font-weight="600" font-size="14"'),
      text(x + width - 10, y + 21, box.type, ' text-anchor="end" fill="#535c5e"'),
      `<path d="M${x} ${y + headHeight}h${width}" stroke="#dfe3e3"/>`,
      ...box.lines.flatMap((l, i) => {
        const at = y + headHeight + (i + 0.5) * lineHeight + 6;
        return [text(x + 10, at, l.name), text(x + width - 10, at, l.type, ' text-anchor="end" fill="#535c5e"')];
      }),
    ].join(""),
  );
  const edges = g.edges.map((e) => {
    const way = wayOf(e, plan);
    const end = (p: typeof way.start, s: string) => text(p.x + p.out * 6, p.y - 4, s, ` font-size="11" fill="#0b6e66"${p.out < 0 ? ' text-anchor="end"' : ""}`);
    return `<path d="${way.path}" fill="none" stroke="#0b6e66" stroke-width="${e.cascade ? 2.5 : 1.25}"/>${end(way.start, e.many[0])}${end(way.end, e.many[1])}`;
  });
  const [w, h] = [plan.width + pad * 2, plan.height + pad * 2];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="${-pad} ${-pad} ${w} ${h}" font-family="system-ui, sans-serif" font-size="12" fill="#16191a"><rect x="${-pad}" y="${-pad}" width="${w}" height="${h}" fill="#fff"/>${edges.join("")}${boxes.join("")}</svg>\n`;
}
