import type { Endpoint, Region, Target } from "../domain/model.js";
import type { Db } from "./database.js";
import type { PageKey } from "./page.js";

interface EndpointRow {
  id: string;
  workspace_id: string;
  slug: string;
  targets: string;
  region: Region | null;
  created_at: number;
  updated_at: number;
  deleted_at: number | null;
}

/** The target of a slug, as the gateway currently sees it (E-12). */
export interface SlugRoute {
  readonly slug: string;
  readonly endpointId: string;
  readonly workspaceId: string;
  readonly targets: readonly Target[];
}

interface RouteRow {
  slug: string;
  endpoint_id: string;
  workspace_id: string;
  targets: string;
}

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
  const insert = db.prepare(
    `INSERT INTO endpoints (id, workspace_id, slug, targets, region, created_at, updated_at)
     VALUES (:id, :workspace_id, :slug, :targets, :region, :created_at, :updated_at)`,
  );
  const update = db.prepare(
    "UPDATE endpoints SET slug = :slug, targets = :targets, updated_at = :updated_at WHERE id = :id",
  );
  const remove = db.prepare<[number, string]>("UPDATE endpoints SET deleted_at = ? WHERE id = ?");
  const byId = db.prepare<[string], EndpointRow>(
    "SELECT * FROM endpoints WHERE id = ? AND deleted_at IS NULL",
  );
  const bySlug = db.prepare<[string], EndpointRow>(
    "SELECT * FROM endpoints WHERE slug = ? AND deleted_at IS NULL",
  );
  const page = db.prepare<[string, number, string, number], EndpointRow>(
    `SELECT * FROM endpoints WHERE workspace_id = ? AND deleted_at IS NULL AND (created_at, id) > (?, ?)
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
  const route = db.prepare<[string], RouteRow>("SELECT * FROM routes WHERE slug = ?");

  return {
    insert: (endpoint) => void insert.run(toRow(endpoint)),
    update: ({ id, slug, targets, updatedAt }) =>
      void update.run({ id, slug, targets: JSON.stringify(targets), updated_at: updatedAt }),
    remove: (id, at) => void remove.run(at, id),
    byId: (id) => fromRow(byId.get(id)),
    bySlug: (slug) => fromRow(bySlug.get(slug)),
    page: (workspaceId, after, limit) =>
      page
        .all(workspaceId, after.at, after.id, limit)
        .map(fromRow)
        .filter((endpoint) => endpoint !== null),
    slugs: (workspaceId) => slugs.all(workspaceId).map((row) => row.slug),
    publish() {
      clearRoutes.run();
      fillRoutes.run();
    },
    route(slug) {
      const row = route.get(slug);
      if (!row) return null;
      const targets: Target[] = JSON.parse(row.targets);
      return { slug: row.slug, endpointId: row.endpoint_id, workspaceId: row.workspace_id, targets };
    },
  };
}

function toRow(endpoint: Endpoint): Omit<EndpointRow, "deleted_at"> {
  return {
    id: endpoint.id,
    workspace_id: endpoint.workspaceId,
    slug: endpoint.slug,
    targets: JSON.stringify(endpoint.targets),
    region: endpoint.region,
    created_at: endpoint.createdAt,
    updated_at: endpoint.updatedAt,
  };
}

function fromRow(row: EndpointRow | undefined): Endpoint | null {
  if (!row) return null;
  const targets: Target[] = JSON.parse(row.targets);
  return {
    id: row.id,
    workspaceId: row.workspace_id,
    slug: row.slug,
    targets,
    region: row.region,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
