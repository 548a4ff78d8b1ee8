import { ClientResponseError } from "pocketbase";
import { useRef, useState } from "react";
import type { Row } from "@/fields/kind";
import { isPlace, type Point } from "@/fields/point";
import { Gallery } from "@/parts/gallery/gallery";
import { useColumns } from "@/parts/grid/columns";
import type { GridHandle } from "@/parts/grid/datagrid";
import { Atlas } from "@/parts/map/atlas";
import { toWorld } from "@/parts/map/mercator";
import { MapPicker } from "@/parts/map/picker";
import type { Points } from "@/parts/map/points";
import { blank, row, sample } from "@/stories/sample";
import type { Story } from "@/stories/story";

const nothing = () => {};
const id = (i: number) => String(i).padStart(15, "0");
/** Some have a file that is no picture, some have none. */
const rows: Row[] = Array.from({ length: 30 }, (_, i) => ({ ...(i % 3 ? blank : row), id: id(i), title: `Title ${i}`, place: { lat: ((i * 37) % 110) - 50, lon: ((i * 61) % 300) - 150 } }));

function Pictures() {
  const [selected, select] = useState(new Set([id(1)]));
  const columns = useColumns(sample);
  return (
    <div className="flex h-96 flex-col rounded-md border">
      <Gallery label="A gallery" collection={sample} columns={columns.shown} drawn={{ size: "small" }} count={rows.length} row={(i) => (i < 20 ? rows[i] : undefined)} seen={(of) => (of === id(3) ? { title: "Another" } : undefined)} onRange={nothing} selected={selected} onSelect={select} onOpen={nothing} openId={id(2)} />
    </div>
  );
}

const places = rows.flatMap((r) => (isPlace(r["place"]) ? [{ row: r, at: toWorld(r["place"]) }] : []));
const all: Points = { places, total: places.length, all: places.length, loading: false, error: null, retry: nothing };

function Places({ points, without = 0 }: { points: Points; without?: number }) {
  const [selected, select] = useState(new Set([id(1), id(4)]));
  return (
    <div className="flex h-96 flex-col rounded-md border">
      <Atlas ref={useRef<GridHandle>(null)} collection={sample} field={sample.fields.find((f) => f.name === "place")!} filtered={false} points={points} seen={() => undefined} without={without} onWithout={nothing} onAddress={nothing} onPart={nothing} selected={selected} onSelect={select} onOpen={nothing} openId={id(2)} />
    </div>
  );
}

function Pick() {
  const [value, set] = useState<Point>({ lat: 47.5, lon: 19.04 });
  return <MapPicker label="A map to pick on" value={value} onPick={set} />;
}

/** How records are laid out beside the table, and the map on which a point is picked. */
export const layouts: Story[] = [
  { name: "Gallery", wide: true, states: { "filled, one selected, one open, one not saved, the last on their way": <Pictures /> } },
  {
    name: "Map",
    wide: true,
    states: {
      "more than are shown, two selected, one open": <Places points={{ ...all, total: 12345 }} without={3} />,
      "on its way": <Places points={{ ...all, places: [], total: 2400, loading: true }} />,
      "nothing has a place": <Places points={{ ...all, places: [], total: 0, all: 0 }} without={30} />,
      "cannot be read": <Places points={{ ...all, places: [], total: undefined, all: undefined, error: new ClientResponseError({ url: "", status: 0, response: {} }) }} />,
    },
  },
  { name: "MapPicker", states: { "with a point": <Pick /> } },
];
