import type * as z from "zod";
import type { createEndpointSchema } from "../schemas/endpoints.js";
import type { createGroupSchema } from "../schemas/groups.js";
import { errorOf, type WorldConnection } from "./connection.js";
import { checkFields, type Fields } from "./known-fields.js";

type EndpointBody = z.input<typeof createEndpointSchema>;
type GroupBody = z.input<typeof createGroupSchema>;

/** A new endpoint; without targets it gets a default model. */
export type EndpointInput = Pick<EndpointBody, "slug"> & Partial<EndpointBody>;

/** A new group, its fields side by side as in a seed. */
export interface GroupInput {
  readonly external_entity_id: string;
  readonly name?: string | null;
  /** Slugs alone, or with limits. */
  readonly models: readonly (string | GroupBody["models"][number])[];
  readonly limit_enforcement?: "INDEPENDENT" | "CASCADING";
  /** The parent, or its id. */
  readonly parent?: string | { readonly id: string };
}

/** An endpoint as the API answers it (E-1). */
export interface CreatedEndpoint {
  readonly id: string;
  readonly slug: string;
  readonly targets: EndpointBody["targets"];
  readonly created_at: string;
  readonly updated_at: string;
}

/** A group as the API answers it (G-1, G-10). */
export interface CreatedGroup {
  readonly id: string;
  readonly metadata: { readonly name: string | null; readonly external_entity_id: string };
  readonly models: readonly object[];
  readonly effective_models: readonly object[];
  readonly hierarchy: {
    readonly limit_enforcement: "INDEPENDENT" | "CASCADING";
    readonly parent_group_id: string | null;
  };
  readonly created_at: string;
}

/** A key as the API answers it, once (K-1). */
export interface MintedKey {
  /** The whole key. */
  readonly api_key: string;
  readonly prefix: string;
  readonly name: string | null;
}

/** The management API refused. The message is its own, with the emulator's hint. */
export class ManagementError extends Error {
  override readonly name = "ManagementError";
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

const DEFAULT_MODEL_ID = "emulated";

const GROUP: Fields<GroupInput> = {
  external_entity_id: true,
  name: true,
  models: true,
  limit_enforcement: true,
  parent: true,
};

const NO_GROUP = "mintKey: expected what `await createGroup()` answered, or the id of a group";

/** The management API of one world. @throws ManagementError from every member, ControlError when nothing answers */
export class ManagementApi {
  readonly #connection: WorldConnection;
  readonly #key: () => string;

  constructor(connection: WorldConnection, key: () => string) {
    this.#connection = connection;
    this.#key = key;
  }

  createEndpoint(input: string | EndpointInput): Promise<CreatedEndpoint> {
    const given = typeof input === "string" ? { slug: input } : input;
    return this.#post("/v1/gateway/endpoints", {
      targets: [{ provider: "BASETEN", model_id: DEFAULT_MODEL_ID }],
      ...given,
    });
  }

  createGroup(group: GroupInput): Promise<CreatedGroup> {
    checkFields("createGroup", group, GROUP);
    const { external_entity_id, name, models, limit_enforcement, parent } = group;
    const parentId = typeof parent === "object" ? parent.id : parent;
    return this.#post("/v1/gateway/groups", {
      metadata: { external_entity_id, ...(name == null ? {} : { name }) },
      models: models?.map((model) => (typeof model === "string" ? { slug: model } : model)),
      hierarchy: {
        ...(limit_enforcement ? { limit_enforcement } : {}),
        ...(parentId ? { parent_group_id: parentId } : {}),
      },
    });
  }

  mintKey(group: string | { readonly id: string }, name?: string): Promise<MintedKey> {
    const id = typeof group === "string" ? group : group?.id;
    if (typeof id !== "string") throw new TypeError(NO_GROUP);
    return this.#post(
      `/v1/gateway/groups/${encodeURIComponent(id)}/api_keys`,
      name === undefined ? {} : { name },
    );
  }

  async #post<T>(path: string, body: object): Promise<T> {
    const answer = await this.#connection.send(path, {
      method: "POST",
      headers: { Authorization: `Api-Key ${this.#key()}`, "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    if (answer.ok) return (await answer.json()) as T;
    const { message } = errorOf(await answer.text());
    const hint = answer.headers.get("x-emulator-hint");
    throw new ManagementError(
      `POST ${path} was refused with ${answer.status}: ${message}${hint ? ` (${hint})` : ""}`,
      answer.status,
    );
  }
}
