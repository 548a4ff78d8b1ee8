import { useQuery } from "@tanstack/react-query";
import { Pause, Play } from "lucide-react";
import { useDeferredValue, useMemo, useState } from "react";
import { bootstrapQuery } from "@/lib/collections";
import { useAction } from "@/lib/keys";
import { grouped } from "@/lib/number";
import { Boundary } from "@/parts/boundary";
import { Button } from "@/parts/button";
import { Head } from "@/parts/head";
import { Checkbox, TextInput } from "@/parts/input";
import { Menu, MenuItem } from "@/parts/menu";
import { Clients } from "@/parts/realtime/clients";
import { Events } from "@/parts/realtime/events";
import { kept, useStream, type Heard } from "@/parts/realtime/stream";
import { Banner, Tag } from "@/parts/small";
import { Empty } from "@/parts/states";

/** Who is connected, and what happens. */
export function Page() {
  const { data } = useQuery(bootstrapQuery);
  const [chosen, choose] = useState<string[]>([]);
  const [paused, pause] = useState(false);
  const [payload, setPayload] = useState(false);
  const [find, setFind] = useState("");
  const sought = useDeferredValue(find.trim().toLowerCase());
  const { events, waiting, failed, clear } = useStream(chosen, paused);
  const hits = useMemo(() => (sought ? events.filter((e) => matches(e, sought, payload)) : events), [events, sought, payload]);
  useAction({ id: "pause-events", name: paused ? "Go on with the events" : "Pause the events", group: "Realtime", keys: ["space"], run: () => pause(!paused) });
  const toggle = (name: string) => choose(chosen.includes(name) ? chosen.filter((c) => c !== name) : [...chosen, name]);
  return (
    <>
      <Head />
      <div className="flex min-w-0 flex-col gap-6 p-4">
        <section aria-labelledby="rt-clients" className="flex flex-col gap-2">
          <h2 id="rt-clients" className="text-title font-semibold">Connections of this node</h2>
          <Boundary what="The connections"><Clients /></Boundary>
        </section>
        <section aria-labelledby="rt-events" className="flex flex-col gap-2">
          <h2 id="rt-events" className="text-title font-semibold">Events</h2>
          <div className="flex flex-wrap items-center gap-2">
            <Menu align="start" trigger={<Button>Listen to</Button>}>
              {(data?.collections ?? []).filter((c) => c.type !== "view").map((c) => <MenuItem key={c.id} checked={chosen.includes(c.name)} onSelect={() => toggle(c.name)}>{c.name}</MenuItem>)}
            </Menu>
            {chosen.map((c) => <Tag key={c} hue="accent">{c}</Tag>)}
            <Button icon={paused ? Play : Pause} aria-pressed={paused} onClick={() => pause(!paused)}>{paused ? `Go on${waiting ? ` (${waiting} new)` : ""}` : "Pause"}</Button>
            <TextInput aria-label="Filter the events" placeholder="Filter" className="w-48!" value={find} onChange={(e) => setFind(e.target.value)} />
            <Checkbox label="Show what is in them" checked={payload} onChange={(e) => setPayload(e.target.checked)} />
            {events.length > 0 && <Button look="quiet" onClick={clear}>Clear</Button>}
            <p role="status" className="ml-auto text-muted">{count(hits, events)}</p>
          </div>
          {failed && <Banner kind="danger">The stream could not be opened: {failed}</Banner>}
          {hits.length ? <Boundary what="The events"><Events events={hits} payload={payload} /></Boundary> : <Empty>{chosen.length ? (events.length ? "No event matches the filter." : "Nothing has happened yet.") : "Choose collections to listen to. You hear what a superuser hears: everything."}</Empty>}
        </section>
      </div>
    </>
  );
}

function matches(e: Heard, sought: string, payload: boolean): boolean {
  return `${e.action} ${e.collection}/${e.id} ${payload ? (e.text ?? "") : ""}`.toLowerCase().includes(sought);
}

function count(hits: Heard[], all: Heard[]): string {
  if (!all.length) return "";
  const n = grouped(hits.length);
  return all.length >= kept ? `the latest ${n}` : `${n} ${hits.length === 1 ? "event" : "events"}`;
}
