import { useQuery } from "@tanstack/react-query";
import { useNavigate, useRouterState } from "@tanstack/react-router";
import { Keyboard, LogOut, Menu as MenuIcon, Monitor, Moon, Scale, Search, Sun, User } from "lucide-react";
import { lazy, Suspense, useEffect, useState, type ReactNode } from "react";
import { Again } from "@/app/again";
import { EditModeChip, EditModeItems } from "@/app/editmode";
import { EnvironmentBadge } from "@/app/environment";
import { Rail } from "@/app/rail";
import { bootstrapQuery } from "@/lib/collections";
import { useAction } from "@/lib/keys";
import { usePhone } from "@/lib/media";
import { pb } from "@/lib/pb";
import { setPrefs, usePrefs } from "@/lib/prefs";
import { session, useSession } from "@/lib/session";
import { leaveTimes, useTimes } from "@/lib/times";
import { Boundary } from "@/parts/boundary";
import { IconButton } from "@/parts/button";
import { Screen } from "@/parts/head";
import { Menu, MenuItem, MenuLabel, MenuLine } from "@/parts/menu";
import { Skeleton } from "@/parts/states";

const loadPalette = () => import("@/app/palette");
const Palette = lazy(() => loadPalette().then((m) => ({ default: m.Palette })));
const Times = lazy(() => import("@/app/times").then((m) => ({ default: m.Times })));
const Sheet = lazy(() => import("@/app/sheet").then((m) => ({ default: m.ShortcutSheet })));

/** What stands around every screen: the rail, the bar on top, the strip when the server is away. */
export function Shell({ children }: { children: ReactNode }) {
  const [rail, setRail] = useRail();
  const { expired } = useSession();
  const [layer, setLayer] = useState<"palette" | "sheet" | null>(null);
  const go = useNavigate();
  useEffect(() => {
    const idle = setTimeout(() => void loadPalette(), 1500);
    return () => clearTimeout(idle);
  }, []);

  useAction({ id: "palette", name: "Open the palette", group: "General", keys: ["mod+k"], inText: true, run: () => setLayer("palette") });
  useAction({ id: "sheet", name: "Show all shortcuts", group: "General", keys: ["?"], run: () => setLayer("sheet") });
  useAction({ id: "rail", name: rail ? "Hide the rail" : "Show the rail", group: "General", keys: ["["], run: () => setRail(!rail) });
  useAction({ id: "new-collection", name: "New collection", group: "Data", run: () => void go({ href: "/new" }) });
  useAction({ id: "steps", name: "Show the first steps", group: "General", run: () => (setPrefs({ steps: "begun" }), void go({ href: "/start" })) });
  useAction({ id: "theme", name: "Change the theme", group: "General", run: toggleTheme });
  useAction({ id: "components", name: "Show all components", group: "General", run: () => void go({ href: "/components" }) });
  useAction({ id: "sign-out", name: "Sign out", group: "General", run: session.signOut });

  return (
    <div className="flex h-full flex-col">
      <a href="#main" onClick={(e) => (e.preventDefault(), document.getElementById("main")?.focus())} className="sr-only z-50 rounded-sm bg-accent px-3 py-1 text-on-accent focus:not-sr-only focus:absolute focus:top-1 focus:left-1">
        To the content
      </a>
      <header className="relative flex min-h-10 shrink-0 items-center gap-2 border-b bg-panel px-2">
        <IconButton name={rail ? "Hide the rail" : "Show the rail"} action="rail" icon={MenuIcon} onClick={() => setRail(!rail)} />
        <Boundary what="The name of this server"><AppName /><EnvironmentBadge /></Boundary>
        <div className="ml-auto flex items-center gap-1">
          <LiveDot />
          <EditModeChip />
          <IconButton name="Search and commands" action="palette" icon={Search} onClick={() => setLayer("palette")} />
          <UserMenu onSheet={() => setLayer("sheet")} />
        </div>
      </header>
      <DownStrip />
      <div className="flex min-h-0 flex-1">
        <Rail wide={rail} />
        <main id="main" tabIndex={-1} className="flex min-w-0 flex-1 flex-col overflow-auto -outline-offset-2!">
          <Screen><Suspense fallback={<Skeleton />}>{children}</Suspense></Screen>
        </main>
      </div>
      <AllTimes />
      <Boundary key={layer} what={layer === "palette" ? "The palette" : "The sheet of shortcuts"} onClose={() => setLayer(null)}>
        <Suspense>
          {layer === "palette" && <Palette onClose={() => setLayer(null)} />}
          {layer === "sheet" && <Sheet onClose={() => setLayer(null)} />}
        </Suspense>
      </Boundary>
      {expired && <Again />}
    </div>
  );
}

