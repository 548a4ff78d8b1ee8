import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Command } from "cmdk";
import { Bookmark, type LucideIcon } from "lucide-react";
import { Dialog as D } from "radix-ui";
import { useRef, useState } from "react";
import { fieldsOf, findRecord, has, helpOf, named, namesRecord, settingsCalled } from "@/app/find";
import { kindIcon } from "@/app/rail";
import { bootstrapQuery, collectionsQuery } from "@/lib/collections";
import { useActions } from "@/lib/keys";
import { grouped } from "@/lib/number";
import { readRecent } from "@/lib/recent";
import { allViewsQuery } from "@/lib/views";
import { Keys } from "@/parts/keys";
import { layers } from "@/parts/layers";

interface Entry {
  key: string;
  text: string;
  note?: string;
  icon?: LucideIcon;
  keys?: string;
  /** The address that it leads to, which a new tab can show too; without one it is something to do. */
  to?: string;
  run?: () => void;
}

interface Group {
  heading: string;
  entries: Entry[];
}

/** Of what there may be thousands of, this many are listed. More would be slow to draw, and nobody reads on: a letter more finds the others. */
const most = 20;

const cut = <T,>(heading: string, all: T[], entry: (x: T) => Entry): Group => ({
  heading: all.length > most ? `${heading}, the first ${most} of ${grouped(all.length)}` : heading,
  entries: all.slice(0, most).map(entry),
});

/** What a text begins with when it is about one kind of thing alone, and what is said when there is none. */
const kinds: Record<string, { word: string; none: string }> = {
  ">": { word: "action", none: "Nothing that can be done here is called that." },
  "#": { word: "record", none: "No record has this id or this e-mail." },
  ":": { word: "field", none: "No field is called that." },
  "?": { word: "help", none: "Nothing is known about that." },
};

/** Finds collections, views, records, fields, settings and actions by a few letters, and leads there: with Ctrl or Cmd in a new tab. */
export function Palette({ onClose }: { onClose: () => void }) {
  const go = useNavigate();
  const [text, setText] = useState("");
  const kind = text[0]! in kinds ? text[0]! : "";
  const { groups, looking } = useFound(kind, text.slice(kind.length).trim());
  const chosen = useRef<() => void>(undefined);
  const apart = useRef(false);
  const how = (e: { ctrlKey: boolean; metaKey: boolean }) => (apart.current = e.ctrlKey || e.metaKey);
  const choose = ({ to, run }: Entry) => {
    if (to && apart.current) window.open("#" + to, "_blank", "noopener");
    else chosen.current = to ? () => void go({ href: to }) : run;
    onClose();
  };
  return (
    <D.Root open onOpenChange={(o) => !o && onClose()}>
      <D.Portal container={layers()}>
        <D.Overlay className="fixed inset-0 z-40 bg-black/40" />
        {/* Whatever is chosen may give the focus to something: it is done when the palette has given it back. */}
        <D.Content onCloseAutoFocus={() => chosen.current && setTimeout(chosen.current, 0)} aria-describedby={undefined} className="appear fixed top-[10vh] left-1/2 z-40 w-[calc(100vw-24px)] max-w-150 -translate-x-1/2 rounded-lg border bg-bg shadow-layer">
          <D.Title className="sr-only">Search and commands</D.Title>
          <Command label="Search and commands" shouldFilter={false} onKeyDown={how} onClickCapture={how}>
            <Command.Input autoFocus value={text} onValueChange={setText} placeholder="Collection, record id, e-mail, setting, or an action" className="h-11 w-full rounded-t-lg border-b bg-transparent px-4 text-form -outline-offset-2!" />
            <Command.List className="max-h-[55vh] overflow-auto p-1.5" aria-label="Results">
              <Command.Empty className="p-4 text-muted">{looking ? "Looking in all collections…" : (kinds[kind]?.none ?? "Nothing is called that.")}</Command.Empty>
              {groups.map((g) => g.entries.length > 0 && (
                <Command.Group key={g.heading} heading={<span className="px-2 text-label text-muted">{g.heading}</span>}>
                  {g.entries.map((e) => <Line key={e.key} entry={e} onChoose={() => choose(e)} />)}
                </Command.Group>
              ))}
            </Command.List>
            <p className="flex gap-x-4 border-t px-4 py-1.5 text-label text-muted">{Object.entries(kinds).map(([sign, { word }]) => <span key={sign}><kbd>{sign}</kbd> {word}</span>)}</p>
          </Command>
        </D.Content>
      </D.Portal>
    </D.Root>
  );
}

