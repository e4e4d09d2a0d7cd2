import createClient from "openapi-fetch";
import type { OrgRole, Session, WorkspaceRole } from "./types";

/*
 * Routes that the description of the API does not have yet, written down by hand. Each goes from here as soon as it is there.
 */

/** The password or the link was right, and now a code of the second factor is asked for. */
export interface SecondFactorWanted {
  second_factor: "totp";
}

export interface SignInMethods {
  sign_up: boolean;
  mail: boolean;
  google: boolean;
}

export interface NewStore {
  name: string;
  currency: string;
  timezone: string;
  week_start: string;
}

export interface Account {
  id: string;
  email: string;
  name: string;
  email_verified: boolean;
  has_password: boolean;
  google: boolean;
  second_factor: { enabled: boolean; recovery_codes_left: number };
  created_at: string;
}

/** What shows that it is oneself. Who has no password must have signed in a short while ago. */
export interface Oneself {
  password?: string;
}

export interface Invite {
  id: string;
  email: string;
  role: OrgRole;
  workspaces: { id: string; name: string; role: WorkspaceRole }[];
  /** The address of who asked them. */
  invited_by: string;
  created_at: string;
  sent_at: string;
  expires_at: string;
  expired: boolean;
}

export interface NewInvites {
  emails: string[];
  role: OrgRole;
  workspaces: { id: string; role: WorkspaceRole }[];
}

export interface InviteResult {
  email: string;
  status: "invited" | "already_member" | "already_invited" | "invalid";
  invite?: Invite;
}

export interface InvitePreview {
  organization: string;
  email: string;
  role: OrgRole;
  invited_by: string;
  has_account: boolean;
}

export interface ApiKey {
  id: string;
  name: string;
  /** What its token begins with. */
  token_start: string;
  scopes: string[];
  /** The only workspace whose stores it sees; all where it is missing. */
  workspace?: { id: string; name: string };
  created_by: { user_id: string; email: string; name: string };
  created_at: string;
  expires_at?: string;
  last_used_at?: string;
  last_used_address?: string;
  /** `resting`: whoever made it may not make keys any more. */
  state: "active" | "expired" | "resting";
}

export interface ApiKeyScope {
  scope: string;
  /** What it is leave to do. */
  summary: string;
  /** Whether a key that is limited to one workspace can have it. */
  for_one_workspace: boolean;
}

export interface NewApiKey {
  name: string;
  scopes: string[];
  workspace_id?: string;
  /** `null` for never. */
  expires_at: string | null;
}

interface Json<Body> {
  content: { "application/json": Body };
}

type Operation<Answers, Body = never, Path = never> = {
  parameters: {
    query?: never;
    header?: never;
    cookie?: never;
  } & ([Path] extends [never] ? { path?: never } : { path: Path });
  responses: Answers;
} & ([Body] extends [never] ? { requestBody?: never } : { requestBody: Json<Body> });

interface Nothing {
  204: { content?: never };
}
interface Taken {
  202: { content?: never };
}
interface Ok<Body> {
  200: Json<Body>;
}
type SignedIn = Ok<Session> & { 202: Json<SecondFactorWanted> };

export interface UpcomingPaths {
  "/api/auth/methods": { get: Operation<Ok<SignInMethods>> };
  "/api/auth/sign-in": { post: Operation<SignedIn, { email: string; password: string }> };
  "/api/auth/second-factor": { post: Operation<Ok<Session>, { code: string }> };
  "/api/auth/sign-up": {
    post: Operation<
      Taken,
      { email: string; password: string; name: string; organization: string; store: NewStore }
    >;
  };
  "/api/auth/sign-up/complete": { post: Operation<Ok<Session>, { token: string }> };
  "/api/auth/sign-up/google": {
    get: Operation<Ok<{ email: string; name: string }>>;
    post: Operation<Ok<Session>, { organization: string; store: NewStore }>;
  };
  "/api/auth/magic-link": { post: Operation<Taken, { email: string }> };
  "/api/auth/magic-link/redeem": { post: Operation<SignedIn, { token: string }> };
  "/api/auth/password-reset": { post: Operation<Taken, { email: string }> };
  "/api/auth/password-reset/redeem": { post: Operation<Nothing, { token: string; new_password: string }> };
  "/api/auth/verification/redeem": { post: Operation<Nothing, { token: string }> };
  "/api/account/verification": { post: Operation<Taken> };
  "/api/account": {
    get: Operation<Ok<Account>>;
    patch: Operation<Ok<Account>, { name: string }>;
    delete: Operation<Nothing, Oneself>;
  };
  "/api/account/second-factor": {
    post: Operation<Ok<{ secret: string; uri: string }>, Oneself>;
    put: Operation<Ok<{ recovery_codes: string[] }>, { code: string }>;
    delete: Operation<Nothing, Oneself>;
  };
  "/api/account/second-factor/recovery-codes": {
    post: Operation<Ok<{ recovery_codes: string[] }>, Oneself>;
  };
  "/api/api-keys": {
    get: Operation<Ok<{ api_keys: ApiKey[]; scopes: ApiKeyScope[] }>>;
    post: Operation<{ 201: Json<ApiKey & { token: string }> }, NewApiKey>;
  };
  "/api/api-keys/{id}": { delete: Operation<Nothing, never, { id: string }> };
  "/api/invites": {
    get: Operation<Ok<{ invites: Invite[] }>>;
    post: Operation<Ok<{ results: InviteResult[] }>, NewInvites>;
  };
  "/api/invites/{id}": { delete: Operation<Nothing, never, { id: string }> };
  "/api/invites/{id}/resend": { post: Operation<Nothing, never, { id: string }> };
  "/api/invites/preview": { post: Operation<Ok<InvitePreview>, { token: string }> };
  "/api/invites/accept": {
    post: Operation<SignedIn, { token: string; name?: string; password?: string }>;
  };
}

export const upcoming = createClient<UpcomingPaths>({
  baseUrl: window.location.origin,
  credentials: "same-origin",
  // Looked up at each call, so that tests can stand in for the network.
  fetch: (request) => globalThis.fetch(request),
});
