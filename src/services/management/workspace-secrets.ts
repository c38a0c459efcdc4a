import { invalid } from "../../domain/errors.js";
import type { Secret, Workspace } from "../../domain/model.js";
import { type Kernel, newId, write } from "../kernel.js";

/** A secret as a seed declares it. */
export interface DeclaredSecret {
  readonly id: string;
  /** Its id when absent. */
  readonly name?: string | undefined;
}

/** A workspace's secrets: names that endpoints point at (E-7). No value is ever kept. */
export class WorkspaceSecrets {
  readonly #kernel: Kernel;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /** Oldest first. */
  list(workspace: Workspace): Secret[] {
    return this.#kernel.store.secrets.list(workspace.id);
  }

  /** The secret of this name, made when there is none. A new value changes nothing that can be read. */
  upsert(workspace: Workspace, name: string): Secret {
    const { clock, store } = this.#kernel;
    const known = store.secrets.byName(workspace.id, name);
    if (known) return known;
    const secret: Secret = {
      workspaceId: workspace.id,
      id: newId(this.#kernel, (id) => store.secrets.byId(workspace.id, id) !== null),
      name,
      createdAt: clock.now(),
    };
    write(this.#kernel, () => store.secrets.insert(secret));
    return secret;
  }

  /** What a seed declares, in place of what earlier ones did. @throws GatewayError `validation` */
  declare(workspace: Workspace, declared: readonly DeclaredSecret[]): void {
    const { clock, store } = this.#kernel;
    const now = clock.now();
    store.secrets.forgetDeclared(
      workspace.id,
      declared.map(({ id }) => id),
    );
    for (const { id, name = id } of declared) {
      const holder = store.secrets.byName(workspace.id, name);
      if (holder && holder.id !== id) throw invalid("secrets", `two secrets named "${name}"`);
      store.secrets.declare({ workspaceId: workspace.id, id, name, createdAt: now });
    }
  }

  /** Whether endpoints may name this id (E-7): all may be named where no seed declares any. */
  known(workspace: Workspace, id: string): boolean {
    const { secrets } = this.#kernel.store;
    return !secrets.anyDeclared(workspace.id) || secrets.byId(workspace.id, id) !== null;
  }
}
