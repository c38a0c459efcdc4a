import { GatewayError, invalid } from "../../domain/errors.js";
import {
  FEDERATED_PREFIX_LENGTH,
  federatedPrefix,
  MINTED_SECRET_LENGTH,
  registrationProblem,
} from "../../domain/keys.js";
import type { FederatedKey, Group, Workspace } from "../../domain/model.js";
import { hashKey, signatureHolds } from "../secrets.js";
import { type WorldContext, write } from "../world-context.js";
import { type Page, type PageRequest, pageOf } from "./pages.js";

/** Federated keys of a group (K-1 to K-6). */
export class Keys {
  readonly #context: WorldContext;

  constructor(context: WorldContext) {
    this.#context = context;
  }

  /** Makes a key: `sky_` and 12 characters, a dot, and a secret (K-1). @returns it with its text, shown only once */
  mint(group: Group, name: string | null): { readonly text: string; readonly key: FederatedKey } {
    const { store, random } = this.#context;
    let prefix: string;
    do prefix = `sky_${random.alphanumeric(FEDERATED_PREFIX_LENGTH - "sky_".length)}`;
    while (store.keys.prefixTaken(group.workspaceId, prefix));
    const text = `${prefix}.${random.alphanumeric(MINTED_SECRET_LENGTH)}`;
    return { text, key: this.#add(group, text, name) };
  }

  /**
   * Checks the signature of a registration; call it before the body is parsed (K-3, K-4).
   * @throws GatewayError `validation`
   */
  checkSignature(workspace: Workspace, body: Buffer, signature: string | undefined): void {
    if (workspace.registrationPublicKey === null) {
      throw new GatewayError("validation", {
        message: "Must configure a public key before registering API keys",
        hint: `Set registration_public_key of workspace "${workspace.name}" in the seed.`,
      });
    }
    if (!signatureHolds(workspace.registrationPublicKey, body, signature)) {
      throw new GatewayError("validation", {
        message: "Signature verification failed",
        hint: "X-Baseten-Signature must be the base64 Ed25519 signature of the exact body bytes.",
      });
    }
  }

  /** Registers a key that the caller made (K-5). @throws GatewayError `validation` */
  register(group: Group, text: string, name: string | null): void {
    const problem = registrationProblem(text);
    if (problem) throw invalid("key", problem);
    this.adopt(group, text, name);
  }

  /** Adds a key of a seed: only its prefix must be new. @throws GatewayError `validation` */
  adopt(group: Group, text: string, name: string | null): FederatedKey {
    const { store } = this.#context;
    if (store.keys.prefixTaken(group.workspaceId, federatedPrefix(text))) {
      throw invalid(
        "key",
        `its first ${FEDERATED_PREFIX_LENGTH} characters are the prefix of another key of this workspace`,
      );
    }
    const hash = hashKey(text);
    if (store.keys.hashTaken(hash) || store.workspaceKeys.byHash(hash)) {
      throw invalid("key", "this key is already in use");
    }
    return this.#add(group, text, name);
  }

  list(group: Group, request: PageRequest): Page<FederatedKey> {
    const page = pageOf(
      request,
      (after, limit) => this.#context.store.keys.page(group.id, after, limit),
      ({ key, createdAt }) => ({ at: createdAt, id: key.prefix }),
    );
    return { items: page.items.map(({ key }) => key), next: page.next };
  }

  /** @throws GatewayError `not_found`: unknown, revoked, or another group's (K-2) */
  get(group: Group, prefix: string): FederatedKey {
    const key = this.#context.store.keys.byPrefix(group.id, prefix);
    if (!key)
      throw new GatewayError("not_found", { message: `API key ${federatedPrefix(prefix)} not found.` });
    return key;
  }

  /** Revokes a key at once and for good (K-2). @throws GatewayError `not_found` */
  revoke(group: Group, prefix: string): FederatedKey {
    const key = this.get(group, prefix);
    write(this.#context, () => this.#context.store.keys.revoke(group.id, prefix, this.#context.clock.now()));
    return key;
  }

  #add(group: Group, text: string, name: string | null): FederatedKey {
    const key: FederatedKey = {
      workspaceId: group.workspaceId,
      groupId: group.id,
      prefix: federatedPrefix(text),
      name,
    };
    write(this.#context, () =>
      this.#context.store.keys.insert(key, hashKey(text), this.#context.clock.now()),
    );
    return key;
  }
}
