import clsx from "clsx";
import { memo, useEffect, useImperativeHandle, useLayoutEffect, useMemo, useRef, type PointerEvent, type Ref } from "react";
import { kindIcon } from "@/app/rail";
import { headHeight, lineHeight, wayOf, width, type Placed, type Plan } from "@/parts/diagram/layout";
import type { Edge } from "@/parts/diagram/model";

export interface CanvasHandle {
  /** Brings a box to the middle. */
  show: (id: string) => void;
  /** How much of the natural size makes the whole fit. */
  fit: () => number;
}

interface Props {
  plan: Plan;
  edges: Edge[];
  zoom: number;
  /** Names alone are drawn: the rest could not be read. */
  brief: boolean;
  chosen?: string;
  hits: Set<string>;
  onChoose: (id: string | undefined) => void;
  onOpen: (id: string) => void;
  onZoom: (by: number) => void;
  ref?: Ref<CanvasHandle>;
}

const pad = 40;

/** The boxes and their relations. It scrolls by itself: arrows, wheel and fingers move it, and so does dragging. */
export function Canvas(p: Props) {
  const scroll = useRef<HTMLDivElement>(null);
  const { plan, zoom } = p;
  useImperativeHandle(p.ref, () => ({
    show: (id) => {
      const at = plan.placed.get(id);
      const el = scroll.current;
      if (!at || !el) return;
      el.scrollTo({ left: (at.x + width / 2) * zoom + pad - el.clientWidth / 2, top: (at.y + at.height / 2) * zoom + pad - el.clientHeight / 2 });
    },
    fit: () => {
      const el = scroll.current!;
      return Math.min(1, (el.clientWidth - 2 * pad) / plan.width, (el.clientHeight - 2 * pad) / plan.height);
    },
  }));
  useKeptMiddle(scroll, zoom);
  const zooming = useRef(p.onZoom);
  zooming.current = p.onZoom;
  useEffect(() => {
    const el = scroll.current!;
    const onWheel = (e: WheelEvent) => {
      if (!e.ctrlKey && !e.metaKey) return;
      e.preventDefault();
      zooming.current(e.deltaY < 0 ? 1.1 : 1 / 1.1);
    };
    el.addEventListener("wheel", onWheel, { passive: false });
    return () => el.removeEventListener("wheel", onWheel);
  }, []);
  return (
    <div ref={scroll} role="region" aria-label="Diagram" tabIndex={0} onPointerDown={drag} className="min-h-0 flex-1 cursor-grab overflow-auto select-none overscroll-contain bg-panel -outline-offset-2! active:cursor-grabbing">
      <div className="relative" style={{ width: plan.width * zoom + 2 * pad, height: plan.height * zoom + 2 * pad }} onClick={(e) => e.target === e.currentTarget && p.onChoose(undefined)}>
        <div className="absolute origin-top-left" style={{ left: pad, top: pad, width: plan.width, height: plan.height, transform: `scale(${zoom})` }}>
          <Edges edges={p.edges} plan={plan} chosen={p.chosen} brief={p.brief} />
          {[...plan.placed.values()].map((at) => (
            <BoxOf key={at.box.id} at={at} brief={p.brief} look={p.chosen === at.box.id ? "chosen" : p.hits.has(at.box.id) ? "hit" : "plain"} onChoose={p.onChoose} onOpen={p.onOpen} />
          ))}
        </div>
      </div>
    </div>
  );
}

/** Keeps what is in the middle there while the zoom changes. */
function useKeptMiddle(scroll: React.RefObject<HTMLDivElement | null>, zoom: number): void {
  const before = useRef(zoom);
  useLayoutEffect(() => {
    const el = scroll.current!;
    const by = zoom / before.current;
    before.current = zoom;
    if (by === 1) return;
    el.scrollLeft = (el.scrollLeft + el.clientWidth / 2 - pad) * by + pad - el.clientWidth / 2;
    el.scrollTop = (el.scrollTop + el.clientHeight / 2 - pad) * by + pad - el.clientHeight / 2;
  }, [scroll, zoom]);
}

/** Moves the paper with the pointer that holds it. Nothing is selected meanwhile: that would draw every line again. */
function drag(e: PointerEvent<HTMLDivElement>): void {
  const el = e.currentTarget;
  if (e.button !== 0 || e.pointerType === "touch" || (e.target as HTMLElement).closest("button, a")) return;
  const from = { x: e.clientX + el.scrollLeft, y: e.clientY + el.scrollTop };
  const move = (m: globalThis.PointerEvent) => el.scrollTo(from.x - m.clientX, from.y - m.clientY);
  const end = () => {
    removeEventListener("pointermove", move);
    removeEventListener("pointerup", end);
  };
  addEventListener("pointermove", move);
  addEventListener("pointerup", end);
}

const looks = { plain: "border-border", hit: "border-info outline-2 outline-info", chosen: "border-accent outline-2 outline-accent" };

const BoxOf = memo(function BoxOf({ at, brief, look, onChoose, onOpen }: { at: Placed; brief: boolean; look: keyof typeof looks; onChoose: (id: string) => void; onOpen: (id: string) => void }) {
  const { box } = at;
  const Icon = kindIcon[box.type];
  return (
    <div data-box={box.name} className={clsx("absolute overflow-hidden rounded-md border bg-bg", looks[look])} style={{ left: at.x, top: at.y, width, height: at.height }} onDoubleClick={() => onOpen(box.id)}>
      <button type="button" aria-pressed={look === "chosen"} onClick={() => onChoose(box.id)} className={clsx("flex w-full items-center gap-1.5 border-b bg-panel px-2.5 text-left font-semibold hover:bg-hover -outline-offset-2!", brief && "text-page!")} style={{ height: headHeight }}>
        <Icon size={14} strokeWidth={1.5} aria-label={box.type} className="shrink-0 text-muted" />
        <span className="truncate">{box.name}</span>
      </button>
      {!brief && (
        <ul>
          {box.lines.map((l) => (
            <li key={l.name} className="flex items-center justify-between gap-2 px-2.5 text-grid" style={{ height: lineHeight }}>
              <span className={clsx("truncate", l.name === "id" && "text-muted")}>{l.name}</span>
              <span className={clsx("shrink-0 text-label", l.to ? "text-accent" : "text-muted")}>{l.type}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
});

const Edges = memo(function Edges({ edges, plan, chosen, brief }: { edges: Edge[]; plan: Plan; chosen?: string; brief: boolean }) {
  const ways = useMemo(() => edges.map((e) => ({ e, way: wayOf(e, plan) })), [edges, plan]);
  return (
    <svg aria-hidden width={plan.width} height={plan.height} className="absolute inset-0 overflow-visible">
      {ways.map(({ e, way }) => {
        const near = chosen === e.from || chosen === e.to;
        return (
          <g key={`${e.from}.${e.field}`} data-edge={e.field} className={near ? "stroke-accent" : "stroke-border"}>
            <path d={way.path} fill="none" strokeWidth={(e.cascade ? 2.5 : 1.25) + (near ? 1 : 0)} />
            {!brief && <End at={way.start} text={e.many[0]} />}
            {!brief && <End at={way.end} text={e.many[1]} />}
          </g>
        );
      })}
    </svg>
  );
});

function End({ at, text }: { at: { x: number; y: number; out: 1 | -1 }; text: string }) {
  return <text x={at.x + at.out * 6} y={at.y - 4} textAnchor={at.out < 0 ? "end" : "start"} className="fill-text stroke-none text-label">{text}</text>;
}
