import { useState } from "react";
import { setPrefs, usePrefs } from "@/lib/prefs";
import { Head } from "@/parts/head";
import { Segmented } from "@/parts/input";
import { controls } from "@/stories/controls";
import { data } from "@/stories/data";
import { kinds } from "@/stories/fields";
import { layers } from "@/stories/layers";
import { layouts } from "@/stories/layouts";
import { rules } from "@/stories/rules";
import { said } from "@/stories/said";
import { StoryOf } from "@/stories/story";

/** Every component in every state: what a change of one is looked at with. */
export function Page() {
  const { theme, density } = usePrefs();
  const [dir, setDir] = useState<"ltr" | "rtl">("ltr");
  return (
    <>
      <Head>
        <Segmented label="Theme" value={theme} onChange={(theme) => setPrefs({ theme })} options={[{ value: "system", name: "System" }, { value: "light", name: "Light" }, { value: "dark", name: "Dark" }]} />
        <Segmented label="Rows" value={density} onChange={(density) => setPrefs({ density })} options={[{ value: "compact", name: "Compact" }, { value: "normal", name: "Normal" }, { value: "roomy", name: "Roomy" }]} />
        <Segmented label="Direction" value={dir} onChange={setDir} options={[{ value: "ltr", name: "Left to right" }, { value: "rtl", name: "Right to left" }]} />
      </Head>
      <div dir={dir} className="flex flex-col gap-8 p-4">
        {[...controls, ...said, ...layers, ...data, ...layouts, ...kinds, ...rules].map((s) => <StoryOf key={s.name} story={s} />)}
      </div>
    </>
  );
}
