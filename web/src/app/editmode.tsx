import { useNavigate } from "@tanstack/react-router";
import { useQuery } from "@tanstack/react-query";
import { Eye, Layers, Zap, type LucideIcon } from "lucide-react";
import { useLayoutEffect } from "react";
import { bootstrapQuery } from "@/lib/collections";
import { useEditMode } from "@/lib/environment";
import { useAction } from "@/lib/keys";
import { counted, grouped } from "@/lib/number";
import type { EditMode } from "@/lib/prefs";
import { cellsIn, useWaiting } from "@/lib/staged";
import { Button } from "@/parts/button";
import { Menu, MenuItem, MenuLabel, MenuLine } from "@/parts/menu";

interface Mode {
  id: EditMode;
  name: string;
  what: string;
  icon: LucideIcon;
}

const modes: Mode[] = [
  { id: "instant", name: "Instant", what: "each change of a cell is saved at once", icon: Zap },
  { id: "staged", name: "Staged", what: "changes of cells wait, and are saved together", icon: Layers },
  { id: "read", name: "Read only", what: "records are not changed in this browser", icon: Eye },
];

/** How records are edited in this browser, how much waits to be saved, and what changes that. */
export function EditModeChip() {
  const go = useNavigate();
  const [current, choose] = useEditMode();
  const { data } = useQuery(bootstrapQuery);
  const waiting = Object.entries(useWaiting()).filter(([, list]) => list.length);
  const mode = modes.find((m) => m.id === current)!;
  const n = waiting.reduce((sum, [, list]) => sum + cellsIn(list), 0);
  useStay(n > 0);
  if (!choose) return null;
  return (
    <>
      {modes.map((m) => <ModeAction key={m.id} {...m} on={m === mode} onChoose={() => choose(m.id)} />)}
      <Menu
        trigger={
          <Button look={current === "instant" ? "quiet" : "plain"} icon={mode.icon} className="h-7! px-2!" aria-label={`Edits: ${mode.name}${n ? `, ${counted(n, "change")} not saved` : ""}`}>
            <span className="max-sm:sr-only">{mode.name}</span>
            {n > 0 && <span className="tabular">· {grouped(n)}</span>}
          </Button>
        }
      >
        <MenuLabel>Edits of records</MenuLabel>
        <EditModeItems />
        {waiting.length > 0 && <MenuLine />}
        {waiting.map(([id, list]) => {
          const name = data?.collections.find((c) => c.id === id)?.name ?? id;
          return <MenuItem key={id} onSelect={() => void go({ to: "/c/$name", params: { name } })}>{counted(cellsIn(list), "change")} of {name}</MenuItem>;
        })}
      </Menu>
    </>
  );
}

/** Has the browser ask before the tab goes, and what is only there with it. Without need no page is to hold a browser up. */
function useStay(needed: boolean): void {
  useLayoutEffect(() => {
    if (!needed) return;
    const ask = (e: Event) => e.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [needed]);
}

/** The ways to edit, for a menu. */
export function EditModeItems() {
  const [current, choose] = useEditMode();
  return modes.map((m) => (
    <MenuItem key={m.id} checked={current === m.id} disabled={!choose} onSelect={() => choose?.(m.id)}>
      {m.name}: <span className="text-muted">{m.what}</span>
    </MenuItem>
  ));
}

function ModeAction({ id, name, what, on, onChoose }: Mode & { on: boolean; onChoose: () => void }) {
  useAction({ id: `edits-${id}`, name: `Edits: ${name.toLowerCase()}, ${what}`, group: "General", off: on, run: onChoose });
  return null;
}
