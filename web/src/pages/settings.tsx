import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useRouter, useSearch } from "@tanstack/react-router";
import { Search } from "lucide-react";
import { useEffect, useState } from "react";
import { settingsCalled } from "@/app/find";
import { NotFound } from "@/app/notfound";
import { bootstrapQuery } from "@/lib/collections";
import { useEnvironment, type Environment } from "@/lib/environment";
import { useAction } from "@/lib/keys";
import { get, problem, send, type Problem } from "@/lib/pb";
import { Boundary } from "@/parts/boundary";
import { Button } from "@/parts/button";
import { Head } from "@/parts/head";
import { Switch } from "@/parts/input";
import { SettingInput } from "@/parts/settings/input";
import { changesTree, everySetting, faultsByPath, pages, valueAt, type SettingsPage } from "@/parts/settings/table";
import { MailTest, S3Test } from "@/parts/settings/tests";
import { Banner } from "@/parts/small";
import { Failed, Skeleton } from "@/parts/states";
import { toast } from "@/parts/toast";

/** What a superuser may change while the server runs. */
export function Page() {
  const { page } = useParams({ from: "/settings/$page" });
  const { data, error, refetch } = useQuery({ queryKey: ["settings"], queryFn: () => get<Record<string, unknown>>("api/settings") });
  const environment = useEnvironment();
  const found = pages.find((p) => p.slug === page);
  if (!found) return <NotFound />;
  if (error && !data) return <Failed what="The settings could not be read" error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton lines={10} />;
  return <Settings stored={{ ...data, environment }} page={found} />;
}