function Line({ entry: { key, text, note, icon: Icon, keys }, onChoose }: { entry: Entry; onChoose: () => void }) {
  return (
    <Command.Item value={key} onSelect={onChoose} className="flex min-h-8 cursor-default items-center gap-2 rounded-sm px-2 text-body data-[selected=true]:bg-selected">
      {Icon && <Icon size={16} strokeWidth={1.5} aria-hidden className="shrink-0 text-muted" />}
      <span className="min-w-0 flex-1 truncate">{text}</span>
      {note && <span className="shrink-0 text-label text-muted">{note}</span>}
      {keys && <Keys keys={keys} />}
    </Command.Item>
  );
}

/** What a text finds among one kind of thing, or among most of them. */
function useFound(kind: string, sought: string): { groups: Group[]; looking: boolean } {
  const client = useQueryClient();
  const { data } = useQuery(bootstrapQuery);
  const all = (data?.collections ?? []).toSorted((a, b) => Number(a.system) - Number(b.system));
  const actions = useActions().filter((a) => a.id !== "palette");
  const looks = (...of: string[]) => of.includes(kind);
  const records = useQuery({ queryKey: ["find-record", sought], queryFn: () => findRecord(all, sought), enabled: looks("", "#") && namesRecord(sought) });
  const recent = useQuery({ queryKey: ["recent"], queryFn: () => readRecent(client, all), enabled: !!data, staleTime: 0 });
  const saved = useQuery({ ...allViewsQuery, enabled: looks("") });
  const whole = useQuery({ ...collectionsQuery, enabled: looks(":") });

  const found = (records.data ?? []).map((r): Entry => ({ key: `record ${r.in}/${r.id}`, text: `Record ${r.id}`, note: r.in, to: `/c/${r.in}?r=${r.id}` }));
  const opened = (recent.data ?? []).filter((r) => has(`${r.name} ${r.id} ${r.in}`, sought)).map((r): Entry => ({ key: `recent ${r.in}/${r.id}`, text: r.name!, note: r.in, to: `/c/${r.in}?r=${r.id}` }));
  const views = (saved.data ?? []).flatMap((v) => all.filter((c) => c.id === v.collection && has(`${v.name} ${c.name}`, sought)).map((c): Entry => ({ key: `view ${v.id}`, text: v.name, note: `view of ${c.name}`, icon: Bookmark, to: `/c/${c.name}?v=${v.id}` })));
  const help = helpOf(all).map((h) => ({ ...h, run: actions.find((a) => a.id === h.action)?.run })).filter((h) => has(h.name, sought) && (h.to || h.run));
  const groups: (Group | false)[] = [
    looks("", "#") && { heading: "Records", entries: found },
    looks("") && cut("Collections", [...all.filter((c) => c.id === sought), ...named(all, sought)], (c) => ({ key: c.id, text: c.name, icon: kindIcon[c.type], to: `/c/${c.name}` })),
    looks("") && cut("Views", views, (v) => v),
    looks("", "#") && { heading: "Opened before", entries: opened.filter((r) => !found.some((f) => f.to === r.to)) },
    looks(":") && cut("Fields", named(fieldsOf(whole.data ?? []), sought), (f) => ({ key: `${f.in}.${f.name}`, text: f.name, note: `${f.type} in ${f.in}`, to: `/c/${f.in}/schema?field=${encodeURIComponent(f.name)}` })),
    looks("", ">") && { heading: "Actions", entries: actions.filter((a) => has(`${a.name} ${a.group}`, sought)).map((a) => ({ key: a.id, text: a.name, note: a.group, keys: a.keys?.[0], to: a.to, run: a.run })) },
    looks("") && !!sought && cut("Settings", settingsCalled(sought), (s) => ({ key: `setting ${s.path}`, text: s.name, note: s.note, to: s.to })),
    looks("?") && { heading: "Help", entries: help.map((h) => ({ key: h.name, text: h.name, to: h.to, run: h.run })) },
  ];
  return { groups: groups.filter((g) => !!g), looking: records.isFetching || whole.isFetching };
}
