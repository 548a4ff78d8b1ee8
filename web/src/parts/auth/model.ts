import type { Collection } from "@/lib/collections";

export interface Template {
  subject: string;
  body: string;
}

export interface Provider {
  name: string;
  clientId: string;
  clientSecret?: string;
  displayName?: string;
  authURL?: string;
  tokenURL?: string;
  userInfoURL?: string;
  pkce?: boolean | null;
  extra?: Record<string, unknown> | null;
  [key: string]: unknown;
}

/** The options of an auth collection, as the API has them; what is not known here is passed through untouched. */
export interface AuthOptions {
  passwordAuth: { enabled: boolean; identityFields: string[] };
  otp: { enabled: boolean; duration: number; length: number; emailTemplate: Template };
  mfa: { enabled: boolean; duration: number; rule: string };
  oauth2: { enabled: boolean; providers: Provider[]; mappedFields: Record<string, string> };
  authAlert: { enabled: boolean; emailTemplate: Template };
  /** Absent until it is on. */
  privateSignUp?: { enabled: boolean; emailTemplate?: Template };
  authToken: { duration: number };
  passwordResetToken: { duration: number };
  emailChangeToken: { duration: number };
  verificationToken: { duration: number };
  fileToken: { duration: number };
  verificationTemplate: Template;
  resetPasswordTemplate: Template;
  confirmEmailChangeTemplate: Template;
}

const keys = ["passwordAuth", "otp", "mfa", "oauth2", "authAlert", "privateSignUp", "authToken", "passwordResetToken", "emailChangeToken", "verificationToken", "fileToken", "verificationTemplate", "resetPasswordTemplate", "confirmEmailChangeTemplate"] as const;

export const optionsOf = (c: Collection): AuthOptions => Object.fromEntries(keys.map((k) => [k, c[k]])) as unknown as AuthOptions;

/** The options that differ from the stored ones, each as a whole. */
export function changedOptions(c: Collection, o: AuthOptions): Partial<AuthOptions> {
  return Object.fromEntries(keys.filter((k) => JSON.stringify(o[k]) !== JSON.stringify(c[k])).map((k) => [k, o[k]]));
}

interface Mail {
  slug: string;
  name: string;
  words: string[];
  get: (o: AuthOptions) => Template;
  set: (o: AuthOptions, t: Template) => AuthOptions;
  test: string;
}

/** The mails of an auth collection, with the words that they may hold. */
export const mails: Mail[] = [
  { slug: "verification", name: "Verification", test: "verification", words: ["TOKEN"], get: (o) => o.verificationTemplate, set: (o, t) => ({ ...o, verificationTemplate: t }) },
  { slug: "reset", name: "Password reset", test: "password-reset", words: ["TOKEN"], get: (o) => o.resetPasswordTemplate, set: (o, t) => ({ ...o, resetPasswordTemplate: t }) },
  { slug: "change", name: "Change of address", test: "email-change", words: ["TOKEN"], get: (o) => o.confirmEmailChangeTemplate, set: (o, t) => ({ ...o, confirmEmailChangeTemplate: t }) },
  { slug: "code", name: "One-time code", test: "otp", words: ["OTP", "OTP_ID"], get: (o) => o.otp.emailTemplate, set: (o, t) => ({ ...o, otp: { ...o.otp, emailTemplate: t } }) },
  { slug: "alert", name: "New place", test: "login-alert", words: ["ALERT_INFO"], get: (o) => o.authAlert.emailTemplate, set: (o, t) => ({ ...o, authAlert: { ...o.authAlert, emailTemplate: t } }) },
];

/** The mail to whoever has an address that somebody else signs up with. */
const attempt: Mail = { slug: "attempt", name: "Sign-up attempt", test: "sign-up-attempt", words: [], get: (o) => o.privateSignUp?.emailTemplate ?? { subject: "", body: "" }, set: (o, t) => ({ ...o, privateSignUp: { enabled: true, ...o.privateSignUp, emailTemplate: t } }) };

/** The mails that a collection sends as its options stand. */
export const mailsOf = (o: AuthOptions): Mail[] => (o.privateSignUp?.enabled && o.privateSignUp.emailTemplate ? [...mails, attempt] : mails);

/** Whether people make accounts here that nothing but the e-mail names: then the answer to a sign-up is all that tells who has one. */
export const suitsPrivateSignUp = (c: Collection, o: AuthOptions): boolean => c.createRule !== null && o.passwordAuth.identityFields.every((f) => f === "email");

/** Whether accounts sign in by a password before their address is proved, which tells whether a sign-up made one. */
export const signsInUnproved = (c: Collection, o: AuthOptions): boolean => o.passwordAuth.enabled && c.authRule === "";
