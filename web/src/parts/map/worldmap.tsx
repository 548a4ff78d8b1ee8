import { Crosshair, Home, Minus, Plus, type LucideIcon } from "lucide-react";
import { memo, useId, useRef, type KeyboardEvent, type ReactNode } from "react";
import { useAction } from "@/lib/keys";
import { IconButton } from "@/parts/button";
import { fromMiddle, useGestures } from "@/parts/map/gestures";
import { land } from "@/parts/map/land";
import { atPixel, onScreen, panned, scaleOf, zoomed, type World } from "@/parts/map/mercator";
import type { Looked } from "@/parts/map/view";

interface Props {
  label: string;
  look: Looked;
  /** What Enter does, or Space, with what is in the middle; and in words. */
  onKey: (key: "Enter" | " ") => void;
  keysDo: string;
  /** The map was clicked where nothing lies on it. */
  onPress?: (at: World) => void;
  /** What lies on the map, each thing in a [Spot]. It is drawn for a view that stays while the map moves a little. */
  children: (drawn: Drawn) => ReactNode;
}

/** A view for which things are drawn, also those that lie beyond its edges by the slack. */
export type Drawn = Pick<Looked, "view" | "size">;

/** Pixels by which the map moves without anything being drawn anew. */
export const slack = 256;

/** Pixels that an arrow key moves the map. */
const step = 48;

/**
 * The world as an outline, without anything fetched from elsewhere. It is dragged, pinched and zoomed with the wheel; by
 * key, arrows move it, + and - zoom, Home shows all. What is in the middle is meant by the keys: a cross shows where.
 */
export function WorldMap({ label, look, onKey, keysDo, onPress, children }: Props) {
  const about = useId();
  const gestures = useGestures(look);
  const drawn = useDrawn(look);
  const by = onScreen(drawn.view, look.view);
  const zoom = (by: number) => look.change((v) => zoomed(v, by));
  const pan = (x: number, y: number) => look.change((v) => panned(v, x, y));
  const keys: Record<string, () => void> = {
    ArrowLeft: () => pan(-step, 0),
    ArrowRight: () => pan(step, 0),
    ArrowUp: () => pan(0, -step),
    ArrowDown: () => pan(0, step),
    "+": () => zoom(1),
    "=": () => zoom(1),
    "-": () => zoom(-1),
    Home: look.home,
    Enter: () => onKey("Enter"),
    " ": () => onKey(" "),
  };
  const onKeyDown = (e: KeyboardEvent) => {
    const act = keys[e.key];
    if (!act || e.ctrlKey || e.metaKey || e.altKey || e.target !== e.currentTarget) return;
    e.preventDefault();
    act();
  };
  return (
    <div className="relative size-full overflow-hidden bg-panel">
      <div
        ref={look.ref}
        role="application"
        aria-roledescription="map"
        aria-label={label}
        aria-describedby={about}
        tabIndex={0}
        className="group/map absolute inset-0 cursor-grab touch-none overflow-hidden -outline-offset-2! select-none active:cursor-grabbing"
        onKeyDown={onKeyDown}
        onClick={(e) => e.target === e.currentTarget && onPress?.(atPixel(fromMiddle(e, e.currentTarget), look.view))}
        {...gestures}
      >
        {/* What moves leaves the edge to the ring of the focus. */}
        <div className="pointer-events-none absolute inset-0.5 overflow-hidden">
          <div className="absolute -inset-0.5 will-change-transform" style={{ transform: `translate(${by.x}px, ${by.y}px)` }}>
            <Land drawn={drawn} />
            {children(drawn)}
          </div>
        </div>
        <Crosshair size={24} strokeWidth={1.5} aria-hidden className="pointer-events-none absolute top-1/2 left-1/2 hidden -translate-1/2 text-text group-focus-visible/map:block" />
      </div>
      <p id={about} className="sr-only">Arrows move the map, + and - zoom, Home shows all. {keysDo}</p>
      <div className="absolute top-2 right-2 flex flex-col rounded-sm border bg-bg">
        <Act id="map-in" name="Zoom in" keys="+" icon={Plus} run={() => zoom(1)} />
        <Act id="map-out" name="Zoom out" keys="-" icon={Minus} run={() => zoom(-1)} />
        <Act id="map-all" name="Show all" keys="Home" icon={Home} run={look.home} />
      </div>
    </div>
  );
}

function Act({ id, name, keys, icon, run }: { id: string; name: string; keys: string; icon: LucideIcon; run: () => void }) {
  useAction({ id, name: `${name} on the map`, group: "Map", keys: [keys], elsewhere: true, run });
  return <IconButton name={name} action={id} icon={icon} onClick={run} />;
}

/** What is drawn is moved as it is, until its edge would come into view. */
function useDrawn({ view, size }: Looked): Drawn {
  const last = useRef<Drawn>({ view, size });
  const by = onScreen(last.current.view, view);
  if (last.current.view.zoom !== view.zoom || last.current.size !== size || Math.max(Math.abs(by.x), Math.abs(by.y)) > slack) last.current = { view, size };
  return last.current;
}

const Land = memo(function Land({ drawn: { view, size } }: { drawn: Drawn }) {
  const corner = onScreen({ x: 0, y: 0 }, view);
  return (
    <svg aria-hidden className="absolute" style={{ left: -slack, top: -slack }} width={size.width + 2 * slack} height={size.height + 2 * slack}>
      <g transform={`translate(${corner.x + size.width / 2 + slack} ${corner.y + size.height / 2 + slack}) scale(${scaleOf(view.zoom)})`}>
        <path d={land} vectorEffect="non-scaling-stroke" strokeWidth={1} className="fill-hover stroke-border" />
      </g>
    </svg>
  );
});

/** Something that lies on a map with its middle at a place. */
export function Spot({ drawn: { view, size }, at, children }: { drawn: Drawn; at: World; children: ReactNode }) {
  const { x, y } = onScreen(at, view);
  return (
    <div className="absolute flex size-0 items-center justify-center *:shrink-0" style={{ left: x + size.width / 2, top: y + size.height / 2 }}>
      {children}
    </div>
  );
}
