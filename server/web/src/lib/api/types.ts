import type { components } from "./schema";

type Schemas = components["schemas"];

export type Store = Schemas["Store"];
export type Import = Schemas["Import"];
export type CellError = Import["errors"][number];
export type Session = Schemas["Session"];
export type SessionEntry = Schemas["SessionEntry"];
export type Membership = Schemas["Membership"];
export type Member = Schemas["Member"];
export type OrgRole = Schemas["OrgRole"];
export type Workspace = Schemas["Workspace"];
export type WorkspaceRole = Schemas["WorkspaceRole"];
export type AuditEvent = Schemas["Event"];
export type FieldProblem = Schemas["FieldProblem"];
export type Problem = Schemas["Problem"];
export type QueryRequest = Schemas["QueryRequest"];
export type QueryResponse = Schemas["QueryResponse"];
export type QueryColumn = QueryResponse["columns"][number];
