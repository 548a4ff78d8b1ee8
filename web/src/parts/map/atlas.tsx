import { useDeferredValue, useEffect, useLayoutEffect, useMemo, useRef, type KeyboardEvent, type RefObject } from "react";
import type { Row } from "@/fields/kind";
import type { Collection, FieldDef } from "@/lib/collections";
import { counted, grouped } from "@/lib/number";
import type { Editing } from "@/lib/staged";
import { Button } from "@/parts/button";
import type { GridHandle } from "@/parts/grid/datagrid";
import { useAddressed } from "@/parts/map/address";
import { join, type Placed } from "@/parts/map/joined";
import { PlaceList } from "@/parts/map/list";
import { inMiddle, markName, Marks, type MarkActs } from "@/parts/map/marks";
import { boxOf, deepest, fit, inside, tiled, type Box } from "@/parts/map/mercator";
import { most, type Points } from "@/parts/map/points";
import { useLook } from "@/parts/map/view";
import { WorldMap } from "@/parts/map/worldmap";
import { Empty, Failed } from "@/parts/states";

/** What is done with the records, as in the other layouts. */
export interface Acts {
  selected: Set<string>;
  onSelect: (ids: Set<string>) => void;
  onOpen: (row: Row) => void;
  openId?: string;
  onKey?: (e: KeyboardEvent, row: Row | undefined) => void;
  ref: RefObject<GridHandle | null>;
}

interface Props extends Acts {
  collection: Collection;
  field: FieldDef;
  /** Whether the records are those that match a filter. */
  filtered: boolean;
  points: Points;
  /** What was seen in the fields of a record that are changed and not saved. */
  seen: Editing["seen"];
  /** How many records have no place. */
  without: number;
  onWithout: () => void;
  /** What the address says of the view, and how it comes to say it. */
  address?: string;
  onAddress: (view: string | undefined) => void;
  /** Told when somebody looks at another part of the world, and when at all of it. */
  onPart: (part: Box | undefined) => void;
}

/** A map with a mark for each record, or for those that lie close together, and beside it a table of those in view. */
export function Atlas(p: Props) {
  const { collection: c, field, points, selected, onSelect, onPart } = p;
  const { places } = points;
  const frame = useAddressed(p.address, p.onAddress);
  const look = useLook(frame, useMemo(() => places.map(({ at }) => at), [places]));
  const level = Math.round(look.view.zoom);
  const marks = useMemo(() => join(places, level), [places, level]);
  // The map follows the hand; the table may come a moment later.
  const late = useDeferredValue(look);
  const inView = useMemo(() => places.filter(within(boxOf(late.view, late.size))).map(({ row }) => row), [places, late]);
  const part = frame.moved && look.size.width > 0 ? tiled(boxOf(look.view, look.size)) : undefined;
  // eslint-disable-next-line -- the part is the same as long as it says the same
  useEffect(() => onPart(part), [onPart, JSON.stringify(part)]);
  const middle = inMiddle(marks, look);

  const open: MarkActs["open"] = ({ places: [one, ...more] }) => {
    if (!more.length) return p.onOpen(one!.row);
    const closer = fit([one!, ...more].map(({ at }) => at), look.size, deepest);
    // What lies at one place does not part: the table has it.
    if (closer.zoom > look.view.zoom + 0.1) look.change(() => closer);
    else p.ref.current?.focus();
  };
  const toggle: MarkActs["toggle"] = (mark) => {
    const ids = mark.places.map(({ row }) => row.id);
    const others = [...selected].filter((id) => !ids.includes(id));
    onSelect(new Set(ids.every((id) => selected.has(id)) ? others : [...others, ...ids]));
  };
  const acts = useRef<MarkActs>(null!);
  useLayoutEffect(() => void (acts.current = { open, toggle }));
  return (
    <div className="@container flex min-h-0 flex-1 flex-col">
      <Said points={points} inView={inView.length} without={p.without} onWithout={p.onWithout} />
      <div className="flex min-h-0 flex-1 flex-col @3xl:flex-row">
        <div className="min-h-0 min-w-0 flex-3">
          <WorldMap
            label={`Map of ${c.name} by ${field.name}`}
            look={look}
            keysDo="Enter opens what is in the middle, or looks closer at it; Space selects it. The table after the map has the same records."
            onKey={(key) => middle && (key === "Enter" ? open : toggle)(middle)}
          >
            {(drawn) => <Marks collection={c} drawn={drawn} marks={marks} selected={selected} openId={p.openId} middle={middle} acts={acts} />}
          </WorldMap>
        </div>
        <div className="flex min-h-0 flex-2 flex-col overflow-auto max-@3xl:border-t @3xl:w-80 @3xl:flex-none @3xl:border-l">
          {points.error && !places.length ? (
            <Failed what="The places could not be read" error={points.error} onRetry={points.retry} />
          ) : points.all === 0 ? (
            <Empty>{p.filtered ? "No record that matches has" : "No record has"} a place in {field.name}.</Empty>
          ) : (
            <PlaceList {...p} collection={c} field={field} rows={inView} label={`Records of ${c.name}`} />
          )}
        </div>
      </div>
      <p role="status" className="sr-only">{middle && `In the middle: ${markName(c, middle)}`}</p>
    </div>
  );
}

const within = (box: Box) => ({ at }: Placed) => inside(at, box);

/** How much of what there is the map shows. */
function Said({ points, inView, without, onWithout }: { points: Points; inView: number } & Pick<Props, "without" | "onWithout">) {
  const { places, total = 0, loading, error, retry } = points;
  return (
    <div className="tabular flex min-h-8 flex-wrap items-center gap-x-4 border-b px-4 text-grid text-muted">
      <span role="status">{loading ? onTheWay(points) : `${counted(inView, "place")} in view`}</span>
      {!loading && total > places.length && <span>The first {grouped(places.length)} of {grouped(total)}: the others are shown where you zoom in</span>}
      {without > 0 && <span>{counted(without, "record")} {without === 1 ? "has" : "have"} no place <Button look="quiet" className="h-6!" onClick={onWithout}>Show {without === 1 ? "it" : "them"} in the table</Button></span>}
      {error && places.length > 0 && <span role="alert" className="text-danger">Some places could not be read. <Button look="quiet" className="h-6!" onClick={retry}>Try again</Button></span>}
    </div>
  );
}

const onTheWay = ({ places, total }: Points): string => (total ? `Loading: ${grouped(places.length)} of ${grouped(Math.min(most, total))} places` : "Loading the places");
