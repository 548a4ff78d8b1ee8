import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Download, Maximize, ZoomIn, ZoomOut } from "lucide-react";
import { useDeferredValue, useLayoutEffect, useMemo, useRef, useState } from "react";
import { collectionsQuery, type Collection } from "@/lib/collections";
import { useAction } from "@/lib/keys";
import { save } from "@/lib/save";
import { Button, IconButton } from "@/parts/button";
import { Canvas, type CanvasHandle } from "@/parts/diagram/canvas";
import { asMermaid, asSVG } from "@/parts/diagram/export";
import { layOut } from "@/parts/diagram/layout";
import { DiagramList } from "@/parts/diagram/list";
import { around, found, graphOf, type Graph } from "@/parts/diagram/model";
import { Head } from "@/parts/head";
import { Checkbox, Segmented, TextInput } from "@/parts/input";
import { Menu, MenuItem } from "@/parts/menu";
import { copy } from "@/parts/small";
import { Empty, Failed, Skeleton } from "@/parts/states";

/** What collections there are and how they point to each other. */
export function Page() {
  const { data, error, refetch } = useQuery(collectionsQuery);
  if (error && !data) return <Failed what="The collections could not be read" error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton lines={10} />;
  return <Diagram collections={data} />;
}

function Diagram({ collections }: { collections: Collection[] }) {
  const { c: focus, layout } = useSearch({ from: "/diagram" });
  const go = useNavigate();
  const [system, setSystem] = useState(false);
  const [find, setFind] = useState("");
  const [chosen, choose] = useState<string>();
  const sought = useDeferredValue(find);
  const whole = useMemo(() => graphOf(collections, system), [collections, system]);
  const middle = whole.boxes.find((b) => b.name === focus || b.id === focus);
  const graph = useMemo(() => (middle ? around(whole, middle.id) : whole), [whole, middle]);
  const hits = useMemo(() => found(graph, sought), [graph, sought]);
  const to = (search: { c?: string; layout?: string }) => void go({ to: "/diagram", search: { c: focus, layout, ...search } });
  const picked = graph.boxes.find((b) => b.id === chosen);
  return (
    <>
      <Head aside={focus && <span>around <b>{focus}</b> <Button look="quiet" className="h-7!" onClick={() => to({ c: undefined })}>Show all</Button></span>}>
        <Segmented label="Show it as" value={layout === "list" ? "list" : "diagram"} onChange={(v) => to({ layout: v === "list" ? v : undefined })} options={[{ value: "diagram", name: "Diagram" }, { value: "list", name: "List" }]} />
        <Save graph={graph} />
      </Head>
      {!whole.boxes.length ? (
        <Empty acts={<Button look="primary" onClick={() => void go({ href: "/new" })}>New collection</Button>}>There is no collection to draw.</Empty>
      ) : (
        <Shown graph={graph} hits={hits} sought={sought} asList={layout === "list"} chosen={chosen} choose={choose}>
          {(next) => (
            <>
              <Find value={find} onChange={setFind} onNext={next} hits={sought.trim() ? hits.length : undefined} />
              <Checkbox label="System collections too" checked={system} onChange={(e) => setSystem(e.target.checked)} />
              {picked && (
                <span className="flex items-center gap-1">
                  <b className="max-w-40 truncate">{picked.name}</b>
                  <Button className="h-7!" onClick={() => to({ c: picked.name })}>Focus on it</Button>
                  <Button className="h-7!" onClick={() => void go({ to: "/c/$name/schema", params: { name: picked.name } })}>Fields</Button>
                </span>
              )}
              {whole.boxes.length === 1 && <p className="text-muted">Relations are drawn once a field points to another collection.</p>}
            </>
          )}
        </Shown>
      )}
    </>
  );
}

