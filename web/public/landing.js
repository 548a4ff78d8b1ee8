// The pages that links in mails lead to. What stands after # never reaches the server: a mail scanner that
// fetches the link uses nothing up. Text from outside is only ever set as text.
"use strict";

const views = [
  [/^#\/auth\/confirm-verification\/(.+)$/, verification],
  [/^#\/auth\/confirm-password-reset\/(.+)$/, passwordReset],
  [/^#\/auth\/confirm-email-change\/(.+)$/, emailChange],
  [/^#\/auth\/otp\/([^/]+)\/([^/]+)$/, code],
  [/^#\/auth\/oauth2-redirect-(success|failure)$/, oauth2],
  [/^#\/(?:setup|pbinstall)\/(.+)$/, setup],
];

const landing = document.createElement("main");

function route() {
  for (const [pattern, show] of views) {
    const found = pattern.exec(location.hash);
    if (found) return show(...found.slice(1));
  }
  if (/^#\/(auth|setup|pbinstall)\//.test(location.hash)) return broken();
  location.reload();
}

// claims reads a token without proof, to know whom it is about; the server proves it.
function claims(token) {
  try {
    const bytes = Uint8Array.from(atob(token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes)) || {};
  } catch {
    return {};
  }
}

// send returns whether something was done, the status, and what the server says; the status is 0 when it says nothing.
async function send(path, body) {
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      credentials: "omit",
      body: JSON.stringify(body),
    });
    return { ok: answer.ok, status: answer.status, said: await answer.json().catch(() => ({})) };
  } catch {
    return { ok: false, status: 0, said: { message: "The server cannot be reached. Please try again." } };
  }
}

// fault is what was wrong; null when nothing was.
const fault = ({ ok, status, said }) => (ok ? null : { status, message: said.message || "", data: said.data || {}, mfaId: said.mfaId });

const post = async (path, body) => fault(await send(path, body));

// enter signs a superuser in to the dashboard and opens it, or returns what was wrong.
async function enter(method, body) {
  const answer = await send(at("_superusers", method), body);
  if (answer.ok) {
    const { token, record } = answer.said;
    localStorage.setItem("pocketbase_auth", JSON.stringify({ token, record }));
    leave("#/");
  }
  return fault(answer);
}

// leave opens the dashboard; what stood in the address is not gone back to.
function leave(hash) {
  history.replaceState(null, "", hash);
  location.reload();
}

const api = new URL("../api", location.href.split("#")[0]).href;
const at = (collection, action) => `${api}/collections/${encodeURIComponent(collection)}/${action}`;

function element(name, attributes = {}, ...children) {
  const e = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, value);
  e.append(...children);
  return e;
}

function page(title, lead, ...content) {
  const mark = element("img", { class: "mark", src: "./icon.svg", alt: "" });
  const heading = element("h1", { tabindex: "-1" }, title);
  landing.replaceChildren(element("section", { class: "card" }, mark, heading, element("p", { class: "lead", role: "status" }, lead), ...content));
  document.title = title;
  heading.focus({ preventScroll: true });
}

const broken = () => page("This link is not complete", "Please open it again from the mail, or copy all of it.");
const worn = "The link is too old, or it was used already. Ask for a new one where you came from.";

// form makes a form of [name, label, type, autocomplete] rows; send returns an error of post, or null.
function form(rows, button, send, done) {
  const fields = new Map();
  const f = element("form", { novalidate: "" });
  for (const [name, label, type, complete] of rows) {
    const id = `field-${name}`;
    const input = element("input", { id, name, type, autocomplete: complete, required: "", "aria-describedby": `${id}-fault` });
    const fault = element("p", { id: `${id}-fault`, class: "fault", "aria-live": "polite" });
    f.append(element("div", {}, element("label", { for: id }, label), input, fault));
    fields.set(name, { input, fault });
  }
  const submit = element("button", { type: "submit" }, button);
  const failed = element("p", { class: "fault", role: "alert" });
  f.append(submit, failed);
  f.addEventListener("submit", async (event) => {
    event.preventDefault();
    submit.disabled = true;
    failed.textContent = "";
    const values = {};
    for (const [name, { input, fault }] of fields) {
      values[name] = input.value;
      fault.textContent = "";
      input.removeAttribute("aria-invalid");
    }
    const error = await send(values);
    submit.disabled = false;
    if (!error) return done(values);
    let first = null;
    for (const [name, { input, fault }] of fields) {
      const detail = error.data[name];
      if (!detail) continue;
      fault.textContent = detail.message;
      input.setAttribute("aria-invalid", "true");
      first = first || input;
    }
    if (error.data.token) failed.textContent = worn;
    else if (!first) failed.textContent = error.status === 404 ? worn : error.message || "That did not work. Please try again.";
    if (first) first.focus();
  });
  return f;
}

async function verification(token) {
  const { email, collectionId } = claims(token);
  if (!email || !collectionId) return broken();
  page("One moment", "Your address is being confirmed …");
  const error = await post(at(collectionId, "confirm-verification"), { token });
  if (!error) return page("Your address is confirmed", `${email} is yours. You can close this page.`);
  const again = element("button", { type: "button" }, "Send a new link");
  again.addEventListener("click", async () => {
    again.disabled = true;
    const failed = await post(at(collectionId, "request-verification"), { email });
    page(failed ? "That did not work" : "Look into your mails", failed ? failed.message : `If ${email} still has to be confirmed, a new link is on its way.`);
  });
  page("This link does not work any more", error.data.token ? "It is too old, or the address has changed." : error.message, again);
}

function passwordReset(token) {
  const { email, collectionId } = claims(token);
  if (!email || !collectionId) return broken();
  page("Choose a new password", `For the account of ${email}`, form(
    [["password", "New password", "password", "new-password"], ["passwordConfirm", "The same again", "password", "new-password"]],
    "Set the password",
    (values) => post(at(collectionId, "confirm-password-reset"), { token, ...values }),
    () => page("Your password is set", "Sign in with it where you came from. All other sessions have ended."),
  ));
}

function emailChange(token) {
  const { newEmail, collectionId } = claims(token);
  if (!newEmail || !collectionId) return broken();
  page("Is this your new address?", `Your account will use ${newEmail}`, form(
    [["password", "Your password", "password", "current-password"]],
    "Confirm new email",
    (values) => post(at(collectionId, "confirm-email-change"), { token, ...values }),
    () => page("Your address has changed", `From now on sign in with ${newEmail}. All sessions have ended.`),
  ));
}

function oauth2(outcome) {
  page(outcome === "success" ? "You are signed in" : "Signing in did not work", "You can close this window.");
  window.close();
}

// code asks first: what opens links in mails, with a script even, must not use the code up.
function code(otpId, password) {
  const yes = element("button", { type: "button" }, "Sign in");
  yes.addEventListener("click", async () => {
    yes.disabled = true;
    const wrong = await enter("auth-with-otp", { otpId, password });
    if (wrong?.mfaId) second(wrong.mfaId);
    else if (wrong) page("This code does not work any more", wrong.status === 400 ? "It is too old, or it was used already." : wrong.message, element("a", { href: "#/login", class: "button" }, "Sign in another way"));
  });
  page("Sign in to the dashboard?", "The code of your mail is ready. It works once.", yes);
}

function second(mfaId) {
  page("One more step", "The code was right. Your password completes it.", form(
    [["identity", "E-mail", "email", "username"], ["password", "Password", "password", "current-password"]],
    "Sign in",
    (values) => enter("auth-with-password", { ...values, mfaId }),
    () => {},
  ));
}

function setup(token) {
  page("Welcome to Holdall", "Make the first superuser: the account that may do everything.", form(
    [["email", "E-mail", "email", "username"], ["password", "Password", "password", "new-password"]],
    "Make the account",
    (values) => post(`${api}/setup`, { token, ...values }),
    async ({ email, password }) => {
      if (await enter("auth-with-password", { identity: email, password })) page("Your server is ready", `Sign in as ${email}.`, element("a", { href: "#/login", class: "button" }, "Open the dashboard"));
    },
  ));
}

document.body.replaceChildren(landing);
addEventListener("hashchange", route);
route();
