import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { pb, problem } from "@/lib/pb";
import { Button } from "@/parts/button";
import { Field, TextInput } from "@/parts/input";

/** Sends a mail by what is saved, and shows the raw answer. */
export function MailTest() {
  const [to, setTo] = useState((pb.authStore.record?.["email"] as string) ?? "");
  const send = useMutation({ mutationFn: () => pb.settings.testEmail("_superusers", to, "verification") });
  return (
    <div className="flex flex-wrap items-end gap-2">
      <div className="min-w-60 flex-1"><Field label="Send a test mail to">{(w) => <TextInput {...w} type="email" value={to} onChange={(e) => setTo(e.target.value)} />}</Field></div>
      <Button busy={send.isPending} onClick={() => send.mutate()}>Send</Button>
      <Outcome error={send.error} done={send.isSuccess} word="It was handed over." />
    </div>
  );
}

/** Writes, reads and removes a small file by what is saved. */
export function S3Test() {
  const ask = useMutation({ mutationFn: () => pb.settings.testS3("storage") });
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Button busy={ask.isPending} onClick={() => ask.mutate()}>Test the store</Button>
      <Outcome error={ask.error} done={ask.isSuccess} word="A file was written, read and removed." />
    </div>
  );
}

function Outcome({ error, done, word }: { error: unknown; done: boolean; word: string }) {
  if (error) return <p role="alert" className="w-full text-danger">{[problem(error).message, ...Object.entries(problem(error).fields).map(([k, f]) => `${k}: ${f.message}`)].join(" ")}</p>;
  return <p role="status" className="w-full text-success">{done ? word : ""}</p>;
}
