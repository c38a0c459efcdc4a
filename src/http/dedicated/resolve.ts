import { readAuthorization } from "../../domain/credential.js";
import { GatewayError } from "../../domain/errors.js";
import type { DeploymentHost } from "../../domain/hosts.js";
import type { PathSelector, ResolvedDeployment } from "../../services/deployments/deployments.js";
import type { AppContext } from "../env.js";

/** Header of every answer of a deployment's host (I-5.2c): an id of the request, or of the new async request. */
export const REQUEST_ID = "X-BASETEN-REQUEST-ID";

/** The model or chain of the host. Sets the request id of the answer (Y-21). @throws GatewayError `unknown_path` */
export function deploymentHost(c: AppContext): DeploymentHost {
  c.set("answerHeaders", { [REQUEST_ID]: c.get("services").context.random.hex(32) });
  const { deployment } = c.get("destination");
  // The surface has no other hosts.
  if (!deployment) throw new GatewayError("unknown_path");
  return deployment;
}

/**
 * The deployment and its caller.
 * @throws GatewayError `deployment_unauthorized`, `deployment_not_found`, `deployment_inactive`, `unknown_path`
 */
export function resolveDeployment(c: AppContext, selector: PathSelector): ResolvedDeployment {
  const host = deploymentHost(c);
  const credential = readAuthorization(c.req.header("Authorization"));
  return c.get("services").deployments.resolve(c.get("inProgress"), credential, host, selector);
}

/** The same for a route that only models or only chains have (I-5.1c). @throws GatewayError */
export function resolveKind(
  c: AppContext,
  kind: DeploymentHost["kind"],
  selector: PathSelector,
): ResolvedDeployment {
  const resolved = resolveDeployment(c, selector);
  if (resolved.deployment.kind === kind) return resolved;
  throw new GatewayError("unknown_path", {
    hint:
      kind === "model"
        ? "this is a chain's host: chains have run_remote, async_run_remote and wake"
        : "this is a model's host: models have predict, async_predict, sync/... and wake",
  });
}

/** What a rule may call the key of a request. */
export function keyNames({ key }: ResolvedDeployment["caller"]): string[] {
  return key.name === null ? [key.prefix] : [key.name, key.prefix];
}
