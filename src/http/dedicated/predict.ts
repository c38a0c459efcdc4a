import { GatewayError } from "../../domain/errors.js";
import type { DeploymentHost } from "../../domain/hosts.js";
import type { PathSelector } from "../../services/deployments/deployments.js";
import { echo } from "../../services/deployments/outcome.js";
import type { AppContext } from "../env.js";
import { CHAT_DIALECT } from "../inference/chat.js";
import { serveModel } from "../inference/serve-model.js";
import { respond } from "../respond.js";
import { engineAnswer } from "./engine-answer.js";
import { readPrediction } from "./prediction-input.js";
import { resolveDeployment, resolveKind } from "./resolve.js";
import { awake, runPrediction } from "./run.js";
import { sendPrediction } from "./send-prediction.js";

/** `predict` of a model, `run_remote` of a chain. Without a rule it echoes the input (Y-24). */
export async function predict(
  c: AppContext,
  route: string,
  kind: DeploymentHost["kind"],
  selector: PathSelector,
): Promise<Response> {
  const resolved = resolveKind(c, kind, selector);
  const request = await readPrediction(c, resolved, route, "json or bytes");
  return sendPrediction(c, await runPrediction(c, request, echo));
}

/** Answers at once. Predictions are answered after the cold start (Y-25). */
export function wake(c: AppContext, selector: PathSelector): Response {
  const { deployment } = resolveDeployment(c, selector);
  c.get("services").deployments.use(deployment);
  return respond(c, { status: 202, body: "", headers: {} });
}

/** A route of the server inside a deployment. Without a rule, the engine's own answer (Y-26). */
export async function sync(c: AppContext, selector: PathSelector): Promise<Response> {
  const resolved = resolveKind(c, "model", selector);
  const { model } = resolved;
  if (!model) throw new GatewayError("unknown_path");
  const request = await readPrediction(c, resolved, `/${c.req.param("route")}`, "anything");
  return sendPrediction(c, await runPrediction(c, request, (asked) => engineAnswer(c, model, asked)));
}

/** The inference host's chat, without its gateway: no limits, no billing (Y-26). */
export async function syncChat(c: AppContext, selector: PathSelector): Promise<Response> {
  const resolved = resolveKind(c, "model", selector);
  await awake(c, resolved.deployment);
  return serveModel(c, {
    ...CHAT_DIALECT,
    admit: (_, input, parsed) =>
      c.get("services").chat.admitDedicated(c.get("inProgress"), input, parsed, resolved),
  });
}
