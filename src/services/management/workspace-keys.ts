import { GatewayError, invalid } from "../../domain/errors.js";
import { MINTED_SECRET_LENGTH, WORKSPACE_PREFIX_LENGTH, workspacePrefix } from "../../domain/keys.js";
import type { Workspace, WorkspaceKey, WorkspaceKeyType } from "../../domain/model.js";
import { hashKey } from "../secrets.js";
import { type WorldContext, write } from "../world-context.js";

/** What a new workspace key is made from (I-7.1a). */
type NewWorkspaceKey = Pick<WorkspaceKey, "name" | "type" | "modelIds" | "ofTeam">;

const MANAGING: readonly WorkspaceKeyType[] = ["PERSONAL", "WORKSPACE_MANAGE_ALL"];

/** Types that can be restricted to models (I-7.1b). */
const SCOPED: readonly WorkspaceKeyType[] = ["WORKSPACE_EXPORT_METRICS", "WORKSPACE_INVOKE"];

/** The workspace keys of a workspace (I-7.1a to I-7.1e, A-7). */
export class WorkspaceKeys {
  readonly #context: WorldContext;

  constructor(context: WorldContext) {
    this.#context = context;
  }

  /**
   * Makes a key: a unique prefix, a dot, and a secret.
   * @returns its text, which is shown only once
   * @throws GatewayError `validation`
   */
  mint(workspace: Workspace, input: NewWorkspaceKey): { readonly text: string; readonly prefix: string } {
    checkScope(workspace, input);
    const { random, store } = this.#context;
    let prefix: string;
    do prefix = random.alphanumeric(WORKSPACE_PREFIX_LENGTH);
    while (store.workspaceKeys.prefixTaken(prefix));
    const text = `${prefix}.${random.alphanumeric(MINTED_SECRET_LENGTH)}`;
    this.#put(workspace, text, input);
    return { text, prefix };
  }

  /** Adds a key of a seed. @throws GatewayError `validation` */
  adopt(workspace: Workspace, text: string, input: NewWorkspaceKey): void {
    checkScope(workspace, input);
    const { keys, workspaceKeys } = this.#context.store;
    const hash = hashKey(text);
    const holder = workspaceKeys.byHash(hash)?.workspaceId ?? workspace.id;
    if (holder !== workspace.id || keys.hashTaken(hash)) throw invalid("key", "this key is already in use");
    this.#put(workspace, text, input);
  }

  /** Whether this is a managing key of the workspace. */
  manages(workspace: Workspace, text: string): boolean {
    const key = this.#context.store.workspaceKeys.byHash(hashKey(text));
    return key?.workspaceId === workspace.id && MANAGING.includes(key.type);
  }

  /** Oldest first. */
  list(workspace: Workspace): WorkspaceKey[] {
    return this.#context.store.workspaceKeys.list(workspace.id);
  }

  /**
   * Deletes a key at once and for good (I-7.1d). Prefixes of other workspaces are unknown (Y-45).
   * @throws GatewayError `not_found`; `validation` when several keys of a seed have the prefix
   */
  remove(workspace: Workspace, prefix: string): void {
    const { workspaceKeys } = this.#context.store;
    const found = workspaceKeys.byPrefix(workspace.id, prefix);
    if (found.length === 0) {
      // A caller may have sent the whole key; the message must not repeat it.
      throw new GatewayError("not_found", { message: `API key ${workspacePrefix(prefix)} not found.` });
    }
    if (found.length > 1) {
      throw invalid("prefix", `${found.length} keys of this workspace have the prefix ${prefix}`);
    }
    write(this.#context, () => workspaceKeys.remove(workspace.id, prefix));
  }

  /** The error for a team of another workspace, or an unknown one. */
  unknownTeam(id: string): GatewayError {
    const foreign = this.#context.store.workspaces.all().some(({ team }) => team.id === id);
    return foreign
      ? new GatewayError("foreign")
      : new GatewayError("not_found", { message: `Team ${id} not found.` });
  }

  #put(workspace: Workspace, text: string, input: NewWorkspaceKey): void {
    const key = { ...input, workspaceId: workspace.id, prefix: workspacePrefix(text) };
    const { clock, store } = this.#context;
    write(this.#context, () => store.workspaceKeys.put(key, hashKey(text), clock.now()));
  }
}

/** Models are only checked if the seed declares any, as in E-7. */
function checkScope({ models }: Workspace, { type, modelIds }: NewWorkspaceKey): void {
  if (modelIds === null) return;
  if (!SCOPED.includes(type)) {
    throw invalid("model_ids", `only keys of type ${SCOPED.join(" or ")} take it`);
  }
  if (modelIds.length === 0) throw invalid("model_ids", "expected at least one model, or null for all");
  const unknown = modelIds.findIndex((id) => models.length > 0 && !models.some((model) => model.id === id));
  if (unknown >= 0) throw invalid(`model_ids.${unknown}`, `unknown model ${modelIds[unknown]}`);
}