/** Gives the focus to the setting that the address names, also when somebody is led there once more; to the switch of its group while that is off. */
function useNamed(page: SettingsPage) {
  const { setting } = useSearch({ from: "/settings/$page" });
  const router = useRouter();
  useEffect(() => {
    const group = page.groups.find((g) => g.settings.some((s) => s.path === setting));
    const find = (path = "") => document.querySelector(`[data-setting="${CSS.escape(path)}"]`);
    const focus = () => (find(setting) ?? find(group?.switch))?.querySelector<HTMLElement>("input, select, textarea, button")?.focus();
    focus();
    return router.subscribe("onLoad", ({ hrefChanged }) => void (hrefChanged || focus()));
  }, [page, setting, router]);
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

function Settings({ stored, page }: { stored: Record<string, unknown>; page: SettingsPage }) {
  const client = useQueryClient();
  const [changes, setChanges] = useState<Record<string, unknown>>({});
  const [fault, setFault] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const value = (path: string) => (path in changes ? changes[path] : valueAt(stored, path));
  const faults = faultsByPath(fault?.fields);
  const n = Object.keys(changes).length;
  const set = (path: string, v: unknown) => {
    setFault(undefined);
    setChanges((c) => {
      const { [path]: _old, ...rest } = c;
      return same(v, valueAt(stored, path)) ? rest : { ...rest, [path]: v };
    });
  };
  const save = async () => {
    if (!n || busy) return;
    setBusy(true);
    try {
      const { environment, ...others } = changes;
      if (Object.keys(others).length) client.setQueryData(["settings"], await send("PATCH", "api/settings", changesTree(others)));
      if (environment !== undefined) {
        const said = await send<{ environment: Environment }>("PUT", "api/dashboard/environment", { environment });
        client.setQueryData(bootstrapQuery.queryKey, (b) => b && { ...b, ...said });
      }
      void client.invalidateQueries({ queryKey: ["bootstrap"] });
      setChanges({});
      setFault(undefined);
      toast("Saved.");
    } catch (err) {
      setFault(problem(err));
    } finally {
      setBusy(false);
    }
  };
  useNamed(page);
  useAction({ id: "save", name: "Save the settings", group: "Settings", keys: ["mod+s"], inText: true, run: () => void save() });
  return (
    <>
      <Head>
        <FindSetting />
      </Head>
      <div className="flex min-h-0 flex-1 max-md:flex-col">
        <nav aria-label="Settings" className="flex shrink-0 flex-col gap-0.5 border-r p-2 max-md:flex-row max-md:overflow-auto max-md:border-b md:w-44">
          {pages.map((p) => (
            <Link key={p.slug} to="/settings/$page" params={{ page: p.slug }} className="target flex min-h-7 items-center rounded-sm px-2 hover:bg-hover" activeProps={{ className: "bg-selected font-medium", "aria-current": "page" }}>
              {p.name}
            </Link>
          ))}
          <Link to={"/settings/collections" as string} className="target flex min-h-7 items-center rounded-sm px-2 hover:bg-hover">Collections</Link>
        </nav>
        <form className="flex min-w-0 flex-1 flex-col" onSubmit={(e) => (e.preventDefault(), void save())}>
          <div className="flex max-w-180 flex-1 flex-col gap-6 p-4">
            <p className="text-muted">{page.about}</p>
            {fault && <Banner kind="danger">{fault.message}{Object.entries(faults).filter(([k]) => !everySetting.some((s) => s.page === page && k.startsWith(s.setting.path))).map(([k, v]) => <p key={k}>{k}: {v}</p>)}</Banner>}
            {page.groups.map((g) => {
              const on = !g.switch || !!value(g.switch);
              return (
                <section key={g.name} aria-label={g.name} className="flex flex-col gap-3">
                  <div className="flex items-center gap-3">
                    <h2 className="text-title font-semibold">{g.name}</h2>
                    {g.switch && <div data-setting={g.switch}><Switch label={on ? "on" : "off"} checked={on} onChange={(v) => set(g.switch!, v)} /></div>}
                  </div>
                  {g.about && <p className="text-muted">{g.about}</p>}
                  {on && (
                    <div className="grid items-start gap-4 sm:grid-cols-2">
                      {g.settings.filter((s) => valueAt(stored, s.path) !== undefined || s.form === "secret").map((s) => (
                        <Boundary key={s.path} what={s.label}><div data-setting={s.path} className="contents"><SettingInput setting={s} value={value(s.path)} changed={s.path in changes} faults={faults} onChange={(v) => set(s.path, v)} /></div></Boundary>
                      ))}
                    </div>
                  )}
                  {g.test === "mail" && <MailTest />}
                  {g.test === "s3" && on && <S3Test />}
                </section>
              );
            })}
          </div>
          {n > 0 && (
            <footer className="sticky bottom-0 flex items-center gap-2 border-t bg-panel px-4 py-2">
              <Button type="submit" look="primary" busy={busy}>Save {n} {n === 1 ? "change" : "changes"}</Button>
              <Button onClick={() => setChanges({})}>Discard</Button>
              <ul className="min-w-0 flex-1 truncate text-grid text-muted">
                {Object.entries(changes).map(([path, v]) => <li key={path} className="inline pr-3 font-mono">{path}: {/secret|password/i.test(path) ? "replaced" : `${JSON.stringify(valueAt(stored, path))} → ${JSON.stringify(v)}`}</li>)}
              </ul>
            </footer>
          )}
        </form>
      </div>
    </>
  );
}

/** Finds a setting by its words and leads to it. */
function FindSetting() {
  const go = useNavigate();
  const [text, setText] = useState("");
  const sought = text.trim();
  const hits = sought ? settingsCalled(sought).slice(0, 8) : [];
  const open = (to: string) => {
    setText("");
    void go({ href: to });
  };
  return (
    <div className="relative">
      <Search size={14} strokeWidth={1.5} aria-hidden className="absolute top-2.25 left-2 text-faint" />
      <input type="search" aria-label="Find a setting" placeholder="Find a setting" className="h-8 w-60 rounded-sm border border-border bg-bg pr-2 pl-7" value={text} onChange={(e) => setText(e.target.value)} onKeyDown={(e) => e.key === "Enter" && hits[0] && open(hits[0].to)} />
      {hits.length > 0 && (
        <ul className="absolute right-0 z-20 mt-1 w-80 rounded-md border bg-bg p-1 shadow-layer">
          {hits.map((h) => (
            <li key={h.path}>
              <button type="button" className="flex min-h-7 w-full items-center justify-between gap-3 rounded-sm px-2 text-left hover:bg-hover" onClick={() => open(h.to)}>
                {h.name}
                <span className="text-label text-muted">{h.note}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
