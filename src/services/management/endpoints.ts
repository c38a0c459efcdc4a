import { GatewayError, invalid } from "../../domain/errors.js";
import type { Endpoint, Region, Workspace } from "../../domain/model.js";
import { isSlug, ownsSlug, SLUG_FORM } from "../../domain/slug.js";
import { normalizeTarget, type TargetInput, targetProblem } from "../../domain/target.js";
import type { Routing } from "../routing.js";
import { newId, type WorldContext, write } from "../world-context.js";
import { type Page, type PageRequest, pageOf } from "./pages.js";
import type { WorkspaceSecrets } from "./workspace-secrets.js";

/** What POST /v1/gateway/endpoints takes (E-1). */
interface NewEndpoint {
  readonly slug: string;
  readonly targets: readonly TargetInput[];
  readonly region?: Region | null | undefined;
}

/** What PATCH takes; absent fields stay (E-10). */
interface EndpointChange {
  readonly slug?: string | null | undefined;
  readonly targets?: readonly TargetInput[] | null | undefined;
}

/** Endpoints of the management API (E-1 to E-13). */
export class Endpoints {
  readonly #context: WorldContext;
  readonly #routing: Routing;
  readonly #secrets: WorkspaceSecrets;

  constructor(context: WorldContext, parts: { routing: Routing; secrets: WorkspaceSecrets }) {
    this.#context = context;
    this.#routing = parts.routing;
    this.#secrets = parts.secrets;
  }

  /** @throws GatewayError `validation` (E-2 to E-7) */
  create(workspace: Workspace, input: NewEndpoint): Endpoint {
    checkSlugForm(input.slug);
    const target = checkedTarget(input.targets);
    this.#checkReferences(workspace, target);
    this.#checkSlug(workspace, input.slug, null);
    const { store, clock } = this.#context;
    const now = clock.now();
    return this.#write(() => {
      const endpoint: Endpoint = {
        id: newId(this.#context, (id) => store.endpoints.byId(id) !== null),
        workspaceId: workspace.id,
        slug: input.slug,
        targets: [normalizeTarget(target)],
        region: input.region ?? null,
        createdAt: now,
        updatedAt: now,
      };
      store.endpoints.insert(endpoint);
      return endpoint;
    });
  }

  list(workspace: Workspace, request: PageRequest): Page<Endpoint> {
    return pageOf(
      request,
      (after, limit) => this.#context.store.endpoints.page(workspace.id, after, limit),
      (endpoint) => ({ at: endpoint.createdAt, id: endpoint.id }),
    );
  }

  /** @throws GatewayError `foreign`, `not_found` */
  get(workspace: Workspace, id: string): Endpoint {
    const endpoint = this.#context.store.endpoints.byId(id);
    if (!endpoint) throw new GatewayError("not_found", { message: `Endpoint ${id} not found.` });
    if (endpoint.workspaceId !== workspace.id) throw new GatewayError("foreign");
    return endpoint;
  }

  /** Replaces the given fields (E-10). */
  update(workspace: Workspace, id: string, change: EndpointChange): Endpoint {
    const endpoint = this.get(workspace, id);
    const slug = change.slug ?? endpoint.slug;
    checkSlugForm(slug);
    const target = change.targets ? checkedTarget(change.targets) : null;
    if (target) this.#checkReferences(workspace, target);
    if (typeof change.slug === "string") this.#checkSlug(workspace, slug, id);
    else if (!target) return endpoint;
    const changed: Endpoint = {
      ...endpoint,
      slug,
      targets: target ? [normalizeTarget(target)] : endpoint.targets,
      updatedAt: this.#context.clock.now(),
    };
    this.#write(() => this.#context.store.endpoints.update(changed));
    return changed;
  }

  /** The slug stops routing and is free again (E-11). */
  remove(workspace: Workspace, id: string): Endpoint {
    const endpoint = this.get(workspace, id);
    this.#write(() => this.#context.store.endpoints.remove(id, this.#context.clock.now()));
    return endpoint;
  }

  #write<T>(work: () => T): T {
    return write(this.#context, () => {
      this.#routing.beforeEndpointChange();
      return work();
    });
  }

  #checkSlug(workspace: Workspace, slug: string, own: string | null): void {
    if (!ownsSlug(workspace.orgPrefixes, slug)) {
      throw invalid(
        "slug",
        `the prefix must be one that the organization owns (${workspace.orgPrefixes.join(", ")})`,
      );
    }
    const holder = this.#context.store.endpoints.bySlug(slug);
    if (holder && holder.id !== own) throw invalid("slug", `an endpoint with slug "${slug}" already exists`);
  }

  /** Checks model, environment and secret, if the seed declares any (E-7). */
  #checkReferences(workspace: Workspace, target: TargetInput): void {
    if (target.model_id && workspace.models.length > 0) {
      const model = workspace.models.find((declared) => declared.id === target.model_id);
      if (!model) throw invalid("targets.0.model_id", `unknown model ${target.model_id}`);
      const environment = target.environment_name;
      if (environment && environment !== "production" && !model.environments.includes(environment)) {
        throw invalid(
          "targets.0.environment_name",
          `unknown environment ${environment} of model ${model.id}`,
        );
      }
    }
    if (target.secret_id && !this.#secrets.known(workspace, target.secret_id)) {
      throw invalid("targets.0.secret_id", `unknown secret ${target.secret_id}`);
    }
  }
}

/** Checks the form of a slug (E-2). */
function checkSlugForm(slug: string): void {
  if (!isSlug(slug)) throw invalid("slug", SLUG_FORM);
}

/** The single, valid target (E-5, E-6). */
function checkedTarget(inputs: readonly TargetInput[]): TargetInput {
  const [input] = inputs;
  if (!input || inputs.length !== 1) {
    throw invalid("targets", `expected exactly one target, got ${inputs.length}`);
  }
  const problem = targetProblem(input);
  if (problem) throw invalid(`targets.0.${problem.field}`, problem.expected);
  return input;
}