function AppName() {
  const { data } = useQuery(bootstrapQuery);
  return <span className="truncate font-semibold">{data?.meta.appName || "Holdall"}</span>;
}

/** Whether the rail is open. On a phone it lies over the page: it starts closed, and closes when it has led somewhere. */
function useRail(): [boolean, (open: boolean) => void] {
  const phone = usePhone();
  const { rail } = usePrefs();
  const [over, setOver] = useState(false);
  const path = useRouterState({ select: (s) => s.location.pathname });
  useEffect(() => setOver(false), [path]);
  return phone ? [over, setOver] : [rail, (open) => setPrefs({ rail: open })];
}

function toggleTheme(): void {
  setPrefs({ theme: document.documentElement.dataset["theme"] === "dark" ? "light" : "dark" });
}

function AllTimes() {
  const shown = useTimes();
  if (!shown) return null;
  return (
    <Boundary what="The time" onClose={leaveTimes}>
      <Suspense><Times key={String(shown.entered)} {...shown} /></Suspense>
    </Boundary>
  );
}

function LiveDot() {
  const { down } = useSession();
  const { live } = usePrefs();
  const word = down ? "Retrying" : live ? "Connected" : "Live data off";
  return (
    <span className="inline-flex items-center gap-1.5 px-1 text-label text-muted">
      <span aria-hidden className={`size-2 rounded-full ${down ? "bg-danger" : live ? "bg-success" : "border border-border"}`} />
      <span className="max-sm:sr-only">{word}</span>
    </span>
  );
}

function DownStrip() {
  const { down } = useSession();
  if (!down) return null;
  return (
    <div role="alert" className="flex items-center gap-3 bg-danger px-3 py-1 text-on-danger">
      The server does not answer. What you see is from before; nothing is saved until it is back.
      <button type="button" className="min-h-6 underline" onClick={() => void session.retry()}>Try now</button>
    </div>
  );
}

/** The browser's zone: its name costs tens of milliseconds the first time, which a menu that is not open does not spend. */
const HereZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

function UserMenu({ onSheet }: { onSheet: () => void }) {
  const { theme, density, zone, live, singleKeys } = usePrefs();
  return (
    <Menu trigger={<IconButton name="You and this browser" icon={User} />}>
      <MenuLabel>{pb.authStore.record?.["email"] as string}</MenuLabel>
      <MenuLine />
      <MenuLabel>Theme</MenuLabel>
      <MenuItem icon={Monitor} checked={theme === "system"} onSelect={() => setPrefs({ theme: "system" })}>As the system</MenuItem>
      <MenuItem icon={Sun} checked={theme === "light"} onSelect={() => setPrefs({ theme: "light" })}>Light</MenuItem>
      <MenuItem icon={Moon} checked={theme === "dark"} onSelect={() => setPrefs({ theme: "dark" })}>Dark</MenuItem>
      <MenuLabel>Rows</MenuLabel>
      {(["compact", "normal", "roomy"] as const).map((d) => (
        <MenuItem key={d} checked={density === d} onSelect={() => setPrefs({ density: d })}>{d[0]!.toUpperCase() + d.slice(1)}</MenuItem>
      ))}
      <MenuLabel>Times</MenuLabel>
      <MenuItem checked={zone === "local"} onSelect={() => setPrefs({ zone: "local" })}>In <HereZone /></MenuItem>
      <MenuItem checked={zone === "utc"} onSelect={() => setPrefs({ zone: "utc" })}>In UTC</MenuItem>
      <MenuLabel>Edits of records</MenuLabel>
      <EditModeItems />
      <MenuLine />
      <MenuItem checked={live} onSelect={() => setPrefs({ live: !live })}>Live data</MenuItem>
      <MenuItem checked={singleKeys} onSelect={() => setPrefs({ singleKeys: !singleKeys })}>Single-letter shortcuts</MenuItem>
      <MenuItem icon={Keyboard} action="sheet" onSelect={onSheet}>All shortcuts</MenuItem>
      <MenuItem icon={Scale} onSelect={() => window.open("./licences.txt", "_blank", "noreferrer")}>Licences of what this is made of</MenuItem>
      <MenuLine />
      <MenuItem icon={LogOut} onSelect={session.signOut}>Sign out</MenuItem>
    </Menu>
  );
}
