import type { Endpoint, Target } from "../domain/model.js";
import { assignmentsOf, columnsOf, fieldsOf, insertInto, queriesOf, valuesOf } from "./columns.js";
import type { Preparing } from "./lazy-statements.js";
import type { PageKey } from "./page.js";

/** The fields that an update changes. */
const CHANGING = ["slug", "targets", "updatedAt"] as const;

/** The target of a slug, as the gateway currently sees it (E-12). */
export interface SlugRoute {
  readonly slug: string;
  readonly endpointId: string;
  readonly workspaceId: string;
  readonly targets: readonly Target[];
}

export function createEndpointStore(db: Preparing) {
  const fields = fieldsOf<Endpoint>(db, "endpoints", "deletedAt");
  const select = `SELECT ${columnsOf(fields)} FROM endpoints`;
  const { one, all } = queriesOf<Endpoint>(db, { json: ["targets"] });
  const insert = db.prepare(insertInto("endpoints", fields));
  const update = db.prepare(`UPDATE endpoints SET ${assignmentsOf(CHANGING)} WHERE id = ?`);
  const remove = db.prepare<[number, string]>("UPDATE endpoints SET deleted_at = ? WHERE id = ?");
  const page = all<[string, number, string, number]>(
    `${select} WHERE workspace_id = ? AND deleted_at IS NULL AND (created_at, id) > (?, ?)
     ORDER BY created_at, id LIMIT ?`,
  );
  const slugs = db
    .prepare<[string], string>(
      "SELECT slug FROM endpoints WHERE workspace_id = ? AND deleted_at IS NULL ORDER BY created_at, id",
    )
    .pluck();
  const clearRoutes = db.prepare("DELETE FROM routes");
  const fillRoutes = db.prepare(
    `INSERT INTO routes (slug, endpoint_id, workspace_id, targets)
     SELECT slug, id, workspace_id, targets FROM endpoints WHERE deleted_at IS NULL`,
  );

  return {
    insert: (endpoint: Endpoint) => void insert.run(...valuesOf(endpoint, fields)),
    update: (endpoint: Endpoint) => void update.run(...valuesOf(endpoint, CHANGING), endpoint.id),
    remove: (id: string, at: number) => void remove.run(at, id),
    /** Deleted ones are not found. */
    byId: one<[id: string]>(`${select} WHERE id = ? AND deleted_at IS NULL`),
    bySlug: one<[slug: string]>(`${select} WHERE slug = ? AND deleted_at IS NULL`),
    /** At most `limit` endpoints after `after`, oldest first, ties by id (P-2). */
    page: (workspaceId: string, after: PageKey, limit: number) =>
      page(workspaceId, after.at, after.id, limit),
    /** All slugs of a workspace, oldest first. */
    slugs: (workspaceId: string) => slugs.all(workspaceId),
    /** Replaces all routes by the current endpoints (E-12). */
    publish(): void {
      clearRoutes.run();
      fillRoutes.run();
    },
    route: queriesOf<SlugRoute>(db, { json: ["targets"] }).one<[slug: string]>(
      `SELECT ${columnsOf(["slug", "endpointId", "workspaceId", "targets"])} FROM routes WHERE slug = ?`,
    ),
  };
}
