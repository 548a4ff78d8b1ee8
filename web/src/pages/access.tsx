import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import clsx from "clsx";
import { Copy } from "lucide-react";
import { useState } from "react";
import { accessOf, accessWords, collectionsQuery, type Access } from "@/lib/collections";
import { asJSON, asMarkdown, findingsQuery, type Finding } from "@/lib/findings";
import { Button } from "@/parts/button";
import { Head } from "@/parts/head";
import { Checkbox, TextInput } from "@/parts/input";
import { Menu, MenuItem } from "@/parts/menu";
import { actionsOf } from "@/parts/rules/words";
import { copy } from "@/parts/small";
import { Failed, Skeleton } from "@/parts/states";

const columns = ["list", "view", "create", "update", "delete", "auth", "manage"] as const;
const look: Record<Access, string> = { superusers: "text-muted", rule: "text-info", everyone: "font-semibold text-public" };

/** Who may do what, of all collections at once, and what deserves a look. */
export function Page() {
  const { data, ...collections } = useQuery(collectionsQuery);
  const { data: found, ...findings } = useQuery(findingsQuery);
  const [find, setFind] = useState("");
  const [system, setSystem] = useState(false);
  const error = collections.error ?? findings.error;
  if (error && !(data && found)) return <Failed what="Who may do what could not be read" error={error} onRetry={() => void (collections.refetch(), findings.refetch())} />;
  if (!data || !found) return <Skeleton lines={12} />;
  const shown = data.filter((c) => (system || !c.system) && c.name.toLowerCase().includes(find.toLowerCase()));
  return (
    <>
      <Head>
        <Menu trigger={<Button icon={Copy}>Copy</Button>}>
          <MenuItem onSelect={() => void copy(asMarkdown(shown))}>As Markdown</MenuItem>
          <MenuItem onSelect={() => void copy(asJSON(shown))}>As JSON</MenuItem>
        </Menu>
      </Head>
      <div className="flex flex-col gap-5 p-4">
        <section aria-label="Findings" className="flex max-w-180 flex-col gap-1">
          <h2 className="text-title font-semibold">{found.length ? `${found.length} to look at` : "Nothing to look at"}</h2>
          <ul className="flex flex-col gap-1">
            {found.map((f) => (
              <li key={f.collection + f.action + f.text} className={clsx("border-l-2 pl-2", f.level === "danger" ? "border-public text-public" : "border-warning")}>
                <Where finding={f} />: {f.text}
              </li>
            ))}
          </ul>
        </section>
        <div className="flex flex-wrap items-center gap-4">
          <TextInput aria-label="Find a collection" placeholder="Find a collection" className="w-60!" value={find} onChange={(e) => setFind(e.target.value)} />
          <Checkbox label="System collections too" checked={system} onChange={(e) => setSystem(e.target.checked)} />
        </div>
        <div className="overflow-auto rounded-md border" tabIndex={0} role="region" aria-label="Rules">
          <table className="w-full text-left text-grid">
            <thead className="bg-panel">
              <tr>
                <th className="border-b px-2 py-1.5 font-medium">Collection</th>
                {columns.map((a) => <th key={a} className="border-b px-2 py-1.5 font-medium">{a === "auth" ? "sign in" : a}</th>)}
              </tr>
            </thead>
            <tbody>
              {shown.map((c) => (
                <tr key={c.id} className="border-b align-top last:border-b-0">
                  <th scope="row" className="px-2 py-1.5 font-medium">
                    <Link to="/c/$name" params={{ name: c.name }} className="text-accent underline">{c.name}</Link>
                  </th>
                  {columns.map((slug) => {
                    const action = actionsOf(c).find((a) => a.slug === slug);
                    if (!action) return <td key={slug} className="px-2 py-1.5 text-faint">–</td>;
                    const rule = c[action.key] as string | null | undefined;
                    const access = accessOf(rule);
                    return (
                      <td key={slug} className="max-w-56 px-2 py-1.5">
                        <Link to="/c/$name/rules/$action" params={{ name: c.name, action: slug }} className={clsx("block min-h-6 truncate rounded-sm hover:bg-hover", look[access])}>
                          {access === "rule" ? <code className="font-mono">{rule}</code> : access === "superusers" ? action.locked.toLowerCase() : accessWords[access]}
                        </Link>
                      </td>
                    );
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </div>
    </>
  );
}

/** What a finding is about, as a link to where it is changed. */
function Where({ finding: { collection: name, action } }: { finding: Finding }) {
  const look = "font-semibold underline";
  if (!name) return <b>Server</b>;
  if (action === "methods" || action === "tokens") return <Link to="/c/$name/auth/$section" params={{ name, section: action }} className={look}>{name}</Link>;
  return <Link to="/c/$name/rules/$action" params={{ name, action }} className={look}>{name}</Link>;
}