function Find({ value, onChange, onNext, hits }: { value: string; onChange: (text: string) => void; onNext: () => void; hits?: number }) {
  const ref = useRef<HTMLInputElement>(null);
  useAction({ id: "find-in-diagram", name: "Find in the diagram", group: "Data", keys: ["f", "/"], run: () => ref.current?.focus() });
  return (
    <>
      <TextInput ref={ref} aria-label="Find a collection or a field" placeholder="Find a collection or a field" className="w-56!" value={value} onChange={(e) => onChange(e.target.value)} onKeyDown={(e) => e.key === "Enter" && onNext()} />
      <span role="status" className="text-muted">{hits === undefined ? "" : hits === 0 ? "Nothing is called that." : `${hits} found`}</span>
    </>
  );
}

/** More boxes than this are drawn as names alone until one comes near. */
const many = 100;

function Shown({ graph, hits, sought, asList, chosen, choose, children }: { graph: Graph; hits: Graph["boxes"]; sought: string; asList: boolean; chosen?: string; choose: (id: string | undefined) => void; children: (next: () => void) => React.ReactNode }) {
  const go = useNavigate();
  const canvas = useRef<CanvasHandle>(null);
  const [zoom, setZoom] = useState(1);
  const plan = useMemo(() => layOut(graph), [graph]);
  const ids = useMemo(() => new Set(hits.map((b) => b.id)), [hits]);
  const at = useRef(0);
  const fit = () => canvas.current && setZoom(Math.max(0.1, canvas.current.fit()));
  useLayoutEffect(() => {
    if (canvas.current) setZoom(Math.max(0.5, canvas.current.fit()));
  }, [plan, asList]);
  const by = (f: number) => setZoom((z) => Math.max(0.1, Math.min(2, z * f)));
  useAction({ id: "zoom-in", name: "Zoom in", group: "Data", keys: ["+"], off: asList, run: () => by(1.25) });
  useAction({ id: "zoom-out", name: "Zoom out", group: "Data", keys: ["-"], off: asList, run: () => by(0.8) });
  useAction({ id: "zoom-fit", name: "Fit the diagram", group: "Data", keys: ["0"], off: asList, run: fit });
  const next = () => {
    const hit = hits[at.current++ % Math.max(1, hits.length)];
    if (!hit) return;
    choose(hit.id);
    canvas.current?.show(hit.id);
  };
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b px-4 py-2">
        {children(next)}
        {!asList && (
          <span className="ml-auto flex items-center gap-1">
            <IconButton name="Zoom out" action="zoom-out" icon={ZoomOut} onClick={() => by(0.8)} />
            <span className="tabular w-12 text-center whitespace-nowrap text-muted">{Math.round(zoom * 100)} %</span>
            <IconButton name="Zoom in" action="zoom-in" icon={ZoomIn} onClick={() => by(1.25)} />
            <IconButton name="Fit the diagram" action="zoom-fit" icon={Maximize} onClick={fit} />
          </span>
        )}
      </div>
      {asList ? (
        <DiagramList graph={graph} hits={sought.trim() ? ids : undefined} />
      ) : (
        <Canvas ref={canvas} plan={plan} edges={graph.edges} zoom={zoom} brief={graph.boxes.length > many && zoom < 0.6} chosen={chosen} hits={ids} onChoose={choose} onOpen={(id) => void go({ to: "/c/$name/schema", params: { name: graph.boxes.find((b) => b.id === id)!.name } })} onZoom={by} />
      )}
    </>
  );
}

function Save({ graph }: { graph: Graph }) {
  return (
    <Menu trigger={<Button icon={Download}>Export</Button>}>
      <MenuItem onSelect={() => save("diagram.svg", "image/svg+xml", asSVG(graph))}>Save as SVG</MenuItem>
      <MenuItem onSelect={() => save("diagram.mmd", "text/plain", asMermaid(graph))}>Save as Mermaid</MenuItem>
      <MenuItem onSelect={() => void copy(asMermaid(graph))}>Copy as Mermaid</MenuItem>
    </Menu>
  );
}
