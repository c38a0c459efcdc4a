import type { Endpoint, Target } from "../domain/model.js";
import { assignmentsOf, columnsOf, insertInto, valuesOf } from "./columns.js";
import type { Db } from "./database.js";
import type { PageKey } from "./page.js";

/** A row with its fields in camel case; `targets` is JSON. */
type EndpointRow = Omit<Endpoint, "targets"> & { readonly targets: string };

/** The fields that an update changes. */
const CHANGING = ["slug", "targets", "updatedAt"] as const;
const FIELDS = [
  "id",
  "workspaceId",
  "region",
  "createdAt",
  ...CHANGING,
] as const satisfies readonly (keyof Endpoint)[];

/** The target of a slug, as the gateway currently sees it (E-12). */
export interface SlugRoute {
  readonly slug: string;
  readonly endpointId: string;
  readonly workspaceId: string;
  readonly targets: readonly Target[];
}

type RouteRow = Omit<SlugRoute, "targets"> & { readonly targets: string };

export interface EndpointStore {
  insert(endpoint: Endpoint): void;
  update(endpoint: Endpoint): void;
  remove(id: string, at: number): void;
  /** Deleted ones are not found. */
  byId(id: string): Endpoint | null;
  bySlug(slug: string): Endpoint | null;
  /** At most `limit` endpoints after `after`, oldest first, ties by id (P-2). */
  page(workspaceId: string, after: PageKey, limit: number): Endpoint[];
  /** All slugs of a workspace, oldest first. */
  slugs(workspaceId: string): string[];
  /** Replaces all routes by the current endpoints (E-12). */
  publish(): void;
  route(slug: string): SlugRoute | null;
}

export function createEndpointStore(db: Db): EndpointStore {
  const select = `SELECT ${columnsOf(FIELDS)} FROM endpoints`;
  const insert = db.prepare(insertInto("endpoints", FIELDS));
  const update = db.prepare(`UPDATE endpoints SET ${assignmentsOf(CHANGING)} WHERE id = ?`);
  const remove = db.prepare<[number, string]>("UPDATE endpoints SET deleted_at = ? WHERE id = ?");
  const byId = db.prepare<[string], EndpointRow>(`${select} WHERE id = ? AND deleted_at IS NULL`);
  const bySlug = db.prepare<[string], EndpointRow>(`${select} WHERE slug = ? AND deleted_at IS NULL`);
  const page = db.prepare<[string, number, string, number], EndpointRow>(
    `${select} WHERE workspace_id = ? AND deleted_at IS NULL AND (created_at, id) > (?, ?)
     ORDER BY created_at, id LIMIT ?`,
  );
  const slugs = db.prepare<[string], { slug: string }>(
    "SELECT slug FROM endpoints WHERE workspace_id = ? AND deleted_at IS NULL ORDER BY created_at, id",
  );
  const clearRoutes = db.prepare("DELETE FROM routes");
  const fillRoutes = db.prepare(
    `INSERT INTO routes (slug, endpoint_id, workspace_id, targets)
     SELECT slug, id, workspace_id, targets FROM endpoints WHERE deleted_at IS NULL`,
  );
  const route = db.prepare<[string], RouteRow>(
    `SELECT ${columnsOf(["slug", "endpointId", "workspaceId", "targets"])} FROM routes WHERE slug = ?`,
  );

  return {
    insert: (endpoint) => void insert.run(valuesOf(toRow(endpoint), FIELDS)),
    update: (endpoint) => void update.run(valuesOf(toRow(endpoint), CHANGING), endpoint.id),
    remove: (id, at) => void remove.run(at, id),
    byId: (id) => found(byId.get(id)),
    bySlug: (slug) => found(bySlug.get(slug)),
    page: (workspaceId, after, limit) => page.all(workspaceId, after.at, after.id, limit).map(fromRow),
    slugs: (workspaceId) => slugs.all(workspaceId).map((row) => row.slug),
    publish() {
      clearRoutes.run();
      fillRoutes.run();
    },
    route: (slug) => found(route.get(slug)),
  };
}

function toRow(endpoint: Endpoint): EndpointRow {
  return { ...endpoint, targets: JSON.stringify(endpoint.targets) };
}

function found<Row extends { readonly targets: string }>(row: Row | undefined) {
  return row ? fromRow(row) : null;
}

function fromRow<Row extends { readonly targets: string }>(row: Row) {
  const targets: Target[] = JSON.parse(row.targets);
  return { ...row, targets };
}
