import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Command } from "cmdk";
import { Dialog as D } from "radix-ui";
import { useRef, useState } from "react";
import { kindIcon } from "@/app/rail";
import { bootstrapQuery, type CollectionMark } from "@/lib/collections";
import { useActions } from "@/lib/keys";
import { grouped } from "@/lib/number";
import { pb } from "@/lib/pb";
import { Keys } from "@/parts/keys";
import { layers } from "@/parts/layers";

const row = "flex min-h-8 cursor-default items-center gap-2 rounded-sm px-2 text-body data-[selected=true]:bg-selected";
const isId = /^[a-z0-9_]{15}$/i;
const isMail = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** Collections that are listed at once. More would be slow to draw, and nobody reads on: a letter more finds the others. */
const most = 20;

/** The collections whose names have some letters in them; those that begin with them come first, the shortest name before all. */
function named(all: CollectionMark[], letters: string): CollectionMark[] {
  const sought = letters.toLowerCase();
  if (!sought) return all;
  const at = (c: CollectionMark) => c.name.toLowerCase().indexOf(sought);
  const found = all.filter((c) => at(c) >= 0 || c.id === letters);
  return found.toSorted((a, b) => Number(at(a) > 0) - Number(at(b) > 0) || a.name.length - b.name.length);
}

/** Finds collections, records and actions by a few letters. ">" shows actions alone, "#" records. */
export function Palette({ onClose }: { onClose: () => void }) {
  const go = useNavigate();
  const { data } = useQuery(bootstrapQuery);
  const actions = useActions().filter((a) => a.id !== "palette");
  const [text, setText] = useState("");
  const sought = text.replace(/^[>#]/, "").trim();
  const collections = data?.collections ?? [];
  const found = named(collections, sought);
  const records = useQuery({
    queryKey: ["find-record", sought],
    queryFn: () => findRecord(collections, sought),
    enabled: isId.test(sought) || isMail.test(sought),
  });
  const chosen = useRef<() => void>(undefined);
  const act = () => chosen.current && setTimeout(chosen.current, 0);
  const open = (href: string) => (onClose(), void go({ href }));
  return (
    <D.Root open onOpenChange={(o) => !o && onClose()}>
      <D.Portal container={layers()}>
        <D.Overlay className="fixed inset-0 z-40 bg-black/40" />
        {/* An action may give the focus to something: it is run when the palette has given it back. */}
        <D.Content onCloseAutoFocus={act} aria-describedby={undefined} className="appear fixed top-[10vh] left-1/2 z-40 w-[calc(100vw-24px)] max-w-150 -translate-x-1/2 rounded-lg border bg-bg shadow-layer">
          <D.Title className="sr-only">Search and commands</D.Title>
          <Command label="Search and commands" filter={(value, search) => (value.toLowerCase().includes(search.replace(/^[>#]/, "").trim().toLowerCase()) ? 1 : 0)}>
            <Command.Input autoFocus value={text} onValueChange={setText} placeholder="Collection, record id, e-mail, or an action" className="h-11 w-full rounded-t-lg border-b bg-transparent px-4 text-form -outline-offset-2!" />
            <Command.List className="max-h-[55vh] overflow-auto p-1.5" aria-label="Results">
              <Command.Empty className="p-4 text-muted">{records.isFetching ? "Looking in all collections…" : "Nothing is called that."}</Command.Empty>
              {(records.data ?? []).map((r) => (
                <Command.Item key={r.c + r.id} value={`${sought} ${r.c}/${r.id}`} className={row} onSelect={() => open(`/c/${r.c}?r=${r.id}`)}>
                  Record {r.id} <span className="text-muted">in {r.c}</span>
                </Command.Item>
              ))}
              {!/^[>#]/.test(text) && found.length > 0 && (
                <Command.Group heading={<span className="px-2 text-label text-muted">{found.length > most ? `Collections, the first ${most} of ${grouped(found.length)}` : "Collections"}</span>}>
                  {found.slice(0, most).map((c) => {
                    const Icon = kindIcon[c.type];
                    return (
                      <Command.Item key={c.id} value={`${c.name} ${c.id}`} className={row} onSelect={() => open(`/c/${c.name}`)}>
                        <Icon size={16} strokeWidth={1.5} aria-hidden className="text-muted" />
                        {c.name}
                      </Command.Item>
                    );
                  })}
                </Command.Group>
              )}
              {!text.startsWith("#") && (
                <Command.Group heading={<span className="px-2 text-label text-muted">Actions</span>}>
                  {actions.map((a) => (
                    <Command.Item key={a.id} value={`${a.name} ${a.group}`} className={row} onSelect={() => ((chosen.current = a.run), onClose())}>
                      <span className="flex-1">{a.name}</span>
                      <span className="text-label text-muted">{a.group}</span>
                      {a.keys && <Keys keys={a.keys[0]!} />}
                    </Command.Item>
                  ))}
                </Command.Group>
              )}
            </Command.List>
          </Command>
        </D.Content>
      </D.Portal>
    </D.Root>
  );
}

/** Looks for a record by id in all collections, or by e-mail in those with accounts. */
async function findRecord(collections: CollectionMark[], sought: string): Promise<{ c: string; id: string }[]> {
  const mail = isMail.test(sought);
  const where = collections.filter((c) => (mail ? c.type === "auth" : c.type !== "view"));
  const filter = pb.filter(mail ? "email = {:v}" : "id = {:v}", { v: sought });
  const ask = (c: CollectionMark) => pb.collection(c.name).getList(1, 3, { filter, skipTotal: true, fields: "id" });
  const found = await Promise.allSettled(where.map(ask));
  return found.flatMap((f, i) => (f.status === "fulfilled" ? f.value.items.map((r) => ({ c: where[i]!.name, id: r.id })) : []));
}
