import clsx from "clsx";
import { Check } from "lucide-react";
import { memo, type RefObject } from "react";
import { nameOf, type Collection } from "@/lib/collections";
import { grouped } from "@/lib/number";
import { boxOf, inside, onScreen } from "@/parts/map/mercator";
import { apart, type Joined } from "@/parts/map/joined";
import type { Looked } from "@/parts/map/view";
import { slack, Spot, type Drawn } from "@/parts/map/worldmap";

/** What a mark asks of its map. */
export interface MarkActs {
  open: (mark: Joined) => void;
  toggle: (mark: Joined) => void;
}

interface Props {
  collection: Collection;
  drawn: Drawn;
  marks: Joined[];
  selected: Set<string>;
  openId?: string;
  /** The one that is meant by the keys. */
  middle?: Joined;
  acts: RefObject<MarkActs>;
}

/** What a mark is called: the name of its record, or how many it stands for. */
export const markName = (c: Collection, { places }: Joined): string => (places.length === 1 ? nameOf(c, places[0]!.row) : `${grouped(places.length)} records`);

/** The mark that lies nearest to the middle of the map, when it lies near. */
export function inMiddle(marks: Joined[], { view }: Looked): Joined | undefined {
  const far = (m: Joined) => {
    const { x, y } = onScreen(m.at, view);
    return Math.hypot(x, y);
  };
  const best = marks.reduce<Joined | undefined>((a, b) => (a && far(a) <= far(b) ? a : b), undefined);
  return best && far(best) < apart ? best : undefined;
}

/** The marks in view: a click opens the record, or looks closer at those that lie together; with Ctrl it selects. */
export const Marks = memo(function Marks({ drawn, acts, ...p }: Props) {
  const box = boxOf(drawn.view, drawn.size, slack + apart);
  return p.marks
    .filter((m) => inside(m.at, box))
    .map((m) => (
      <Spot key={m.places[0]!.row.id} drawn={drawn} at={m.at}>
        <Mark
          name={markName(p.collection, m)}
          count={m.places.length}
          selected={m.places.filter(({ row }) => p.selected.has(row.id)).length}
          unsaved={m.places.filter((p) => p.unsaved).length}
          open={m.places.some(({ row }) => row.id === p.openId)}
          middle={m === p.middle}
          onClick={(more) => (more ? acts.current.toggle(m) : acts.current.open(m))}
        />
      </Spot>
    ));
});

interface MarkProps {
  name: string;
  count: number;
  /** How many of them are selected. */
  selected: number;
  /** How many of them are where they will be once they are saved. */
  unsaved: number;
  open: boolean;
  middle: boolean;
  onClick: (more: boolean) => void;
}

function Mark({ name, count, selected, unsaved, open, middle, onClick }: MarkProps) {
  const many = (n: number, word: string) => n > 0 && (count > 1 ? `${grouped(n)} ${word}` : word);
  const said = [name, many(selected, "selected"), many(unsaved, "not saved"), open && "open"].filter(Boolean).join(", ");
  return (
    <>
      <button
        type="button"
        tabIndex={-1}
        aria-label={said}
        data-mark={count}
        className="peer pointer-events-auto relative flex h-7 min-w-7 items-center justify-center rounded-full hover:z-10"
        onClick={(e) => onClick(e.ctrlKey || e.metaKey || e.shiftKey)}
      >
        <span className={clsx("rounded-full border-2", unsaved ? "border-accent bg-bg text-accent" : "border-bg bg-accent text-on-accent", count === 1 ? "size-3.5" : "tabular flex h-7 min-w-7 items-center justify-center px-1.5 text-grid font-semibold", open && "outline-2 outline-offset-2 outline-text")}>
          {count > 1 && grouped(count)}
        </span>
        {selected > 0 && <Check size={14} strokeWidth={3} aria-hidden className={clsx("absolute rounded-sm border border-accent bg-bg text-accent", count > 1 && "-top-1 -right-1")} />}
      </button>
      <span aria-hidden className={clsx("absolute top-4 z-20 rounded-sm border bg-bg px-1.5 text-grid whitespace-nowrap text-text peer-hover:block", !open && (middle ? "hidden group-focus-visible/map:block" : "hidden"))}>{name}</span>
    </>
  );
}
