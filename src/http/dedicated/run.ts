import type { Deployment } from "../../domain/deployments.js";
import { GatewayError } from "../../domain/errors.js";
import type { PredictionOutcome, PredictionRequest } from "../../services/deployments/outcome.js";
import type { Prediction } from "../../services/deployments/predictions.js";
import type { AppContext } from "../env.js";
import { waitForClient } from "../inference/wait.js";

/** Maximum duration of a prediction, milliseconds (I-5.2f). */
const SYNC_LIMIT_MS = 1_200_000;

/**
 * Waits until the deployment is awake (Y-25).
 * @returns milliseconds left for the answer
 * @throws GatewayError `timeout`, `client_gone`
 */
export async function awake(c: AppContext, deployment: Deployment): Promise<number> {
  const { clock } = c.get("services").context;
  const wait = Math.max(0, c.get("services").deployments.use(deployment) - clock.now());
  if (wait > 0) c.get("inProgress").notes.push(`cold start of ${wait} ms`);
  return waitWithin(c, wait, SYNC_LIMIT_MS, "cold start");
}

/**
 * Runs a prediction: cold start, fault or rule, delay. Returns when the answer is due.
 * @param builtIn the answer when no rule matches
 * @throws GatewayError `timeout`, `client_gone`
 */
export async function runPrediction(
  c: AppContext,
  request: PredictionRequest,
  builtIn: (request: PredictionRequest) => PredictionOutcome,
): Promise<Prediction> {
  const left = await awake(c, request.deployment);
  const prediction = c.get("services").predictions.answer(request, builtIn);
  const inProgress = c.get("inProgress");
  inProgress.notes.push(...prediction.notes);
  inProgress.hint = prediction.hint;
  await waitWithin(c, prediction.delayMs, left, "delayed prediction");
  return prediction;
}

async function waitWithin(c: AppContext, ms: number, left: number, label: string): Promise<number> {
  if ((await waitForClient(c, Math.min(ms, left), label)) !== "due") throw new GatewayError("client_gone");
  if (ms > left) throw new GatewayError("timeout", { hint: "a sync request ends after 1200 s" });
  return left - ms;
}
