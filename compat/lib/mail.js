// A mail server for the suites: it takes every mail and keeps it.
import { createServer } from "node:net";

// startMail returns {port, stop, next}: next waits for the mail after the last one that was asked for.
export async function startMail() {
  const mails = [];
  const waiting = [];
  const server = createServer((socket) => {
    let text = "";
    let to = [];
    let data = null;
    const say = (line) => socket.write(`${line}\r\n`);
    socket.on("error", () => {});
    say("220 loopback ESMTP");
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      for (let end = text.indexOf("\r\n"); end >= 0; end = text.indexOf("\r\n")) {
        const line = text.slice(0, end);
        text = text.slice(end + 2);
        if (data !== null) {
          if (line !== ".") {
            data += `${line.replace(/^\./, "")}\r\n`;
            continue;
          }
          deliver({ to, ...parts(data) });
          data = null;
          to = [];
          say("250 taken");
          continue;
        }
        const verb = line.slice(0, 4).toUpperCase();
        if (verb === "RCPT") to.push(/<(.*?)>/.exec(line)[1]);
        if (verb === "DATA") data = "";
        if (verb === "QUIT") {
          say("221 bye");
          socket.end();
        } else say(verb === "DATA" ? "354 go on" : "250 fine");
      }
    });
  });
  const deliver = (mail) => (waiting.length ? waiting.shift()(mail) : mails.push(mail));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: server.address().port,
    stop: () => server.close(),
    next: () => (mails.length ? Promise.resolve(mails.shift()) : new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error("no mail came")), 20_000);
      waiting.push((mail) => {
        clearTimeout(timer);
        resolve(mail);
      });
    })),
  };
}

// parts are the subject and all text of a mail, decoded as far as the suites need it.
function parts(raw) {
  const body = raw.replace(/=\r\n/g, "").replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  return { subject: /^Subject: (.*)\r$/m.exec(raw)?.[1] ?? "", body };
}
