import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import clsx from "clsx";
import { Database, Eye, FlaskConical, ListChecks, Pin, Plus, Radio, Search, Settings2, ShieldCheck, SquareTerminal, Users, Workflow, type LucideIcon } from "lucide-react";
import { memo, useDeferredValue, useState } from "react";
import { bootstrapQuery, type Bootstrap, type CollectionMark } from "@/lib/collections";
import { useAction } from "@/lib/keys";
import { setPrefs, usePrefs } from "@/lib/prefs";
import { useSteps } from "@/lib/steps";
import { Boundary } from "@/parts/boundary";
import { IconButton } from "@/parts/button";
import { Skeleton } from "@/parts/states";
import { Tip } from "@/parts/tip";

export const kindIcon: Record<CollectionMark["type"], LucideIcon> = { base: Database, auth: Users, view: Eye };

/** The screens beside the data, in the order of the rail. A screen joins with a line here. */
export const places: { group: string; name: string; to: string; icon: LucideIcon; keys?: string; needs?: keyof Bootstrap["can"] }[] = [
  { group: "Data", name: "Diagram", to: "/diagram", icon: Workflow, keys: "g m" },
  { group: "Data", name: "SQL", to: "/sql", icon: SquareTerminal, keys: "g q", needs: "sql" },
  { group: "Access", name: "Access", to: "/access", icon: ShieldCheck, keys: "g r" },
  { group: "Access", name: "Playground", to: "/playground", icon: FlaskConical, keys: "g p" },
  { group: "Operate", name: "Realtime", to: "/realtime", icon: Radio, keys: "g t" },
  { group: "Operate", name: "Settings", to: "/settings/application", icon: Settings2, keys: "g s" },

];

const item = "target flex min-h-7 items-center gap-2 rounded-sm px-2 text-body hover:bg-hover";

/** The way to everything. It can hold a thousand collections: what happens around it is no reason to draw them again. */
export const Rail = memo(function Rail({ wide }: { wide: boolean }) {
  const go = useNavigate();
  const { data } = useQuery(bootstrapQuery);
  const there = places.filter((p) => !p.needs || data?.can?.[p.needs]);
  return (
    <nav aria-label="Main" className={clsx("flex shrink-0 flex-col overflow-auto border-r bg-panel", wide ? "w-50 max-md:absolute max-md:inset-y-10 max-md:left-0 max-md:z-30 max-md:shadow-layer" : "w-12 max-md:hidden")}>
      {wide && <Boundary what="The list of collections"><Begun /><Collections /></Boundary>}
      <div className="mt-auto flex flex-col gap-0.5 border-t p-1.5">
        {there.map((p) => (
          <Place key={p.to} {...p} wide={wide} go={() => void go({ href: p.to })} />
        ))}
      </div>
    </nav>
  );
});

/** The way back to the first steps, from when they begin until they are done or hidden. */
function Begun() {
  const { steps: shown } = usePrefs();
  const done = useSteps()?.done.filter(Boolean).length ?? 0;
  if (shown !== "begun" || done === 3) return null;
  return (
    <div className="border-b p-1.5">
      <Link to={"/start" as string} className={item} activeProps={{ className: "bg-selected font-medium", "aria-current": "page" }}>
        <ListChecks size={16} strokeWidth={1.5} aria-hidden />
        First steps
        <span className="ml-auto text-label text-muted">{done} of 3</span>
      </Link>
    </div>
  );
}

function Place({ name, group, to, icon: Icon, keys, wide, go }: (typeof places)[number] & { wide: boolean; go: () => void }) {
  useAction({ id: "go" + to, name: `Go to ${name.toLowerCase()}`, group, keys: keys ? [keys] : undefined, to, run: go });
  const link = (
    <Link to={to} className={item} activeProps={{ className: "bg-selected font-medium", "aria-current": "page" }} aria-label={wide ? undefined : name}>
      <Icon size={16} strokeWidth={1.5} aria-hidden />
      {wide && name}
    </Link>
  );
  return wide ? link : <Tip text={name} side="right">{link}</Tip>;
}

function Collections() {
  const { data, error } = useQuery(bootstrapQuery);
  const { pins } = usePrefs();
  const [find, setFind] = useState("");
  const wanted = useDeferredValue(find.trim().toLowerCase());
  const all = (data?.collections ?? []).filter((c) => c.name.toLowerCase().includes(wanted));
  const groups = [
    { name: "Pinned", list: all.filter((c) => pins.includes(c.id)) },
    { name: "Collections", list: all.filter((c) => !pins.includes(c.id) && !c.system) },
    { name: "System", list: all.filter((c) => !pins.includes(c.id) && c.system) },
  ].filter((g) => g.list.length);
  return (
    <div className="flex flex-col gap-2 p-1.5">
      <div className="flex items-center gap-1">
        <div className="relative flex-1">
          <Search size={14} strokeWidth={1.5} aria-hidden className="absolute top-1.75 left-1.5 text-faint" />
          <input type="search" aria-label="Find a collection" placeholder="Find" value={find} onChange={(e) => setFind(e.target.value)} className="h-7 w-full rounded-sm border border-border bg-bg pr-1 pl-6.5 text-body" />
        </div>
        <Link to={"/new" as string} aria-label="New collection" className="target inline-flex size-7 items-center justify-center rounded-sm hover:bg-hover">
          <Plus size={16} strokeWidth={1.5} aria-hidden />
        </Link>
      </div>
      {!data && !error && <Skeleton lines={5} />}
      {groups.map((g) => (
        <section key={g.name} aria-label={g.name}>
          <h2 className="px-2 py-1 text-label font-medium text-muted">{g.name}</h2>
          <ul>{g.list.map((c) => <Entry key={c.id} c={c} pinned={pins.includes(c.id)} pins={pins} />)}</ul>
        </section>
      ))}
      {data && !groups.length && <p className="px-2 text-muted">{find ? `No collection is called “${find}”.` : "No collection yet."}</p>}
    </div>
  );
}

function Entry({ c, pinned, pins }: { c: CollectionMark; pinned: boolean; pins: string[] }) {
  const Icon = kindIcon[c.type];
  const open = (["create", "update", "delete"] as const).filter((a) => c.access[a] === "everyone");
  return (
    <li className="offscreen group flex items-center">
      <Link to="/c/$name" params={{ name: c.name }} className={clsx(item, "min-w-0 flex-1")} activeOptions={{ includeSearch: false }} activeProps={{ className: "bg-selected font-medium", "aria-current": "page" }}>
        <Icon size={16} strokeWidth={1.5} aria-hidden className="shrink-0 text-muted" />
        <span className="truncate">{c.name}</span>
        {open.length > 0 && <span className="ml-auto shrink-0 text-label text-public" title={`Everyone may ${open.join(", ")}`}>public write</span>}
      </Link>
      <IconButton
        name={pinned ? `Unpin ${c.name}` : `Pin ${c.name}`}
        icon={Pin}
        aria-pressed={pinned}
        className={clsx("size-6!", !pinned && "opacity-0 group-focus-within:opacity-100 group-hover:opacity-100")}
        onClick={() => setPrefs({ pins: pinned ? pins.filter((p) => p !== c.id) : [...pins, c.id] })}
      />
    </li>
  );
}

