import { isUtf8 } from "node:buffer";
import type { AsyncRequest, AsyncTarget } from "../../domain/async/request.js";
import {
  failureCodeOf,
  type PredictionFailureCode,
  type PredictionResult,
} from "../../domain/async/retry.js";
import { type Deployable, type Deployment, deploymentOf } from "../../domain/deployments.js";
import type { GatewayError } from "../../domain/errors.js";
import { parseJson } from "../../domain/parse-json.js";
import type { Deployments } from "../deployments/deployments.js";
import { echo, type PredictionOutcome } from "../deployments/outcome.js";
import type { Prediction, Predictions } from "../deployments/predictions.js";
import type { WorldContext } from "../world-context.js";

/** The result of a prediction and its duration, milliseconds on the world's clock. */
export interface TimedPrediction {
  readonly outcome: PredictionResult;
  /** Infinity: the model never answers. */
  readonly durationMs: number;
}

/** Predicts as the synchronous calls of the declared deployments do. */
export class DeploymentPredictor {
  readonly #context: WorldContext;
  readonly #deployments: Deployments;
  readonly #predictions: Predictions;

  constructor(context: WorldContext, parts: { deployments: Deployments; predictions: Predictions }) {
    this.#context = context;
    this.#deployments = parts.deployments;
    this.#predictions = parts.predictions;
  }

  /**
   * When the deployment is ready: now or earlier if it is awake. Wakes a sleeping deployment (Y-25). A removed deployment
   * is ready at once, and its requests fail.
   */
  readyAt(target: AsyncTarget): number {
    const deployment = this.#find(target);
    return deployment && deployment.status !== "INACTIVE"
      ? this.#deployments.use(deployment)
      : this.#context.clock.now();
  }

  /** The result of the request's next attempt. Does not wait on the world's clock. */
  predict(request: AsyncRequest): TimedPrediction {
    const deployment = this.#find(request);
    if (!deployment) return missing("deployment does not exist");
    if (deployment.status === "INACTIVE") return missing("deployment is inactive");
    const { input, key } = request;
    const prediction = this.#predictions.answer(
      {
        deployment,
        route: deployment.kind === "chain" ? "/run_remote" : "/predict",
        method: "POST",
        key,
        text: input,
        input: JSON.parse(input),
        body: Buffer.from(input),
        contentType: "application/json",
        fault: null,
        header: () => undefined,
      },
      echo,
    );
    return { outcome: outcomeOf(prediction), durationMs: prediction.delayMs };
  }

  /** The deployment as declared now; it may have changed since the request. */
  #find({ workspaceId, kind, ownerId, deploymentId }: AsyncTarget): Deployment | null {
    const workspace = this.#context.store.workspaces.byId(workspaceId);
    const owners: readonly Deployable[] = (kind === "model" ? workspace?.models : workspace?.chains) ?? [];
    const owner = owners.find(({ id }) => id === ownerId);
    const deployment = owner && deploymentOf(owner, { deployment: deploymentId });
    return deployment ? { ...deployment, kind, workspaceId, ownerId, ownerName: owner.name } : null;
  }
}

function missing(message: string): TimedPrediction {
  return { outcome: { ok: false, code: "MODEL_DOES_NOT_EXIST", message }, durationMs: 0 };
}

/** The answer to a synchronous caller, as the result of an async prediction (Y-28). */
function outcomeOf({ outcome, fault }: Prediction): PredictionResult {
  if (fault?.reset || fault?.cut) {
    return { ok: false, code: "MODEL_UNAVAILABLE", message: "the connection to the model ended" };
  }
  switch (outcome.kind) {
    case "error":
      return { ok: false, code: codeOf(outcome.error), message: messageOf(outcome.error) };
    case "chunks":
      return {
        ok: false,
        code: "ASYNC_REQUEST_NOT_SUPPORTED",
        message: "async inference is not compatible with streaming output",
      };
    case "whole": {
      const code = failureCodeOf(outcome.status);
      const data = dataOf(outcome);
      if (code === null) return { ok: true, data };
      // A model's own error passes through unchanged.
      return { ok: false, code, message: typeof data === "string" ? data : JSON.stringify(data) };
    }
  }
}

function codeOf(error: GatewayError): PredictionFailureCode {
  if (error.code === "deployment_not_ready") return "MODEL_NOT_READY";
  return failureCodeOf(error.status) ?? "INTERNAL_SERVER_ERROR";
}

function messageOf({ injected, message }: GatewayError): string {
  if (injected?.body === undefined) return message;
  return typeof injected.body === "string" ? injected.body : JSON.stringify(injected.body);
}

/** JSON as a value, text as it is, other bytes as base64. */
function dataOf({ contentType, body }: Extract<PredictionOutcome, { kind: "whole" }>): unknown {
  const bytes = Buffer.from(body);
  if (!isUtf8(bytes)) return bytes.toString("base64");
  const text = bytes.toString("utf8");
  return /^application\/([\w.-]+\+)?json\b/i.test(contentType) ? (parseJson(text) ?? text) : text;
}
