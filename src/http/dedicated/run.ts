import type { Deployment } from "../../domain/deployments.js";
import { GatewayError } from "../../domain/errors.js";
import type { PredictionOutcome, PredictionRequest } from "../../services/deployments/outcome.js";
import type { Prediction } from "../../services/deployments/predictions.js";
import { ClientGone } from "../body.js";
import { waitForClient } from "../inference/client.js";
import type { Call } from "../routes.js";

/** Longest wait for an answer, milliseconds: the documented bound of a sync request (inference §5). */
const SYNC_LIMIT_MS = 1_200_000;

/**
 * Waits until the deployment is awake (Y-25).
 * @returns the milliseconds that are left for the answer
 * @throws GatewayError `timeout`; ClientGone
 */
export async function awake(call: Call, deployment: Deployment): Promise<number> {
  const { clock } = call.services.context;
  const wait = Math.max(0, call.services.deployments.use(deployment) - clock.now());
  if (wait > 0) call.inProgress.notes.push(`cold start of ${wait} ms`);
  return waitWithin(call, wait, SYNC_LIMIT_MS, "cold start");
}

/**
 * Asks a deployment: cold start, fault or rule, delay. What comes back is due now.
 * @param builtIn what is said when no rule speaks
 * @throws GatewayError `timeout`; ClientGone
 */
export async function runPrediction(
  call: Call,
  request: PredictionRequest,
  builtIn: (request: PredictionRequest) => PredictionOutcome,
): Promise<Prediction> {
  const left = await awake(call, request.deployment);
  const prediction = call.services.predictions.answer(request, builtIn);
  call.inProgress.notes.push(...prediction.notes);
  await waitWithin(call, prediction.delayMs, left, "delayed prediction");
  return prediction;
}

async function waitWithin(call: Call, ms: number, left: number, label: string): Promise<number> {
  if (!(await waitForClient(call, Math.min(ms, left), label))) throw new ClientGone();
  if (ms > left) throw new GatewayError("timeout", { hint: "a sync request ends after 1200 s" });
  return left - ms;
}
