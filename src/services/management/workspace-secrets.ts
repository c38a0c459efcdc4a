import { invalid } from "../../domain/errors.js";
import type { Secret, Workspace } from "../../domain/model.js";
import { newId, type WorldContext, write } from "../world-context.js";

interface DeclaredSecret {
  readonly id: string;
  /** Default: the id. */
  readonly name?: string | undefined;
}

/** The secrets of a workspace, which endpoints refer to (E-7, I-7.3e). Values are not stored. */
export class WorkspaceSecrets {
  readonly #context: WorldContext;

  constructor(context: WorldContext) {
    this.#context = context;
  }

  /** Oldest first. */
  list(workspace: Workspace): Secret[] {
    return this.#context.store.secrets.list(workspace.id);
  }

  /** The secret of this name, created if missing. */
  upsert(workspace: Workspace, name: string): Secret {
    const { clock, store } = this.#context;
    const known = store.secrets.byName(workspace.id, name);
    if (known) return known;
    const secret: Secret = {
      workspaceId: workspace.id,
      id: newId(this.#context, (id) => store.secrets.byId(workspace.id, id) !== null),
      name,
      createdAt: clock.now(),
    };
    write(this.#context, () => store.secrets.put(secret, false));
    return secret;
  }

  /** Replaces the secrets of earlier seeds. @throws GatewayError `validation` */
  declare(workspace: Workspace, declared: readonly DeclaredSecret[]): void {
    const { clock, store } = this.#context;
    const now = clock.now();
    store.secrets.forgetDeclared(
      workspace.id,
      declared.map(({ id }) => id),
    );
    for (const { id, name = id } of declared) {
      const holder = store.secrets.byName(workspace.id, name);
      if (holder && holder.id !== id) throw invalid("secrets", `two secrets named "${name}"`);
      store.secrets.put({ workspaceId: workspace.id, id, name, createdAt: now }, true);
    }
  }

  /** Whether endpoints may use this id (E-7): any id, if no seed declares secrets. */
  known(workspace: Workspace, id: string): boolean {
    const { secrets } = this.#context.store;
    return !secrets.anyDeclared(workspace.id) || secrets.byId(workspace.id, id) !== null;
  }
}
