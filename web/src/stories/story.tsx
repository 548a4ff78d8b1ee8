import { useId, type ReactNode } from "react";

/** A component, and every state it can be in. */
export interface Story {
  name: string;
  states: Record<string, ReactNode>;
  /** Its states take a line each. */
  wide?: boolean;
}

/** Shows a component's states, each with its name above. */
export function StoryOf({ story: s }: { story: Story }) {
  const id = useId();
  return (
    <section aria-labelledby={id} data-story={s.name} className="flex flex-col gap-3 border-t pt-4">
      <h2 id={id} className="text-title font-semibold">{s.name}</h2>
      <div className={s.wide ? "flex flex-col gap-4" : "grid gap-4 sm:grid-cols-2 min-[1100px]:grid-cols-3"}>
        {Object.entries(s.states).map(([state, shown]) => (
          <div key={state} className="flex min-w-0 flex-col gap-1">
            <p className="text-label text-muted">{state}</p>
            <div className="min-w-0">{shown}</div>
          </div>
        ))}
      </div>
    </section>
  );
}
