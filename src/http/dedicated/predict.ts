import { GatewayError } from "../../domain/errors.js";
import type { DeploymentHost } from "../../domain/hosts.js";
import type { PathSelector, ResolvedDeployment } from "../../services/deployments/deployments.js";
import { echo } from "../../services/deployments/outcome.js";
import type { Call, Route } from "../routes.js";
import { fail } from "../settle.js";
import { deliver } from "./deliver.js";
import { reach, readPrediction } from "./input.js";
import { PLACES, type PlacePrefix } from "./places.js";
import { runPrediction } from "./run.js";

/** `predict` of models, `run_remote` of chains, `wake` of both, for every way to name a deployment. */
export const PREDICT_ROUTES: readonly Route[] = PLACES.flatMap((prefix) => [
  predictRoute(prefix, "/predict", "model"),
  predictRoute(prefix, "/run_remote", "chain"),
  wakeRoute(prefix),
]);

function predictRoute({ path, place }: PlacePrefix, route: string, kind: DeploymentHost["kind"]): Route {
  return {
    surface: "dedicated",
    method: "POST",
    path: `${path}${route}`,
    raw: (call) => servePrediction(call, place(call), route, kind),
  };
}

async function servePrediction(
  call: Call,
  place: PathSelector,
  route: string,
  kind: DeploymentHost["kind"],
): Promise<void> {
  try {
    const reached = reachA(kind, call, place);
    const request = await readPrediction(call, reached, route, "json or bytes");
    await deliver(call, await runPrediction(call, request, echo));
  } catch (cause) {
    await fail(call, cause);
  }
}

/** Models predict, chains run; the other's routes are not there. @throws GatewayError */
export function reachA(kind: DeploymentHost["kind"], call: Call, place: PathSelector): ResolvedDeployment {
  const reached = reach(call, place);
  if (reached.deployment.kind === kind) return reached;
  throw new GatewayError("unknown_path", {
    hint:
      kind === "model"
        ? "this is a chain's host: chains have run_remote, async_run_remote and wake"
        : "this is a model's host: models have predict, async_predict, sync/... and wake",
  });
}

/** Answers at once; the deployment answers predictions a cold start later (inference §5, Y-25). */
function wakeRoute({ path, place }: PlacePrefix): Route {
  return {
    surface: "dedicated",
    method: "POST",
    path: `${path}/wake`,
    handler(call) {
      const { deployment } = reach(call, place(call));
      call.services.deployments.use(deployment);
      return { status: 202, body: "", headers: {} };
    },
  };
}
